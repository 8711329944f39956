import type { DType, InferenceContext, KindSchema, ValueType } from '../../../engine'

type Check = NonNullable<KindSchema['check']>
/** What is wrong with the operands of a layer; null for nothing, and for what is not known. */
type Rule = (c: InferenceContext, schema: KindSchema) => string | null

const words = (list: string): readonly string[] => list.split(' ')

/** Operands that have no type of their own. */
function* typedOperands(c: InferenceContext, schema: KindSchema): Iterable<readonly [name: string, type: DType]> {
  for (let i = 0; i < c.inputs.length; i++) {
    const operand = schema.inputs[Math.min(i, schema.inputs.length - 1)]
    const dtype = c.inputs[i]?.dtype
    if (operand && !operand.dtype && dtype) yield [operand.name, dtype]
  }
}

const alike: Rule = (c, schema) => {
  let first: readonly [name: string, type: DType] | null = null
  for (const operand of typedOperands(c, schema)) {
    first ??= operand
    if (operand[1] !== first[1]) return `operands of ${c.kind} have one type, not ${first[1]} and ${operand[1]}`
  }
  return null
}

function takes(what: string, isOne: (type: DType) => boolean): Rule {
  return (c, schema) => {
    for (const [name, type] of typedOperands(c, schema)) {
      if (!isOne(type)) return `${c.kind} takes ${what}, and its operand ${name} is ${type}`
    }
    return null
  }
}
const truth = takes('bool', (t) => t === 'bool')
const floats = takes('floats', (t) => t.includes('float'))
const singles = takes('floats of at most 32 bits', (t) => t.includes('float') && t !== 'float64')
const numbers = takes('numbers', (t) => t !== 'bool' && t !== 'string')

const rankOf = (t: ValueType | null | undefined): number | null => t?.shape?.length ?? null

const matrices: Rule = (c) => {
  const [a, b, third] = [rankOf(c.inputs[0]), rankOf(c.inputs[1]), rankOf(c.inputs[2])]
  const wrong = [a, b].find((rank) => rank !== null && rank !== 2) ?? (third !== null && third > 2 ? third : undefined)
  return wrong === undefined ? null : `${c.kind} takes matrices, and one of its operands has ${wrong} dimensions`
}
const images: Rule = (c) => {
  const [x, w, bias] = [rankOf(c.inputs[0]), rankOf(c.inputs[1]), rankOf(c.inputs[2])]
  if (bias !== null && bias !== 1) return `the bias of ${c.kind} has one dimension, not ${bias}`
  if (x !== null && x < 3) return `${c.kind} takes at least 3 dimensions, not ${x}`
  return x !== null && w !== null && x !== w ? `${c.kind} of ${x} dimensions has a kernel of as many, not ${w}` : null
}
const equalRanks: Rule = (c) => {
  const ranks = c.inputs.map(rankOf).filter((r) => r !== null)
  const other = ranks.find((r) => r !== ranks[0])
  return other === undefined ? null : `operands of ${c.kind} have equally many dimensions, not ${ranks[0]} and ${other}`
}
const permutation: Rule = (c) => {
  const { perm } = c.attributes
  const rank = rankOf(c.inputs[0])
  if (!Array.isArray(perm) || rank === null || perm.length === rank) return null
  return `perm of ${c.kind} has ${perm.length} places for ${rank} dimensions`
}
const parts: Rule = (c) => {
  const { num_outputs } = c.attributes
  if (num_outputs === undefined || num_outputs === c.outputCount) return null
  return `${c.kind} makes ${String(num_outputs)} parts, and gives ${c.outputCount}`
}

const RULES = new Map<string, Rule[]>()
function state(rule: Rule, kinds: string): void {
  for (const kind of words(kinds)) RULES.set(kind, [...(RULES.get(kind) ?? []), rule])
}
state(alike, 'Add Sub Mul Div Mod Max Min Sum Mean Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor')
state(alike, 'BitwiseAnd BitwiseOr BitwiseXor BitShift Where PRelu MatMul Gemm Einsum Concat Conv ConvTranspose Clip')
state(alike, 'Pad ScatterND ScatterElements')
state(alike, 'com.microsoft.FusedMatMul com.microsoft.FusedConv com.microsoft.FusedGemm com.microsoft.BiasGelu')
state(truth, 'And Or Xor Not')
state(numbers, 'Add Sub Mul Div Mod Pow Neg Abs Sign Relu Erf MatMul Gemm Sum Less Greater LessOrEqual GreaterOrEqual')
state(floats, 'Sigmoid Tanh Softplus Softsign HardSwish Mish LeakyRelu Elu Celu Selu HardSigmoid Gelu Swish Mean')
state(floats, 'Softmax LogSoftmax Exp Log Sqrt Reciprocal Sin Cos Tan Ceil Floor Round Conv ConvTranspose')
state(floats, 'com.microsoft.Gelu com.microsoft.FastGelu com.microsoft.QuickGelu com.microsoft.BiasGelu')
state(floats, 'com.microsoft.FusedMatMul com.microsoft.FusedGemm com.microsoft.FusedConv')
state(singles, 'com.microsoft.SkipLayerNormalization com.microsoft.SkipSimplifiedLayerNormalization')
state(matrices, 'Gemm com.microsoft.FusedGemm')
state(images, 'Conv ConvTranspose com.microsoft.FusedConv')
state(equalRanks, 'Concat')
state(permutation, 'Transpose')
state(parts, 'Split')

/** What the operands of an operator have to be beside each other, as far as rewrites go wrong by it; undefined for nothing. */
export function operandCheck(schema: KindSchema): Check | undefined {
  const rules = RULES.get(schema.kind)
  if (!rules) return undefined
  return (c) => {
    for (const rule of rules) {
      const fault = rule(c, schema)
      if (fault !== null) return fault
    }
    return null
  }
}
