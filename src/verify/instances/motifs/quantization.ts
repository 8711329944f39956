import type { Draw } from '../draw'
import { typed } from './motif'
import type { Motif } from './motif'

/** A constant of 8-bit integers, from one end of their range to the other. */
function eightBit(d: Draw, name: string, dims: readonly number[], dtype = d.pick(['int8', 'uint8'])): string {
  const count = dims.reduce((a, b) => a * b, 1)
  const least = dtype === 'int8' ? -128 : 0
  const values = Array.from({ length: count }, () => d.int(least, least + 255))
  return `const ${name} ${typed(dtype, dims)} = ${values.join(' ')}`
}

/** Weights of `k` rows and their columns' scales and zero points: one for all, or one for each column, now and then neither. */
function weights(d: Draw, k: number): { declared: string; zero: string; n: number } {
  const n = d.int(1, 4)
  const each = d.pick([[], [1], [n], [n], [1, n]])
  const type = d.pick(['int8', 'int8', 'uint8'])
  const lines = [
    eightBit(d, 'w', [k, n], type),
    `const sw ${typed('float32', each)}`,
    eightBit(d, 'zw', each.length > 1 ? [n] : each, type),
    `const c ${typed('float32', d.pick([[n], [n], [], [1, n]]))}`,
  ]
  return { declared: lines.join('\n'), zero: d.chance(0.7) ? ', zw' : '', n }
}

const scaled = (d: Draw, sa: string, product: string): string =>
  d.either('Mul', `Cast<to=float32>(${product})`, d.either('Mul', sa, 'sw'))

const integerToFloat: Motif = (d) => {
  const dims = d.dims(d.int(2, 3))
  const { declared, zero } = weights(d, dims.at(-1)!)
  if (d.chance(0.6))
    return `in x ${typed('float32', dims)}\n${declared}\na, sa, za = DynamicQuantizeLinear(x)\ny = ${scaled(d, 'sa', `MatMulInteger(a, w, za${zero})`)}\nout y`
  const zeros = d.chance(0.7) ? `, za${zero}` : ''
  const type = d.pick(['uint8', 'uint8', 'int8'])
  const one = d.pick([[], [1]])
  return `in a ${typed(type, dims)}\nin sa ${typed('float32', one)}\n${eightBit(d, 'za', one, type)}\n${declared}\ny = ${scaled(d, 'sa', `MatMulInteger(a, w${zeros})`)}\nout y`
}

const PRODUCT = 'com.microsoft.MatMulIntegerToFloat(a, w, sa, sw, za'

const withBias: Motif = (d) => {
  const dims = d.dims(d.int(2, 3))
  const { declared, zero } = weights(d, dims.at(-1)!)
  return `in x ${typed('float32', dims)}\n${declared}\na, sa, za = DynamicQuantizeLinear(x)\ny = ${d.either('Add', `${PRODUCT}${zero})`, 'c')}\nout y`
}

const dynamic: Motif = (d) => {
  const dims = d.dims(d.int(2, 3))
  const { declared, zero, n } = weights(d, dims.at(-1)!)
  const bias = zero !== '' && d.chance(0.5) ? ', e' : ''
  const used = d.pick(['y', 'y', 'y', 'y, sa', 'y, a'])
  return `in x ${typed('float32', dims)}\n${declared}\nconst e ${typed('float32', [n])}\na, sa, za = DynamicQuantizeLinear(x)\ny = ${PRODUCT}${zero}${bias})\nout ${used}`
}

export const QUANTIZATION: Readonly<Record<string, readonly Motif[]>> = {
  MatMulIntegerToFloat: [integerToFloat],
  'MatMulIntegerToFloat with bias': [withBias],
  DynamicQuantizeMatMul: [dynamic],
}
