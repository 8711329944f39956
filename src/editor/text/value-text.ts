/** Short texts for types, shapes, constants and attributes, as the canvas and the inspector write them. */
import type { AttributeValue, ConstantValue, Dim, DType, Shape } from '../../engine'
import { isConstantValue } from '../../engine'

const SHORT_DTYPE: Partial<Record<DType, string>> = {
  float32: 'f32',
  float64: 'f64',
  float16: 'f16',
  bfloat16: 'bf16',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  int64: 'i64',
  uint8: 'u8',
  uint16: 'u16',
  uint32: 'u32',
  uint64: 'u64',
}

export function dtypeText(dtype: DType | null): string {
  return dtype === null ? '?' : (SHORT_DTYPE[dtype] ?? dtype)
}

const dimText = (d: Dim): string => (d === null ? '?' : String(d))

/** `1×16×256`; `scalar` for rank 0, empty where the rank is unknown. */
export function shapeText(shape: Shape | null): string {
  if (shape === null) return ''
  return shape.length === 0 ? 'scalar' : shape.map(dimText).join('×')
}

/** `f32[1,16,256]` */
export function typeText(dtype: DType | null, shape: Shape | null): string {
  return `${dtypeText(dtype)}${shape === null ? '[…]' : `[${shape.map(dimText).join(',')}]`}`
}

/** At most five significant digits, with a real minus sign. */
export function numberText(x: number): string {
  if (!Number.isFinite(x)) return x > 0 ? '∞' : x < 0 ? '−∞' : 'NaN'
  const a = Math.abs(x)
  const text =
    Number.isInteger(x) && a < 1e7
      ? String(a)
      : a !== 0 && (a < 1e-3 || a >= 1e6)
        ? a
            .toExponential(2)
            .replace(/\.?0*e/, 'e')
            .replace('e+', 'e')
        : String(Number(a.toPrecision(5)))
  return x < 0 ? `−${text}` : text
}

/** The ends of int64 are what exporters write for "to the end", as in a Slice. */
function elementText(x: number, dtype: DType): string {
  if (dtype !== 'int64' || Math.abs(x) < 2 ** 63) return numberText(x)
  return x > 0 ? 'max' : 'min'
}

const MOST_ELEMENTS = 6

/** The elements of a small constant, the type of a large one. */
export function constantText(value: ConstantValue): string {
  const scalar = value.isAvailable ? value.scalar() : null
  if (scalar !== null) return value.dtype === 'bool' ? (scalar ? 'true' : 'false') : elementText(scalar, value.dtype)
  if (value.strings) return value.strings.slice(0, 3).join(', ')
  if (value.data && value.size <= MOST_ELEMENTS && value.shape.length <= 1 && !value.dtype.startsWith('float8'))
    return `[${Array.from(value.numbers(), (x) => elementText(x, value.dtype)).join(',')}]`
  return typeText(value.dtype, value.shape)
}

export function attributeText(value: AttributeValue): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (isConstantValue(value)) return constantText(value)
  if (isList(value)) {
    const shown = value.slice(0, MOST_ELEMENTS).map((v) => attributeText(v))
    return `[${shown.join(',')}${value.length > MOST_ELEMENTS ? ',…' : ''}]`
  }
  return 'graph'
}

function isList(value: AttributeValue): value is readonly (number | string | ConstantValue)[] & AttributeValue {
  return Array.isArray(value)
}
