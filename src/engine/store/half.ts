/** 16-bit floats: conversions, exact one way and rounded once the other. */
/** IEEE 754 binary16 to number, exact. */
export function halfToNumber(h: number): number {
  const e = (h >> 10) & 31
  const m = h & 1023
  const v = e === 0 ? m * 2 ** -24 : e === 31 ? (m ? NaN : Infinity) : (1 + m / 1024) * 2 ** (e - 15)
  return h & 0x8000 ? -v : v
}

/** Number to IEEE 754 binary16, rounded once, to nearest even. */
export function numberToHalf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  const a = Math.abs(x)
  if (Number.isNaN(x)) return 0x7e00
  if (a >= 65520) return sign | 0x7c00
  if (a < 2 ** -14) return sign | roundEven(a * 2 ** 24)
  F64[0] = a
  const exp = (HIGH[1]! >>> 20) - 1023
  return sign | (((exp + 15) << 10) + roundEven((a / POWERS[exp + 14]! - 1) * 1024))
}

const F64 = new Float64Array(1)
/** Its exponent stands in the second word: elements are little-endian wherever this runs. */
const HIGH = new Uint32Array(F64.buffer)
/** 2^-14 to 2^15, the exponents of half floats that are not subnormal. */
const POWERS = Float64Array.from({ length: 30 }, (_, i) => 2 ** (i - 14))

function roundEven(x: number): number {
  const f = Math.floor(x)
  const d = x - f
  return d > 0.5 || (d === 0.5 && f % 2 === 1) ? f + 1 : f
}

const F32 = new Float32Array(1)
const U32 = new Uint32Array(F32.buffer)

/** bfloat16 (the upper half of a float32) to number, exact. */
export function bfloatToNumber(h: number): number {
  U32[0] = h << 16
  return F32[0]!
}

/** Number to bfloat16, rounded to nearest even (through float32). */
export function numberToBfloat(x: number): number {
  F32[0] = x
  const u = U32[0]!
  if (Number.isNaN(x)) return 0x7fc0
  return ((u + 0x7fff + ((u >>> 16) & 1)) >>> 16) & 0xffff
}
