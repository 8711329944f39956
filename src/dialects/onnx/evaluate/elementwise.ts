import { ConstantValue, type DType, type InferenceContext } from '../../../engine'
import { intAttr } from '../infer/context'
import { dtypeOf as dtypeOfNumber } from '../proto/element-types'
import {
  asBig,
  constant,
  fits,
  isAbsent,
  isBig,
  isFloat,
  isInteger,
  load,
  store,
  wrap,
  type Elements,
} from './elements'
import { broadcastIndex, broadcastStatic, take } from './indexing'

export type Evaluate = (c: InferenceContext) => readonly ConstantValue[] | null

/** What an operation is on numbers, and on integers too large for them. `null` from either: not defined there. */
export interface Operation {
  readonly number: (a: number, b: number) => number | null
  readonly big?: (a: bigint, b: bigint) => bigint | null
}

const list = (value: ConstantValue | null): readonly ConstantValue[] | null => value && [value]

/** Folds the operands from left to right, broadcast, in the dtype of the first. */
export function arithmetic(operationOf: (dtype: DType, c: InferenceContext) => Operation | null): Evaluate {
  return (c) => {
    const values = c.inputs.map((_, i) => constant(c, i))
    let sum: ConstantValue | null = values[0] ?? null
    const operation = sum && operationOf(sum.dtype, c)
    if (!sum || !operation) return null
    for (const value of values.slice(1)) sum = sum && value && combine(sum, value, operation)
    return list(sum)
  }
}

function combine(a: ConstantValue, b: ConstantValue, operation: Operation): ConstantValue | null {
  const shape = broadcastStatic([a.shape, b.shape])
  const x = load(a)
  const y = load(b)
  if (!shape || !x || !y) return null
  const i = broadcastIndex(shape, a.shape)
  const j = broadcastIndex(shape, b.shape)
  const exact = isBig(x) || isBig(y) ? null : onNumbers(a.dtype, x, y, i, j, operation)
  const elements = exact ?? onBigints(a.dtype, x, y, i, j, operation)
  return elements && store(a.dtype, shape, elements)
}

/** null as soon as a result is not exact as a number. */
function onNumbers(
  dtype: DType,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  i: Int32Array,
  j: Int32Array,
  { number }: Operation,
): Elements | null {
  const out = new Float64Array(i.length)
  const integral = isInteger(dtype)
  for (let n = 0; n < out.length; n++) {
    const z = number(x[i[n]!]!, y[j[n]!]!)
    if (z === null || (integral && !fits(dtype, z))) return null
    out[n] = z
  }
  return out
}

function onBigints(
  dtype: DType,
  x: Elements,
  y: Elements,
  i: Int32Array,
  j: Int32Array,
  { big }: Operation,
): Elements | null {
  if (!big || !isInteger(dtype)) return null
  const p = asBig(x)
  const q = asBig(y)
  const out: bigint[] = []
  for (let n = 0; n < i.length; n++) {
    const z = big(p[i[n]!]!, q[j[n]!]!)
    if (z === null) return null
    out.push(wrap(dtype, z))
  }
  return out
}

const fixed = (operation: Operation) => (): Operation => operation

export const add = arithmetic(fixed({ number: (a, b) => a + b, big: (a, b) => a + b }))
export const sub = arithmetic(fixed({ number: (a, b) => a - b, big: (a, b) => a - b }))
export const mul = arithmetic(fixed({ number: (a, b) => a * b, big: (a, b) => a * b }))
export const max = arithmetic(fixed({ number: (a, b) => Math.max(a, b), big: (a, b) => (a > b ? a : b) }))
export const min = arithmetic(fixed({ number: (a, b) => Math.min(a, b), big: (a, b) => (a < b ? a : b) }))

/** Integers truncate toward zero; dividing them by zero is left to the runtime. */
export const div = arithmetic((dtype) =>
  isFloat(dtype)
    ? { number: (a, b) => a / b }
    : { number: (a, b) => (b === 0 ? null : Math.trunc(a / b) + 0), big: (a, b) => (b === 0n ? null : a / b) },
)

/** fmod 0: the sign of the divisor (integers only); fmod 1: that of the dividend. */
export const mod = arithmetic((dtype, c) => {
  if (intAttr(c, 'fmod', 0) === 1) return { number: (a, b) => (b === 0 && isInteger(dtype) ? null : a % b) }
  if (isFloat(dtype)) return null
  return {
    number: (a, b) => (b === 0 ? null : a - b * Math.floor(a / b)),
    big: (a, b) => (b === 0n ? null : ((a % b) + b) % b),
  }
})

export const pow = arithmetic((dtype) =>
  isFloat(dtype) ? { number: (a, b) => a ** b } : { number: (a, b) => (b < 0 ? null : exactPower(a, b)) },
)

function exactPower(a: number, b: number): number | null {
  const p = a ** b
  return Number.isSafeInteger(p) ? p : null
}

/** Comparison or logic: a bool for each pair. */
export function comparison(holds: (a: number | bigint, b: number | bigint) => boolean): Evaluate {
  return (c) => {
    const a = constant(c, 0)
    const b = constant(c, 1)
    const shape = a && b && broadcastStatic([a.shape, b.shape])
    const x = a && load(a)
    const y = b && load(b)
    if (!shape || !x || !y) return null
    const i = broadcastIndex(shape, a.shape)
    const j = broadcastIndex(shape, b.shape)
    return list(
      store(
        'bool',
        shape,
        Array.from(i, (at, n) => Number(holds(x[at]!, y[j[n]!]!))),
      ),
    )
  }
}

/** One number to one number, in `dtype` or the operand's own. Integers only where `integers` says so. */
export function unary(f: (x: number) => number, options: { dtype?: DType; integers?: boolean } = {}): Evaluate {
  return (c) => {
    const value = constant(c, 0)
    const x = value && load(value)
    if (!x || isBig(x) || (isInteger(value.dtype) && !options.integers)) return null
    const out = Float64Array.from(x, f)
    const dtype = options.dtype ?? value.dtype
    if (isInteger(dtype) && dtype !== 'bool' && !out.every((v) => fits(dtype, v))) return null
    return list(store(dtype, value.shape, out))
  }
}

/** Half to even, as ONNX wants it. */
export function roundHalfEven(x: number): number {
  const r = Math.round(x)
  return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r
}

export const where: Evaluate = (c) => {
  const [condition, a, b] = [0, 1, 2].map((i) => constant(c, i))
  const shape = condition && a && b && broadcastStatic([condition.shape, a.shape, b.shape])
  if (!shape || a.dtype !== b.dtype) return null
  const choose = condition.numbers()
  const test = broadcastIndex(shape, condition.shape)
  const yes = take(a, shape, broadcastIndex(shape, a.shape))
  const no = take(b, shape, broadcastIndex(shape, b.shape))
  if (!yes?.bytes || !no?.bytes) return null
  const width = yes.bytes.length / Math.max(test.length, 1)
  const out = no.bytes.slice()
  for (let i = 0; i < test.length; i++) {
    if (choose[test[i]!]) out.set(yes.bytes.subarray(i * width, (i + 1) * width), i * width)
  }
  return [new ConstantValue(a.dtype, shape, out)]
}

/** Floats truncate to integers, and only where they are in range: elsewhere runtimes disagree. */
export const cast: Evaluate = (c) => castTo(c, dtypeOfNumber(intAttr(c, 'to', 0)))
export const castLike: Evaluate = (c) => castTo(c, c.inputs[1]?.dtype ?? null)

function castTo(c: InferenceContext, to: DType | null): readonly ConstantValue[] | null {
  const value = constant(c, 0)
  const x = value && load(value)
  if (!to || !x) return null
  if (to === value.dtype) return [value]
  if (to === 'bool')
    return list(
      store(
        to,
        value.shape,
        Array.from(x as ArrayLike<number>, (v) => Number(Number(v) !== 0)),
      ),
    )
  if (isFloat(to)) return list(store(to, value.shape, Array.from(x as ArrayLike<number>, Number)))
  if (!isInteger(to)) return null
  if (isInteger(value.dtype)) {
    if (!isBig(x) && Array.from(x).every((v) => fits(to, v))) return list(store(to, value.shape, x))
    return list(
      store(
        to,
        value.shape,
        asBig(x).map((v) => wrap(to, v)),
      ),
    )
  }
  const whole = Float64Array.from(x as ArrayLike<number>, Math.trunc)
  return whole.every((v) => fits(to, v)) ? list(store(to, value.shape, whole)) : null
}

/** min(max(x, lo), hi), so that `hi` wins where the bounds cross. */
export const clip: Evaluate = (c) => {
  const value = constant(c, 0)
  const x = value && load(value)
  if (!x || isBig(x)) return null
  const lo = bound(c, 1, 'min', -Infinity)
  const hi = bound(c, 2, 'max', Infinity)
  if (lo === null || hi === null) return null
  return list(
    store(
      value.dtype,
      value.shape,
      Float64Array.from(x, (v) => (Number.isNaN(v) ? v : Math.min(Math.max(v, lo), hi))),
    ),
  )
}

function bound(c: InferenceContext, i: number, attribute: string, open: number): number | null {
  const stated = c.attributes[attribute]
  if (typeof stated === 'number') return stated
  return isAbsent(c, i) ? open : (constant(c, i)?.scalar() ?? null)
}
