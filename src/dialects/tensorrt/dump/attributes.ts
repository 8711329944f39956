/** Attributes as a dump has them, texts that Python printed, as values of their kinds. */
import type { AttributeSchema, AttributeValue } from '../../../engine'
import { LAYERS } from '../kinds/table'
import type { LayerType } from '../layer-type'

/** Those of a dump itself, and not of a layer's class. */
const OF_THE_DUMP: ReadonlySet<string> = new Set([
  'metadata', 'name', 'num_inputs', 'num_outputs', 'precision', 'precision_is_set', 'type', 'plugin',
]) // prettier-ignore

/** The layer's own `type`, as ACTIVATION's. */
const OWN_TYPE = 'algo-type'

/** Which operand takes the place of an attribute where it is given: the attribute is not set then, and prints nonsense. */
const GIVEN_BY: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  SHUFFLE: { reshape_dims: 1 },
  SLICE: { start: 1, shape: 2, stride: 3, axes: 5 },
  FILL: { shape: 0, alpha: 1, beta: 2 },
  RESIZE: { shape: 1 },
  TOPK: { k: 1 },
}

/** Weights are left out: what is said of them is no value. */
export function readAttributes(
  kind: LayerType,
  texts: ReadonlyMap<string, string>,
  has: (operand: number) => boolean,
): Record<string, AttributeValue> {
  const schemas: Readonly<Record<string, AttributeSchema>> = LAYERS[kind].attributes
  const read: Record<string, AttributeValue> = {}
  for (const [written, text] of texts) {
    if (OF_THE_DUMP.has(written)) continue
    const name = written === OWN_TYPE ? 'type' : written
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    const operand = GIVEN_BY[kind]?.[name]
    if (!schema || (operand !== undefined && has(operand))) continue
    const value = valueOf(text, schema)
    if (value !== null) read[name] = value
  }
  return read
}

/** null for what is not set, and for what cannot be read. */
function valueOf(text: string, { type, values, default: usual }: AttributeSchema): AttributeValue | null {
  if (text === 'None') return null
  switch (type) {
    case 'STRING':
      return values ? enumerator(text, values) : text
    case 'INT':
      if (text === 'True' || text === 'False')
        return typeof usual === 'boolean' ? text === 'True' : Number(text === 'True')
      return integer(text)
    case 'FLOAT':
      return Number.isNaN(Number(text)) ? null : Number(text)
    case 'INTS':
      return tuple(text)
    default:
      return null
  }
}

/** `MatrixOperation.TRANSPOSE` */
function enumerator(text: string, values: readonly string[]): string | null {
  const name = text.slice(text.lastIndexOf('.') + 1)
  return values.includes(name) ? name : null
}

const integer = (text: string): number | null => (/^-?\d+$/.test(text) ? Number(text) : null)

/**
 * `(1, 2)`, `(1,)`, `()`. TensorRT gives dimensions that are not set a length of -1, for which Python prints whatever lies in
 * memory: `(81)`, without the comma that a tuple of one has.
 */
function tuple(text: string): number[] | null {
  const [, inner] = /^\(((?:-?\d+(?:, ?-?\d+)*)?,?)\)$/.exec(text) ?? []
  if (inner === undefined || /^-?\d+$/.test(inner)) return null
  return inner
    .split(',')
    .filter((n) => n.trim() !== '')
    .map(Number)
}

/** The permutation of a rank out of the eight numbers that are printed; null for one that leaves all in place. */
export function permutationOf(eight: readonly number[], rank: number): number[] | null {
  const own = eight.slice(0, rank)
  return own.length === rank && own.some((p, i) => p !== i) ? own : null
}
