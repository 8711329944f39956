import type { AttributeValue } from '../../../engine'
import { filled, floatOf, maybe, numberSaid, shapeAt } from './call'
import type { CallDrawer } from './call'

/** @param gates how many, and how many functions make them up */
const recurrent =
  (gates: number, functions: number): CallDrawer =>
  (c) => {
    const { d, said } = c
    const dtype = floatOf(c)
    const direction = typeof said['direction'] === 'string' ? said['direction'] : d.pick(DIRECTIONS)
    const directions = direction === 'bidirectional' ? 2 : 1
    // Kernels have the batch second alone.
    const batchFirst = numberSaid(said, 'layout', () => Number(d.chance(0.1))) === 1
    const [length, batch, width] = shapeAt(c, 0, 3) ?? [d.int(2, 4), d.int(1, 2), d.int(1, 3)]
    const [t, b] = batchFirst ? [batch!, length!] : [length!, batch!]
    const n = numberSaid(said, 'hidden_size', () => d.int(1, 3))
    const state = { dtype, shape: batchFirst ? [b, directions, n] : [directions, b, n] }
    const isLstm = gates === 4
    const names = Array.from({ length: directions * functions }, () => d.pick(FUNCTIONS))
    const parameters = (of: Readonly<Record<string, number>>): AttributeValue | undefined => {
      const values = names.flatMap((name) => of[name] ?? [])
      return values.length > 0 ? values : undefined
    }
    const chosen = d.chance(0.5) && {
      activations: names,
      ...maybe(d, { activation_alpha: parameters(ALPHAS), activation_beta: parameters(BETAS) }, 1),
    }
    return {
      operands: [
        { dtype, shape: [length!, batch!, width!] },
        { dtype, shape: [directions, gates * n, width!] },
        { dtype, shape: [directions, gates * n, n] },
        d.chance(0.7) ? { dtype, shape: [directions, 2 * gates * n] } : null,
        d.chance(0.4) ? filled('int32', [b], () => d.int(1, t)) : null,
        d.chance(0.5) ? state : null,
        ...(isLstm ? [d.chance(0.5) ? state : null, d.chance(0.4) ? { dtype, shape: [directions, 3 * n] } : null] : []),
      ],
      attributes: {
        hidden_size: n,
        ...((direction !== 'forward' || d.chance(0.3)) && { direction }),
        ...(batchFirst && { layout: 1 }),
        ...maybe(d, { clip: d.pick([0.5, 0.25]), linear_before_reset: d.int(0, 1) }, 0.4),
        ...chosen,
        ...(isLstm && maybe(d, { input_forget: d.int(0, 1) }, 0.4)),
      },
    }
  }

const DIRECTIONS = ['forward', 'reverse', 'bidirectional'] as const
const FUNCTIONS = ['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'LeakyRelu', 'HardSigmoid'] as const
const ALPHAS = { LeakyRelu: 0.3, HardSigmoid: 0.3 }
const BETAS = { HardSigmoid: 0.4 }

export const RECURRENT: Readonly<Record<string, CallDrawer>> = {
  RNN: recurrent(1, 1),
  GRU: recurrent(3, 2),
  LSTM: recurrent(4, 3),
}
