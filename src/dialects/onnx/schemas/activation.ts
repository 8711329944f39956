import * as on from '../infer/elementwise'
import { float, int, op, ops, text } from './notation'

const pointwise = { infer: on.mapped }

/** Activations, normalising ones included. */
export const activation = [
  ...ops('Relu Sigmoid Tanh', 'activation', 'X', 'Y', {}, pointwise),
  ...ops('Softplus Softsign HardSwish Mish', 'activation', 'X', 'Y', {}, pointwise),
  op('LeakyRelu', 'activation', 'X', 'Y', { alpha: float(0.01) }, pointwise),
  op('Elu', 'activation', 'X', 'Y', { alpha: float(1) }, pointwise),
  op('Celu', 'activation', 'X', 'Y', { alpha: float(1) }, pointwise),
  op('Selu', 'activation', 'X', 'Y', { alpha: float(1.6732631921768188), gamma: float(1.0507010221481323) }, pointwise),
  op('ThresholdedRelu', 'activation', 'X', 'Y', { alpha: float(1) }, pointwise),
  op('HardSigmoid', 'activation', 'X', 'Y', { alpha: float(0.2), beta: float(0.5) }, pointwise),
  op('Shrink', 'activation', 'input', 'output', { bias: float(0), lambd: float(0.5) }, pointwise),
  op('PRelu', 'activation', 'X slope', 'Y', {}, { infer: on.mapped }),
  // A slope of more dimensions than ONNX allows stretches the result in ONNX Runtime.
  op('PRelu', 'activation', 'X slope', 'Y', {}, { since: 7, infer: on.broadcastLikeFirst }),
  op('Gelu', 'activation', 'X', 'Y', { approximate: text('none', 'tanh') }, { since: 20, infer: on.mapped }),
  op('Swish', 'activation', 'X', 'Y', { alpha: float(1) }, { since: 24, infer: on.mapped }),
  ...ops('Softmax LogSoftmax Hardmax', 'activation', 'input', 'output', { axis: int(1) }, pointwise),
  ...ops(
    'Softmax LogSoftmax Hardmax',
    'activation',
    'input',
    'output',
    { axis: int(-1) },
    { since: 13, infer: on.mapped },
  ),
  op('Dropout', 'activation', 'data', 'output mask?', { ratio: float(0.5) }, { infer: on.dropout }),
  op(
    'Dropout',
    'activation',
    'data ratio? training_mode?',
    'output mask?',
    { seed: int() },
    // Random with training_mode set; rules about removing it look at that operand themselves.
    { since: 12, deterministic: false, infer: on.dropout },
  ),
]
