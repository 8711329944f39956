import type { ConstantValue } from '../store/constant'
import type { Boundaries } from './boundaries'
import type { Attributes, AttributeValue, DType, LayerRecord, Shape } from '../store/records'

/** What a layer does, for colour and cost; each has a hue and a mark of its own on the canvas. They are listed and drawn in this order. */
export const CATEGORIES = [
  'matmul',
  'convolution',
  'attention',
  'normalization',
  'activation',
  'elementwise',
  'reduction',
  'pooling',
  'shape',
  'data-movement',
  'constant',
  'quantization',
  'control',
  'other',
] as const

/** What a kind of layer does, roughly: what it is coloured and counted by. */
export type Category = (typeof CATEGORIES)[number]

/** One operand or result of a kind. */
export interface OperandSchema {
  readonly name: string
  /** The type that it has whatever the others have. */
  readonly dtype?: DType
  /** It has one dimension, as sizes and axes have. */
  readonly list?: boolean
  readonly optional?: boolean
  /** It is the value of an iteration before: what makes it may stand behind the layer. */
  readonly fedBack?: boolean
  /** The last operand or result may be repeated. */
  readonly variadic?: boolean
}

/** The types of attributes, by ONNX's names. */
export type AttributeType = 'INT' | 'FLOAT' | 'STRING' | 'TENSOR' | 'GRAPH' | 'INTS' | 'FLOATS' | 'STRINGS' | 'TENSORS'

/** One attribute of a kind. */
export interface AttributeSchema {
  readonly type: AttributeType
  readonly default?: AttributeValue
  readonly required?: boolean
  /** The words that a string may be. */
  readonly values?: readonly string[]
}

/** Type of a value as inference sees it: with its data where it is a constant, or a layer holds it. */
export interface ValueType {
  readonly dtype: DType | null
  readonly shape: Shape | null
  readonly value?: ConstantValue
}

/** What the types of a layer's results are worked out from. */
export interface InferenceContext {
  readonly kind: string
  readonly attributes: Attributes
  /** null for an optional operand that is not given. */
  readonly inputs: readonly (ValueType | null)[]
  readonly outputCount: number
  /** Operator set version of the kind's domain. */
  readonly opset: number
}

/** All that is known of a kind in one operator set: operands, results, attributes, and how its types are inferred. */
export interface KindSchema {
  readonly kind: string
  readonly category: Category
  readonly inputs: readonly OperandSchema[]
  readonly outputs: readonly OperandSchema[]
  readonly attributes: Readonly<Record<string, AttributeSchema>>
  /** The first two operands may be swapped. */
  readonly commutative?: boolean
  /** The same where it depends on what the layer says, as ELEMENTWISE's operation. Ask `commutes`. */
  readonly commutes?: (attributes: Attributes) => boolean
  /** False for an operator that may give another result on the same operands (random ones). Default true. */
  readonly deterministic?: boolean
  /** Types of the results, as far as the operands tell. Returns null for a result it knows nothing of. */
  readonly infer?: (context: InferenceContext) => readonly (ValueType | null)[]
  /** What is wrong with a layer of this kind beside the types of its results, in words; null for nothing. */
  readonly check?: (context: InferenceContext) => string | null
  /** The value that a layer of these attributes holds, and gives as its result whatever else happens; null for none. */
  readonly holds?: (attributes: Attributes) => ConstantValue | null
  /** The results on constant operands, exact or rounded once; null where it does not apply. */
  readonly evaluate?: (context: InferenceContext) => readonly ConstantValue[] | null
}

declare global {
  /**
   * Kinds with a typed view, by kind: a dialect adds its own by declaring this interface again, and `Layer.asLayer` comes out typed.
   * Global, because that is what a declaration in another package can add to.
   */
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface GraftLayerViews {}

  /** Methods that a dialect gives every `Tensor`: those of its functionals, as TensorRT-LLM's Tensor has them. */
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface GraftTensorMethods {}
}

/** Kinds whose view is typed. */
export type ViewedKind = keyof GraftLayerViews
/** What `Layer.asLayer` gives: one of the views that the dialects declare. */
export type LayerView = ViewedKind extends never ? unknown : GraftLayerViews[ViewedKind]

/** What a layer of a general kind is. */
export interface LayerDescription {
  /** Its own type, which stands for its kind. */
  readonly title: string
  /** Where the type belongs to; empty for nowhere. */
  readonly namespace: string
  readonly category: Category
  /** Attributes that say this, and nothing else. */
  readonly said: readonly string[]
}

/** What the engine asks of an operator set. A kind without a schema is a generic layer: it shows, and matches by kind. */
export interface Dialect {
  readonly name: string
  schema(kind: string, opset: number): KindSchema | undefined
  /** Every kind of some operator set, where the dialect knows all that its default domain has. */
  readonly kinds?: readonly string[]
  /** Kinds of other domains that there are, without a schema. */
  readonly otherKinds?: readonly string[]
  /** No two tensors of a network may have one name. */
  readonly uniqueTensorNames?: boolean
  /** What a layer is where its kind does not tell, as a plugin; null where it does. */
  describe?(record: LayerRecord): LayerDescription | null
  /** What is wrong with something that is kept beside the layers; null for nothing. */
  propertyFault?(name: string, value: unknown): string | null
  /** Loops and conditionals that stand among the other layers. */
  readonly boundaries?: Boundaries
  /** The typed view of a layer, for `Layer.asLayer`. */
  view?(record: LayerRecord): unknown
}

/** Kinds of any name, none with a schema. */
export const genericDialect: Dialect = { name: 'generic', schema: () => undefined }

/** Whether the first two operands of a layer of these attributes may be swapped. */
export function commutes(schema: KindSchema | undefined, attributes: Attributes): boolean {
  return schema?.commutative === true || schema?.commutes?.(attributes) === true
}

/** Whether a layer need not give a result: it is left out of the file then. */
export function mayLeaveOut(schema: KindSchema | undefined, result: number): boolean {
  return result > 0 && schema?.outputs[result]?.optional === true
}

/** Domain of a qualified kind: '' for `Relu`, `com.microsoft` for `com.microsoft.Gelu`. */
export function domainOf(kind: string): string {
  const dot = kind.lastIndexOf('.')
  return dot < 0 ? '' : kind.slice(0, dot)
}

/** Operator type without its domain. */
export function operatorOf(kind: string): string {
  let operator = OPERATORS.get(kind)
  if (operator === undefined) OPERATORS.set(kind, (operator = kind.slice(kind.lastIndexOf('.') + 1)))
  return operator
}

/** By kind; there are a few hundred, and every new layer asks. */
const OPERATORS = new Map<string, string>()
