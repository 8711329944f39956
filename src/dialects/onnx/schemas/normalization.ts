import { mapped } from '../infer/elementwise'
import * as on from '../infer/normalization'
import { float, int, ints, op, required } from './notation'

const EPSILON = { epsilon: float(1e-5) }
const LAYER = { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) }

export const normalization = [
  op(
    'BatchNormalization',
    'normalization',
    'X scale B input_mean input_var',
    'Y running_mean? running_var? saved_mean? saved_var?',
    { ...EPSILON, momentum: float(0.9) },
    { infer: on.batchNormalization },
  ),
  op(
    'BatchNormalization',
    'normalization',
    'X scale B input_mean input_var',
    'Y running_mean? running_var?',
    { ...EPSILON, momentum: float(0.9), training_mode: int(0) },
    { since: 14, infer: on.batchNormalization },
  ),
  op('InstanceNormalization', 'normalization', 'input scale B', 'output', EPSILON, { infer: mapped }),
  op(
    'LayerNormalization',
    'normalization',
    'X Scale B?',
    'Y Mean? InvStdDev?',
    LAYER,
    // ONNX has it from 17 on; ONNX Runtime's optimizer writes it into older models too.
    { since: 1, infer: on.layerNormalization },
  ),
  // Registered in the default domain by ONNX Runtime, at any opset.
  op('SimplifiedLayerNormalization', 'normalization', 'X scale', 'Y inv_std_var?', LAYER, {
    infer: on.rmsNormalization,
  }),
  op('RMSNormalization', 'normalization', 'X scale', 'Y', LAYER, { since: 23, infer: on.rmsNormalization }),
  op(
    'GroupNormalization',
    'normalization',
    'X scale bias',
    'Y',
    { ...EPSILON, num_groups: required(int()) },
    { since: 18, infer: mapped },
  ),
  op(
    'GroupNormalization',
    'normalization',
    'X scale bias',
    'Y',
    { ...EPSILON, num_groups: required(int()), stash_type: int(1) },
    { since: 21, infer: mapped },
  ),
  op('LpNormalization', 'normalization', 'input', 'output', { axis: int(-1), p: int(2) }, { infer: mapped }),
  op(
    'LRN',
    'normalization',
    'X',
    'Y',
    { alpha: float(0.0001), beta: float(0.75), bias: float(1), size: required(int()) },
    { infer: mapped },
  ),
  op('MeanVarianceNormalization', 'normalization', 'X', 'Y', { axes: ints([0, 2, 3]) }, { infer: mapped }),
]
