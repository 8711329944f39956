import { sameAsFirst } from '../infer/elementwise'
import * as on from '../infer/shape'
import { float, floats, int, ints, op, ops, required, tensor, text, texts } from './notation'
import { likeOperand, multinomial, randomOfShape } from '../infer/creation'

const random = (attributes: string): Record<string, ReturnType<typeof float>> =>
  Object.fromEntries(attributes.split(' ').map((name) => [name, float(name === 'high' || name === 'scale' ? 1 : 0)]))

/** Operators on shapes: the value stays as it is, or only its sizes matter. */
export const shape = [
  op('Shape', 'shape', 'data', 'shape', {}, { infer: on.shape }),
  op('Shape', 'shape', 'data', 'shape', { end: int(), start: int(0) }, { since: 15, infer: on.shape }),
  op('Size', 'shape', 'data', 'size', {}, { infer: on.size }),
  op('Reshape', 'shape', 'data shape', 'reshaped', {}, { infer: on.reshape }),
  op('Reshape', 'shape', 'data shape', 'reshaped', { allowzero: int(0) }, { since: 14, infer: on.reshape }),
  op('Flatten', 'shape', 'input', 'output', { axis: int(1) }, { infer: on.flatten }),
  op('Squeeze', 'shape', 'data', 'squeezed', { axes: ints() }, { infer: on.squeeze }),
  op('Squeeze', 'shape', 'data axes?', 'squeezed', {}, { since: 13, infer: on.squeeze }),
  op('Unsqueeze', 'shape', 'data', 'expanded', { axes: required(ints()) }, { infer: on.unsqueeze }),
  op('Unsqueeze', 'shape', 'data axes', 'expanded', {}, { since: 13, infer: on.unsqueeze }),
  op('Expand', 'shape', 'input shape', 'output', {}, { infer: on.expand }),
  op('Identity', 'shape', 'input', 'output', {}, { infer: sameAsFirst }),
]

/** Operators that make values out of little or nothing. */
export const creation = [
  op(
    'Constant',
    'constant',
    '',
    'output',
    {
      sparse_value: tensor(),
      value: tensor(),
      value_float: float(),
      value_floats: floats(),
      value_int: int(),
      value_ints: ints(),
      value_string: text(),
      value_strings: texts(),
    },
    {},
  ),
  op('ConstantOfShape', 'constant', 'input', 'output', { value: tensor() }, { infer: on.constantOfShape }),
  op('Range', 'constant', 'start limit delta', 'output', {}, { infer: on.range }),
  op('EyeLike', 'constant', 'input', 'output', { dtype: int(), k: int(0) }, { infer: likeOperand }),
  ...ops(
    'RandomNormal',
    'constant',
    '',
    'output',
    { dtype: int(1), ...random('mean scale'), seed: float(), shape: required(ints()) },
    { deterministic: false, infer: randomOfShape },
  ),
  ...ops(
    'RandomUniform',
    'constant',
    '',
    'output',
    { dtype: int(1), ...random('high low'), seed: float(), shape: required(ints()) },
    { deterministic: false, infer: randomOfShape },
  ),
  op(
    'RandomNormalLike',
    'constant',
    'input',
    'output',
    { dtype: int(), ...random('mean scale'), seed: float() },
    { deterministic: false, infer: likeOperand },
  ),
  op(
    'RandomUniformLike',
    'constant',
    'input',
    'output',
    { dtype: int(), ...random('high low'), seed: float() },
    { deterministic: false, infer: likeOperand },
  ),
  op(
    'Multinomial',
    'other',
    'input',
    'output',
    { dtype: int(6), sample_size: int(1), seed: float() },
    { deterministic: false, infer: multinomial },
  ),
  op(
    'Bernoulli',
    'other',
    'input',
    'output',
    { dtype: int(), seed: float() },
    { deterministic: false, infer: likeOperand },
  ),
]
