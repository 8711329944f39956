/** What is documented of a layer's operator: its operands, results and attributes with their defaults, and since when it is so. */
import type { AttributeSchema, Layer, OperandSchema } from '../../engine'
import { domainOf, operatorOf } from '../../engine'
import { operatorNotes } from '../../dialects/onnx'
import { attributeText } from '../text/value-text'

export interface OperandDoc {
  readonly name: string
  /** `optional`, `int64`, `any number of` …; empty for one that must be given and has any type. */
  readonly note: string
  /** The layer has it. */
  readonly given: boolean
}

export interface AttributeDoc {
  readonly name: string
  readonly type: string
  /** The default, or that there is none. */
  readonly usual: string
  /** What the layer sets; null where it leaves the default. */
  readonly own: string | null
}

export interface OperatorDocs {
  readonly operator: string
  readonly summary: string
  /** `ONNX operator set 13, changed in 18` */
  readonly since: string
  readonly inputs: readonly OperandDoc[]
  readonly outputs: readonly OperandDoc[]
  readonly attributes: readonly AttributeDoc[]
}

/** @returns null for a kind without a schema */
export function operatorDocs(layer: Layer): OperatorDocs | null {
  const { schema, kind, network } = layer
  if (!schema) return null
  const notes = network.dialect.name === 'onnx' ? operatorNotes(kind, network.opsetOf(kind)) : null
  return {
    operator: operatorOf(kind),
    summary: notes?.summary ?? '',
    since: notes ? sinceText(domainOf(kind), notes.since, notes.formSince) : '',
    inputs: schema.inputs.map((o, i) => operandDoc(o, layer.input(i) !== null)),
    outputs: schema.outputs.map((o, i) => operandDoc(o, layer.output(i) !== null)),
    attributes: Object.entries(schema.attributes).map(([name, a]) => attributeDoc(name, a, layer)),
  }
}

function sinceText(domain: string, since: number, formSince: number): string {
  const set = `Since ${domain === '' ? 'ONNX' : domain} operator set ${since}`
  return formSince > since ? `${set}, in this form since ${formSince}` : set
}

function operandDoc({ name, dtype, optional, variadic }: OperandSchema, given: boolean): OperandDoc {
  return { name, note: [dtype, optional && 'optional', variadic && 'any number'].filter(Boolean).join(', '), given }
}

function attributeDoc(name: string, { type, default: usual, required }: AttributeSchema, layer: Layer): AttributeDoc {
  const own = layer.record.attributes[name]
  return {
    name,
    type: TYPES[type],
    usual: required ? 'required' : usual === undefined ? 'no default' : `default ${shown(attributeText(usual))}`,
    own: own === undefined ? null : shown(attributeText(own)),
  }
}

/** Nothing would be read as nothing. */
const shown = (text: string): string => (text === '' ? '""' : text)

const TYPES: Readonly<Record<AttributeSchema['type'], string>> = {
  INT: 'integer',
  FLOAT: 'float',
  STRING: 'text',
  TENSOR: 'tensor',
  GRAPH: 'graph',
  INTS: 'integers',
  FLOATS: 'floats',
  STRINGS: 'texts',
  TENSORS: 'tensors',
}
