/** Asks the installed ONNX Runtimes for kernels, with models of one node. */
import { ConstantValue, Network, snapshotOf } from '../src/engine'
import type { AttributeType, AttributeValue, DType, KindSchema } from '../src/engine'
import { exportOnnx, knownKinds, onnxDialect } from '../src/dialects/onnx'
import { webRuntime } from '../src/verify'
import type { Runtime } from '../src/verify'
import { nodeRuntime } from '../src/verify/node'

const [OLDEST, NEWEST] = [7, 24]
/** Types of the first operand, of those between, and of the last; an operator that takes none of these is not asked for. */
const TRIALS: readonly (readonly [first: DType, between: DType, last: DType])[] = [
  ['float32', 'float32', 'float32'],
  ['float32', 'float32', 'int64'],
  ['float32', 'int64', 'int64'],
  ['float32', 'int64', 'float32'],
  ['int64', 'int64', 'int64'],
  ['bool', 'bool', 'bool'],
  ['bool', 'float32', 'float32'],
  ['int64', 'float32', 'float32'],
  ['uint8', 'uint8', 'uint8'],
  ['float32', 'float32', 'uint8'],
  ['uint8', 'float32', 'uint8'],
  ['int32', 'int32', 'int32'],
]
/** Optional operands without which an operator means nothing. */
const ASKED_WITH: Readonly<Record<string, readonly string[]>> = { Resize: ['roi', 'scales'] }
const NO_KERNEL = /Could not find an implementation for (\w+)\(/

/** Operator sets under which a runtime knows the operator and has no kernel for it, by kind. */
export async function missingKernels(): Promise<Map<string, number[]>> {
  const runtimes = [await nodeRuntime(), await webRuntime().catch(() => null)].filter((r) => r !== null)
  const missing = new Map<string, number[]>()
  for (const kind of knownKinds.filter((k) => !k.includes('.'))) {
    for (let opset = OLDEST; opset <= NEWEST; opset++) {
      const schema = onnxDialect.schema(kind, opset)
      if (!schema) continue
      const answers = await Promise.all(runtimes.map((r) => isMissing(r, kind, opset, schema)))
      if (!answers.includes(true)) continue
      const known = missing.get(kind)
      if (known) known.push(opset)
      else missing.set(kind, [opset])
    }
  }
  return missing
}

async function isMissing(runtime: Runtime, kind: string, opset: number, schema: KindSchema): Promise<boolean> {
  let refused = false
  for (const types of TRIALS) {
    try {
      const session = await runtime.load(model(kind, opset, schema, types))
      await session.release()
      return false
    } catch (error) {
      // A function in ONNX is told by the operator inside it that is missing.
      if (NO_KERNEL.test(String(error))) refused = true
    }
  }
  return refused
}

function model(
  kind: string,
  opset: number,
  schema: KindSchema,
  [first, between, last]: readonly [DType, DType, DType],
): Uint8Array {
  const network = new Network(onnxDialect, { name: 'probe', opsets: { '': opset } })
  const required = schema.inputs.filter((o) => !o.optional || ASKED_WITH[kind]?.includes(o.name))
  const typeOf = (i: number): DType => (i === 0 ? first : i === required.length - 1 ? last : between)
  const inputs = required.map((o, i) => network.addInput(o.name, typeOf(i), null))
  const layer = network.addLayer({ kind, inputs, attributes: requiredAttributes(schema) })
  network.markOutput(layer.output()!, 'y')
  return exportOnnx(snapshotOf(network)).bytes
}

const PLAUSIBLE: Readonly<Partial<Record<AttributeType, AttributeValue>>> = {
  INT: 1,
  INTS: [1, 1],
  FLOAT: 1,
  FLOATS: [1],
  STRING: 'x',
  TENSOR: ConstantValue.scalarOf('float32', 1),
}

function requiredAttributes(schema: KindSchema): Record<string, AttributeValue> {
  const required = Object.entries(schema.attributes).filter(([, a]) => a.required)
  return Object.fromEntries(
    required.flatMap(([name, { type }]) =>
      name in SPECIAL ? [[name, SPECIAL[name]!]] : PLAUSIBLE[type] === undefined ? [] : [[name, PLAUSIBLE[type]]],
    ),
  )
}

/** Attributes that stand for a type or a word. */
const SPECIAL: Readonly<Record<string, AttributeValue>> = { to: 1, dtype: 1, equation: 'ij->ij' }
