import type { Attributes } from '../../../engine'
import type { OperandChoice } from '../operands'
import { filled, floatOf, maybe, numberSaid, shapeAt } from './call'
import type { CallContext, CallDrawer } from './call'

type Byte = 'int8' | 'uint8'

const SCALES = [0.25, 0.5, 2, 0.1] as const

/** One scale, or one for each. */
const scale = ({ d }: CallContext, shape: readonly number[] = []): OperandChoice =>
  filled('float32', shape, () => d.pick(SCALES))

/** A zero point that is not 0, mostly. */
const zero = ({ d }: CallContext, dtype: Byte, shape: readonly number[] = []): OperandChoice =>
  filled(dtype, shape, () => (d.chance(0.2) ? 0 : dtype === 'int8' ? d.int(-20, 20) : d.int(1, 140)))

const byteOf = (c: CallContext, at: number, or: () => Byte): Byte => {
  const own = c.given[at]?.dtype
  return own === 'int8' || own === 'uint8' ? own : or()
}

/** Weights are constants, from one end of their range to the other. */
const weights = ({ d }: CallContext, dtype: Byte, shape: readonly number[]): OperandChoice =>
  filled(dtype, shape, () => (dtype === 'int8' ? d.int(-64, 64) : d.int(0, 255)))

function windowed(c: CallContext, x: readonly number[]): { kernel: number[]; attributes: Attributes } {
  const { d, said } = c
  const dividing = [1, 2, 3].filter((n) => x[1]! % n === 0)
  const group = numberSaid(said, 'group', () => (d.chance(0.4) ? d.pick(dividing) : 1))
  const spatial = x.length - 2
  const each = (low: number, high: number) => Array.from({ length: spatial }, () => d.int(low, high))
  const kernel = each(1, 3)
  const isAuto = d.chance(0.2)
  return {
    kernel: [group * d.int(1, 2), Math.floor(x[1]! / group), ...kernel],
    attributes: {
      ...((group > 1 || d.chance(0.2)) && { group }),
      ...maybe(d, { kernel_shape: kernel, strides: each(1, 2), dilations: each(1, 2) }, 0.4),
      ...(isAuto
        ? { auto_pad: d.pick(['SAME_UPPER', 'SAME_LOWER', 'VALID']) }
        : maybe(d, { pads: [...each(0, 1), ...each(0, 1)] }, 0.6)),
    },
  }
}

const picture = (c: CallContext): number[] =>
  shapeAt(c, 0, 4) ?? [c.d.int(1, 2), c.d.int(1, 4), c.d.int(3, 5), c.d.int(3, 5)]

/** com.microsoft: a convolution, and what is added to it, go through a function. */
const fusedConv: CallDrawer = (c) => {
  const { d, said } = c
  const x = picture(c)
  const { kernel, attributes } = windowed(c, x)
  const activation = typeof said['activation'] === 'string' ? said['activation'] : d.pick(ACTIVATIONS)
  const dtype = floatOf(c)
  const size = (i: number): number => {
    const [pads, strides, dilations] = ['pads', 'strides', 'dilations'].map((name) => attributes[name])
    const at = (of: unknown, k: number, or: number): number => (Array.isArray(of) ? Number(of[k]) : or)
    const reach = at(dilations, i, 1) * (kernel[i + 2]! - 1) + 1
    return Math.floor((x[i + 2]! + at(pads, i, 0) + at(pads, i + 2, 0) - reach) / at(strides, i, 1)) + 1
  }
  const isAdded = !('auto_pad' in attributes) && d.chance(0.3)
  return {
    operands: [
      { dtype, shape: x },
      { dtype, shape: kernel },
      d.chance(0.7) || isAdded ? { dtype, shape: [kernel[0]!] } : null,
      isAdded ? { dtype, shape: [x[0]!, kernel[0]!, size(0), size(1)] } : null,
    ],
    attributes: {
      ...attributes,
      activation,
      ...(PARAMETERS[activation] && { activation_params: PARAMETERS[activation] }),
    },
  }
}

const ACTIVATIONS = ['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu', 'HardSigmoid', 'Clip'] as const
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  LeakyRelu: [0.25],
  HardSigmoid: [0.25, 0.4],
  Clip: [-0.5, 0.75],
}

const convInteger: CallDrawer = (c) => {
  const { d } = c
  const x = picture(c)
  const { kernel, attributes } = windowed(c, x)
  const type = byteOf(c, 0, () => 'uint8')
  const filters = byteOf(c, 1, () => d.pick(['uint8', 'int8']))
  return {
    operands: [
      { dtype: type, shape: x },
      weights(c, filters, kernel),
      d.chance(0.75) ? zero(c, type) : null,
      d.chance(0.4) ? zero(c, filters) : null,
    ],
    attributes,
  }
}

const convolved: CallDrawer = (c) => {
  const { d } = c
  const x = picture(c)
  const { kernel, attributes } = windowed(c, x)
  const type = byteOf(c, 0, () => 'uint8')
  const filters = byteOf(c, 3, () => (type === 'int8' ? 'int8' : d.pick(['uint8', 'int8'])))
  const each = filters === 'int8' && d.chance(0.4) ? [kernel[0]!] : []
  return {
    operands: [
      { dtype: type, shape: x },
      scale(c),
      zero(c, type),
      weights(c, filters, kernel),
      scale(c, each),
      each.length > 0 ? filled('int8', each, () => 0) : zero(c, filters),
      scale(c),
      zero(c, type),
      d.chance(0.5) ? filled('int32', [kernel[0]!], () => d.int(-50, 50)) : null,
    ],
    attributes,
  }
}

const factors = (c: CallContext, a: number, b: number): [number[], number[]] => {
  const { d } = c
  const left = c.given[a]?.shape?.map(Number) ?? d.dims(d.int(2, 3))
  const own = c.given[b]?.shape?.map(Number)
  return [left, own ?? [left.at(-1) ?? 1, d.int(1, 4)]]
}

const matmul: CallDrawer = (c) => {
  const { d } = c
  const [a, b] = factors(c, 0, 3)
  const type = byteOf(c, 0, () => 'uint8')
  const other = byteOf(c, 3, () => (type === 'int8' ? 'int8' : d.pick(['uint8', 'int8'])))
  return {
    operands: [
      { dtype: type, shape: a },
      scale(c),
      zero(c, type),
      { dtype: other, shape: b },
      scale(c),
      zero(c, other),
      scale(c),
      zero(c, type),
    ],
    attributes: {},
  }
}

/** com.microsoft: sums and products of bytes. */
const elementwise: CallDrawer = (c) => {
  const { d } = c
  const x = c.given[0]?.shape?.map(Number) ?? d.dims(d.int(1, 3))
  const type = byteOf(c, 0, () => d.pick(['uint8', 'int8']))
  const maybeZero = (): OperandChoice | null => (d.chance(0.7) ? zero(c, type) : null)
  const beside = d.pick([x, x, x.slice(-1), []])
  return {
    operands: [
      { dtype: type, shape: x },
      scale(c),
      maybeZero(),
      { dtype: type, shape: beside },
      scale(c),
      maybeZero(),
      scale(c),
      maybeZero(),
    ],
    attributes: {},
  }
}

const sigmoid: CallDrawer = (c) => {
  const { d } = c
  const type = byteOf(c, 0, () => d.pick(['uint8', 'int8']))
  const shape = c.given[0]?.shape?.map(Number) ?? d.dims(d.int(1, 3))
  return {
    operands: [
      { dtype: type, shape },
      scale(c),
      d.chance(0.7) ? zero(c, type) : null,
      filled('float32', [], () => 1 / 256),
      zero(c, type),
    ],
    attributes: {},
  }
}

const dynamicMatmul: CallDrawer = (c) => {
  const { d } = c
  const [a, b] = factors(c, 0, 1)
  const type = byteOf(c, 1, () => d.pick(['uint8', 'int8']))
  const each = d.chance(0.5) ? [] : [b.at(-1)!]
  return {
    operands: [
      { dtype: 'float32', shape: a },
      weights(c, type, b),
      scale(c, each),
      d.chance(0.6) ? zero(c, type, each) : null,
      d.chance(0.5) ? { dtype: 'float32', shape: [b.at(-1)!] } : null,
    ],
    attributes: {},
  }
}

/** Weights of four bits, two in a byte, with a scale for each block of a row. */
const nBits: CallDrawer = (c) => {
  const { d, said } = c
  const block = numberSaid(said, 'block_size', () => d.pick([16, 32]))
  const width = c.given[0]?.shape?.at(-1)
  const k = numberSaid(said, 'K', () => (typeof width === 'number' ? width : d.pick([16, 32, 40])))
  const n = numberSaid(said, 'N', () => d.int(1, 4))
  const blocks = Math.ceil(k / block)
  const dtype = floatOf(c)
  return {
    operands: [
      { dtype, shape: c.given[0]?.shape?.map(Number) ?? [d.int(1, 2), d.int(1, 3), k] },
      filled('uint8', [n, blocks, block / 2], () => d.int(0, 255)),
      filled(dtype, d.chance(0.5) ? [n * blocks] : [n, blocks], () => d.pick(SCALES)),
      d.chance(0.5) ? filled('uint8', [n * Math.ceil(blocks / 2)], () => d.int(0, 255)) : null,
      null,
      d.chance(0.3) ? { dtype, shape: [n] } : null,
    ],
    attributes: { K: k, N: n, block_size: block, bits: 4 },
  }
}

export const QUANTIZED: Readonly<Record<string, CallDrawer>> = {
  'com.microsoft.FusedConv': fusedConv,
  ConvInteger: convInteger,
  QLinearConv: convolved,
  QLinearMatMul: matmul,
  'com.microsoft.QLinearAdd': elementwise,
  'com.microsoft.QLinearMul': elementwise,
  'com.microsoft.QLinearSigmoid': sigmoid,
  'com.microsoft.DynamicQuantizeMatMul': dynamicMatmul,
  'com.microsoft.MatMulNBits': nBits,
}
