import { onnxDialect } from '../dialects/onnx'
import type { DType, LayerRecord, NetworkSnapshot, TensorId, TensorRecord } from '../engine'

/** What the elements of a network input mean, as far as it matters for which values are plausible. */
export interface Role {
  /** 0 and 1. */
  readonly isMask: boolean
  /** Below this, since they index into something of that size; null where they index into nothing. */
  readonly below: number | null
  /** Added to the scores of an attention: 0 for an open position, a large negative number or -∞ for a closed one. */
  readonly isBias: boolean
  /** Whole numbers that are reckoned with and nothing else: no size, place or count is made of them. */
  readonly isNumber: boolean
}

/** Layers that hand elements of operand 0 on as they are. */
const CARRIERS = new Set(
  'Identity Cast Reshape Unsqueeze Squeeze Flatten Expand Transpose Slice Split Tile Gather GatherElements GatherND'.split(
    ' ',
  ),
)
const LOGICAL = new Set('Equal Not And Or Xor Where'.split(' '))
/** With one number: with several, as positions, what is compared is a length. */
const COMPARING = new Set('Greater GreaterOrEqual Less LessOrEqual'.split(' '))
/** Operands that are masks, and operands that index into the first size of another one. */
const MASKS: Readonly<Record<string, readonly number[]>> = {
  'com.microsoft.Attention': [3],
  'com.microsoft.MultiHeadAttention': [4],
  'com.microsoft.EmbedLayerNormalization': [7],
}
const TABLES: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'com.microsoft.EmbedLayerNormalization': { 0: 2, 1: 4, 8: 3 },
  'com.microsoft.RotaryEmbedding': { 1: 2 },
  RotaryEmbedding: { 3: 1 },
}

/** The roles of a network's inputs, read off what they run into. */
export function rolesOf(snapshot: NetworkSnapshot): ReadonlyMap<string, Role> {
  const tensors = new Map(snapshot.tensors.map((t) => [t.id, t]))
  const users = new Map<TensorId, { layer: LayerRecord; at: number }[]>()
  for (const layer of snapshot.layers) {
    if (layer.removed) continue
    layer.inputs.forEach((id, at) => {
      const list = users.get(id)
      if (list) list.push({ layer, at })
      else users.set(id, [{ layer, at }])
    })
  }
  const roles = new Map<string, Role>()
  for (const id of snapshot.inputs) {
    const input = tensors.get(id)!
    if (isWhole(input.dtype)) roles.set(input.name, roleOf(input, users, tensors))
    else if (isAddedToScores(id, users))
      roles.set(input.name, { isMask: false, below: null, isBias: true, isNumber: false })
  }
  return roles
}

/** Operands that are added to scores. */
const BIASES: Readonly<Record<string, number>> = {
  Attention: 3,
  'com.microsoft.Attention': 5,
  'com.microsoft.MultiHeadAttention': 5,
  'com.microsoft.BiasSoftmax': 1,
}

type Users = ReadonlyMap<TensorId, readonly { layer: LayerRecord; at: number }[]>

/** Whether a float input is a mask and nothing else: it is given to attentions as one, or added to what is softmaxed next. */
function isAddedToScores(id: TensorId, users: Users): boolean {
  const softmaxed = (t: TensorId): boolean => (users.get(t) ?? []).some(({ layer }) => layer.kind === 'Softmax')
  const stack = [id]
  let found = false
  for (let t = stack.pop(); t !== undefined; t = stack.pop())
    for (const { layer, at } of users.get(t) ?? []) {
      if (BIASES[layer.kind] === at || (layer.kind === 'Add' && layer.outputs.some(softmaxed))) found = true
      else if (at === 0 && FLOAT_CARRIERS.has(layer.kind)) stack.push(...layer.outputs.filter((o) => o >= 0))
      else return false
    }
  return found
}

const FLOAT_CARRIERS = new Set('Identity Reshape Unsqueeze Squeeze Expand Slice'.split(' '))

export function isWhole(dtype: DType | null): boolean {
  return dtype !== null && (dtype.includes('int') || dtype === 'bool')
}

function roleOf(input: TensorRecord, users: Users, tensors: ReadonlyMap<TensorId, TensorRecord>): Role {
  let isMask = input.dtype === 'bool' || /mask/i.test(input.name)
  let below: number | null = null
  const limit = (size: unknown): void => {
    if (typeof size === 'number') below = Math.min(below ?? size, size)
  }
  const seen = new Set<TensorId>([input.id])
  const stack = [input.id]
  while (stack.length > 0) {
    for (const { layer, at } of users.get(stack.pop()!) ?? []) {
      const other = (i: number): TensorRecord | undefined => tensors.get(layer.inputs[i] ?? -1)
      if (COMPARING.has(layer.kind)) isMask ||= isOneNumber(other(1 - at))
      if (LOGICAL.has(layer.kind) || (layer.kind === 'Cast' && layer.attributes['to'] === 9)) isMask ||= at !== 2
      if (MASKS[layer.kind]?.includes(at)) isMask = true
      const table = TABLES[layer.kind]?.[at]
      if (table !== undefined) limit(other(table)?.shape?.[0])
      if (at === 1) for (const size of indexed(layer, other(0))) limit(size)
      if (at !== 0 || !CARRIERS.has(layer.kind)) continue
      for (const id of layer.outputs) {
        if (id < 0 || seen.has(id) || !isWhole(tensors.get(id)?.dtype ?? null)) continue
        seen.add(id)
        stack.push(id)
      }
    }
  }
  const isNumber = below === null && isReckonedWith(input, users, tensors)
  return { isMask: isMask && below === null, below, isBias: false, isNumber }
}

/** Operators that reckon with whole numbers, or hand them on; those of floats come behind a Cast. */
const RECKONING = new RegExp(
  '^(Add|Sub|Mul|Div|Mod|Pow|Neg|Abs|Sign|Max|Min|Sum|Clip|Relu|Where|Equal|Less|Greater|LessOrEqual|GreaterOrEqual|Cast|CastLike|BitShift|' +
    'Bitwise.*|Reduce.*|MatMul|MatMulInteger|ConvInteger|Gemm|CumSum|Arg(Max|Min)|TopK|DequantizeLinear|Identity|Reshape|Squeeze|Unsqueeze|' +
    'Flatten|Expand|Transpose|Slice|Split|Tile|Concat|Gather|GatherElements|GatherND|ScatterElements|ScatterND|Pad|Trilu)$',
)

/** Whether an input goes into such operators alone, and there nowhere as what is of one type always: sizes, axes, places, conditions. */
function isReckonedWith(input: TensorRecord, users: Users, tensors: ReadonlyMap<TensorId, TensorRecord>): boolean {
  if (input.dtype === 'bool' || /mask/i.test(input.name)) return false
  const seen = new Set<TensorId>([input.id])
  for (const id of seen)
    for (const { layer, at } of users.get(id) ?? []) {
      const operands = onnxDialect.schema(layer.kind, NEWEST)?.inputs
      if (!operands || !RECKONING.test(layer.kind)) return false
      if (operands[Math.min(at, operands.length - 1)]?.dtype) return false
      for (const id of layer.outputs) if (isWhole(tensors.get(id)?.dtype ?? null)) seen.add(id)
    }
  return true
}

const NEWEST = 23

const isOneNumber = (t: TensorRecord | undefined): boolean => t?.shape?.every((d) => d === 1) ?? false

/** The sizes that operand 1 of a gathering layer indexes into. */
function indexed(layer: LayerRecord, data: TensorRecord | undefined): readonly unknown[] {
  const shape = data?.shape
  if (!shape) return []
  if (layer.kind === 'GatherND') return shape
  if (!['Gather', 'GatherElements', 'ScatterElements'].includes(layer.kind)) return []
  return [shape.at(Number(layer.attributes['axis'] ?? 0))]
}
