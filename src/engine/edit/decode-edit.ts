/** Edits and transactions of unknown origin: JSON as `toPlain` writes it, or values as they are. Each field of each is read. */
import { ABSENT } from '../store/records'
import type { AttributeValue, FArg, FLayerRecord, LayerRecord, TensorId, TensorRecord, UseRef } from '../store/records'
import type { Counters } from '../store/store'
import type { ConstantValue } from '../store/constant'
import type { Shape } from '../store/types'
import {
  anything,
  count,
  DecodeError,
  dictionary,
  flag,
  integer,
  list,
  literal,
  nullable,
  object,
  oneOf,
  partly,
  text,
} from './decode'
import type { Decoder } from './decode'
import { bytesFrom, constantFrom, DTYPE, oddNumber } from './decode-constant'
import type { Held } from './decode-constant'
import type { Edit, TensorType } from './edit'
import type { Annotations, MatchBindings, Transaction } from './transaction'
import { WrongBaseError } from './wrong-base'

/** Arguments of functionals nest no deeper than this. */
const DEPTH = 64

const tensorOrNone: Decoder<TensorId> = (x, at) => {
  if (integer(x, at) < ABSENT) throw new DecodeError(at, 'a tensor id, or -1 for none', x)
  return x as number
}

const dim: Decoder<Shape[number]> = (x, at) => (typeof x === 'string' || x === null ? x : count(x, at))
const shape = nullable(list(dim))
const typed: Decoder<TensorType> = object({ dtype: nullable(DTYPE), shape })
const useRef: Decoder<UseRef | null> = nullable(object({ layer: count, index: count }))
const texts = list(text)

const fArgAt =
  (depth: number): Decoder<FArg> =>
  (x, at) => {
    if (depth > DEPTH) throw new DecodeError(at, `arguments that nest no deeper than ${DEPTH}`, x)
    if (x === null || typeof x === 'string' || typeof x === 'boolean') return x
    if (typeof x !== 'object' || '$number' in x) return oddNumber(x, at)
    if (Array.isArray(x)) return list(fArgAt(depth + 1))(x, at)
    return 'tensor' in x ? object({ tensor: count })(x, at) : dictionary(fArgAt(depth + 1))(x, at)
  }
const fArg = fArgAt(0)

/** Numbers, texts, and lists and records of them: what a dialect keeps beside the layers. */
const plainAt =
  (depth: number): Decoder<unknown> =>
  (x, at) => {
    if (depth > DEPTH) throw new DecodeError(at, `values that nest no deeper than ${DEPTH}`, x)
    if (x === null || typeof x === 'string' || typeof x === 'boolean') return x
    if (typeof x !== 'object' || '$number' in x) return oddNumber(x, at)
    return Array.isArray(x) ? list(plainAt(depth + 1))(x, at) : dictionary(plainAt(depth + 1))(x, at)
  }
const plainValue = plainAt(0)

const flayer: Decoder<FLayerRecord> = object({ kind: text, rawInputs: dictionary(fArg), rawOutputs: fArg })

function attributeOf(constant: Decoder<ConstantValue>): Decoder<AttributeValue> {
  const subgraph = object({ graph: bytesFrom, captures: texts })
  return (x, at) => {
    if (typeof x === 'string' || typeof x === 'boolean') return x
    if (typeof x !== 'object' || x === null || '$number' in x) return oddNumber(x, at)
    if (!Array.isArray(x)) return 'graph' in x ? subgraph(x, at) : constant(x, at)
    const [first] = x as unknown[]
    if (typeof first === 'string') return texts(x, at)
    const isConstant = typeof first === 'object' && first !== null && !('$number' in first)
    return isConstant ? list(constant)(x, at) : list(oddNumber)(x, at)
  }
}

const counters: Decoder<Counters> = object({ nextLayerId: count, nextTensorId: count })

const bindings: Decoder<MatchBindings> = object({ layers: dictionary(count), tensors: dictionary(tensorOrNone) })
const annotations: Decoder<Annotations> = partly(
  { label: text },
  { pattern: text, root: count, rootName: text, match: bindings, author: text },
)

/** The decoders of edits whose constants may be told by the numbers that `held` knows. */
function decodersOf(held: Held) {
  const constant = constantFrom(held)
  const attribute = attributeOf(constant)
  const tensor: Decoder<TensorRecord> = partly(
    { id: count, name: text, dtype: nullable(DTYPE), shape, producer: tensorOrNone },
    { value: constant },
  )
  const layer: Decoder<LayerRecord> = partly(
    {
      id: count,
      kind: text,
      name: text,
      scope: text,
      inputs: list(tensorOrNone),
      outputs: list(tensorOrNone),
      attributes: dictionary(attribute),
      origin: texts,
      removed: flag,
      flayer: nullable(flayer),
    },
    { attributeTypes: dictionary(text), metadata: dictionary(text) },
  )
  const layerFields = { layer, outputs: list(tensor), after: nullable(count), usesAfter: nullable(list(useRef)) }
  const setInput = {
    layer: count,
    index: count,
    from: tensorOrNone,
    to: tensorOrNone,
    fromAfter: useRef,
    toAfter: useRef,
  }
  const ends = { from: nullable(count), to: nullable(count) }
  const value = nullable(attribute)
  const edit: Decoder<Edit> = oneOf({
    addLayer: object({ type: literal('addLayer'), ...layerFields }),
    removeLayer: object({ type: literal('removeLayer'), ...layerFields }),
    addTensor: object({ type: literal('addTensor'), tensor }),
    removeTensor: object({ type: literal('removeTensor'), tensor }),
    setInput: object({ type: literal('setInput'), ...setInput }),
    setNetworkInput: object({ type: literal('setNetworkInput'), index: count, ...ends }),
    setNetworkOutput: object({ type: literal('setNetworkOutput'), index: count, name: text, ...ends }),
    setAttribute: object({ type: literal('setAttribute'), layer: count, name: text, from: value, to: value }),
    setRemoved: object({ type: literal('setRemoved'), layer: count, from: flag, to: flag }),
    setFLayer: object({ type: literal('setFLayer'), layer: count, from: nullable(flayer), to: nullable(flayer) }),
    setTensorType: object({ type: literal('setTensorType'), tensor: count, from: typed, to: typed }),
    setProperty: object({ type: literal('setProperty'), name: text, from: plainValue, to: plainValue }),
    rename: object({ type: literal('rename'), target: literal('layer', 'tensor'), id: count, from: text, to: text }),
  } satisfies Readonly<Record<Edit['type'], Decoder<Edit>>>)
  const parts = object({ edits: list(edit), annotations, before: counters, after: counters })
  const transaction: Decoder<Transaction> = (x, at) => withinCounters(parts(x, at), at)
  return { edit, transaction }
}

/** What an annotation names was there, before or after. */
function withinCounters(t: Transaction, at: string): Transaction {
  const { root, match } = t.annotations
  const layers = Math.max(t.before.nextLayerId, t.after.nextLayerId)
  const tensors = Math.max(t.before.nextTensorId, t.after.nextTensorId)
  const below = (id: number, most: number, place: string): void => {
    if (id >= most) throw new DecodeError(`${at}.annotations.${place}`, `an id below ${most}`, id)
  }
  if (root !== undefined) below(root, layers, 'root')
  for (const [key, id] of Object.entries(match?.layers ?? {})) below(id, layers, `match.layers.${key}`)
  for (const [key, id] of Object.entries(match?.tensors ?? {})) below(id, tensors, `match.tensors.${key}`)
  return t
}

const NONE_HELD: Held = () => undefined
const plain = decodersOf(NONE_HELD)

/**
 * A transaction from JSON.
 * @param at where it stands, for the message: `transactions[3]`
 * @param held gives the constants that stayed behind, by their numbers
 * @throws DecodeError that names the field, what is expected there and what was found
 */
export function decodeTransaction(json: unknown, at: string, held: Held = NONE_HELD): Transaction {
  return (held === NONE_HELD ? plain : decodersOf(held)).transaction(json, at)
}

/** Whether values that somebody made are an edit and a transaction at all. @throws WrongBaseError that names the field */
export const checkForm = {
  edit: (x: unknown): void => checked(plain.edit, x),
  transaction: (x: unknown): void => checked(plain.transaction, x),
}

function checked(decoder: Decoder<unknown>, x: unknown): void {
  try {
    decoder(x, '')
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const edit = object({ type: anything })(x ?? {}, '').type === undefined ? null : (x as Edit)
    throw new WrongBaseError(edit, error.why, error.at.replace(/^\./, ''))
  }
}
