import type { Dialect, KindSchema } from '../../../engine'
import { evaluatorOf } from '../evaluate/evaluate'
import { activation } from './activation'
import { attention } from './attention'
import { CONTRIB_NAMES } from './contrib-names'
import { control, recurrent, signal } from './control'
import { convolution, pooling } from './convolution'
import { dataMovement } from './data-movement'
import { elementwise } from './elementwise'
import { FIRST_VERSION } from './first-versions'
import { matmul } from './matmul'
import { microsoft } from './microsoft'
import { normalization } from './normalization'
import type { Operator } from './notation'
import { operandCheck } from './operand-rules'
import { quantization } from './quantization'
import { reduction } from './reduction'
import { creation, shape } from './shape'
import { SUMMARIES } from './summaries'

const ALL: readonly Operator[] = [
  ...elementwise,
  ...activation,
  ...matmul,
  ...convolution,
  ...pooling,
  ...normalization,
  ...attention,
  ...reduction,
  ...shape,
  ...creation,
  ...dataMovement,
  ...quantization,
  ...control,
  ...recurrent,
  ...signal,
  ...microsoft,
]

/** Versions of each kind, newest first. */
const REGISTRY = new Map<string, Operator[]>()
for (const operator of ALL) {
  const evaluate = evaluatorOf(operator.schema)
  const check = operandCheck(operator.schema)
  const more = { ...(evaluate && { evaluate }), ...(check && { check }) }
  const complete = { ...operator, schema: { ...operator.schema, ...more } }
  const versions = REGISTRY.get(operator.kind)
  if (versions) versions.push(complete)
  else REGISTRY.set(operator.kind, [complete])
}
for (const versions of REGISTRY.values()) versions.sort((a, b) => b.since - a.since)

/** The operator as opset `opset` of its domain has it; undefined where that has no such operator. */
function schema(kind: string, opset: number): KindSchema | undefined {
  if (opset < (FIRST_VERSION.get(kind) ?? 0)) return undefined
  return REGISTRY.get(kind)?.find((version) => version.since <= opset)?.schema
}

/** ONNX's from 17 on; ONNX Runtime's optimizer writes it into older models too, so that its schema is there from the first. */
const FIRST_IN_ONNX: ReadonlyMap<string, number> = new Map([['LayerNormalization', 17]])

/** What can be said of an operator besides its schema. */
export interface OperatorNotes {
  /** What it does, in a line; empty where nobody wrote one. */
  readonly summary: string
  /** Operator set version of its domain that brought it. */
  readonly since: number
  /** The version from which on its operands and attributes are those of the schema, as far as Graft tells versions apart. */
  readonly formSince: number
}

/** @param opset version of the operator set that the network has @returns null for an operator that is not known */
export function operatorNotes(kind: string, opset: number): OperatorNotes | null {
  const form = REGISTRY.get(kind)?.find((version) => version.since <= opset)
  if (!form) return null
  const since = FIRST_IN_ONNX.get(kind) ?? FIRST_VERSION.get(kind) ?? 1
  return { summary: SUMMARIES.get(kind) ?? '', since, formSince: Math.max(since, form.since) }
}

/** Kinds that some operator set has, for completion and for tests. */
export const knownKinds: readonly string[] = [...REGISTRY.keys()].sort()

/** ONNX's default domain, opset 9 to 24, and com.microsoft. */
export const onnxDialect: Dialect = {
  name: 'onnx',
  schema,
  kinds: [...new Set([...knownKinds, ...FIRST_VERSION.keys()])],
  otherKinds: CONTRIB_NAMES,
}
