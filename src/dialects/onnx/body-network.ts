/** The body of a layer as a network of its own. */
import { ABSENT } from '../../engine'
import type { ConstantValue, DType, NetworkSnapshot, Shape, SubgraphValue, TensorId } from '../../engine'
import { valueInfoOf } from './export/value-info'
import { OnnxImportError, REEXPORT } from './import/error'
import { importOnnx } from './import/import-onnx'
import { inferShapes } from './infer/infer-shapes'
import { decodeMessage } from './proto/decode'
import { encodeMessage } from './proto/encode'
import type { ValueInfoProto } from './proto/messages'

interface Type {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

/** From this version on initializers need not be inputs. */
const IR_VERSION = 10

/** A value that a body takes: of a type, or the same constant in every turn. */
export interface Taken extends Type {
  readonly value?: ConstantValue | undefined
}

/** A body by itself. */
export interface BodyNetwork {
  readonly network: NetworkSnapshot
  /** What it takes, in the order of its own inputs and then of what it captures; constants are in the network. */
  readonly inputs: readonly TensorId[]
}

/**
 * A body as a network. Of its values it is taken to know nothing but what follows from `own` and `captured`: what a body says of
 * its sizes is said for one turn only, and may be wrong.
 * @throws OnnxImportError for a body that is damaged
 */
export function bodyNetwork(
  { graph: encoded, captures }: SubgraphValue,
  opsets: Readonly<Record<string, number>>,
  own: readonly Type[],
  captured: readonly Taken[],
): BodyNetwork {
  const graph = decodeMessage('GraphProto', encoded)
  const typed = (name: string, { dtype, shape }: Type): ValueInfoProto =>
    valueInfoOf({ id: 0, name, producer: ABSENT, dtype, shape }, name, undefined)
  const input = [
    ...graph.input.map(({ name = '' }, i) => typed(name, own[i] ?? UNKNOWN)),
    ...captures.map((name, i) => typed(name, captured[i] ?? UNKNOWN)),
  ]
  const taken = new Map(input.map((info) => [info.name, info]))
  const output = graph.output.map(({ name = '' }) => taken.get(name) ?? { name, metadata_props: [] })
  const bytes = encodeMessage('ModelProto', {
    ir_version: IR_VERSION,
    opset_import: Object.entries(opsets).map(([domain, version]) => ({ domain, version })),
    graph: { ...graph, input, output, value_info: [] },
    metadata_props: [],
    functions: [],
  })
  const { snapshot, missingExternal } = importOnnx(bytes)
  if (missingExternal.length > 0) throw new OnnxImportError('A body keeps weights elsewhere', '', REEXPORT)
  return { network: withConstants(snapshot, graph.input.length, captured), inputs: snapshot.inputs }
}

const UNKNOWN: Type = { dtype: null, shape: null }

/** Captured constants are constants of the body, which more can be known from. */
function withConstants(snapshot: NetworkSnapshot, own: number, captured: readonly Taken[]): NetworkSnapshot {
  const values = new Map<TensorId, ConstantValue>()
  captured.forEach(({ value }, i) => value && values.set(snapshot.inputs[own + i]!, value))
  if (values.size === 0) return snapshot
  const tensors = snapshot.tensors.map((t) => {
    const value = values.get(t.id)
    return value ? { ...t, dtype: value.dtype, shape: value.shape, value } : t
  })
  const inputs = snapshot.inputs.filter((id) => !values.has(id))
  return inferShapes({ ...snapshot, tensors, inputs })
}
