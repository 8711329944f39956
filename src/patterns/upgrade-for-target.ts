/**
 * The operator set that a model is rewritten under: as high as the operators that its patterns could make need, and no higher;
 * never one under which ONNX Runtime lacks an operator that the model has.
 */
import { kindsIn, lacksKernel, onnxDialect, OnnxExportError, upgradeOpset } from '../dialects/onnx'
import { domainOf } from '../engine'
import type { NetworkSnapshot } from '../engine'
import type { Target } from './library'

export interface Upgraded {
  readonly snapshot: NetworkSnapshot
  /** Why the model keeps an operator set below the one that its patterns ask for; null where it does not. */
  readonly refused: string | null
}

interface Need {
  readonly version: number
  readonly targets?: readonly Target[]
  /** What a network must have for the operator to be made of it. */
  readonly of: (kinds: ReadonlySet<string>, snapshot: NetworkSnapshot) => boolean
}

const some =
  (...wanted: string[]): Need['of'] =>
  (kinds) =>
    wanted.some((k) => kinds.has(k))

/** Operators that patterns make, by the operator set that brought them. */
const NEEDS: readonly Need[] = [
  // HardSwish
  { version: 14, of: some('HardSigmoid', 'Clip') },
  // LayerNormalization
  { version: 17, of: some('ReduceMean') },
  // Gelu
  { version: 20, targets: ['onnx'], of: some('Erf', 'Tanh', 'com.microsoft.Gelu', 'com.microsoft.FastGelu') },
  // GroupNormalization
  { version: 21, of: some('InstanceNormalization') },
  // RMSNormalization, RotaryEmbedding, Attention
  { version: 23, targets: ['onnx'], of: some('ReduceMean') },
  { version: 23, of: (kinds) => kinds.has('Concat') && (kinds.has('Neg') || kinds.has('Cos')) },
  { version: 23, of: hasAttention },
  // Swish
  { version: 24, targets: ['onnx'], of: some('Sigmoid') },
]

/** From here on axes, sizes and bounds are operands, as patterns write them. */
const MODERN = 13

/** A Softmax whose probabilities go into a product, perhaps through a few layers of one result. */
function hasAttention(kinds: ReadonlySet<string>, { layers }: NetworkSnapshot): boolean {
  if (!kinds.has('Softmax')) return false
  const reached = new Set<number>()
  for (const layer of layers) {
    const follows = layer.inputs.some((t) => reached.has(t))
    if (follows && layer.kind === 'MatMul') return true
    if (layer.kind === 'Softmax' || (follows && PASSED.has(layer.kind))) for (const t of layer.outputs) reached.add(t)
  }
  return false
}

const PASSED = new Set(['Dropout', 'Cast', 'Identity', 'Where', 'IsNaN', 'Reshape', 'Mul', 'Add'])

/** The network under the operator set that what patterns make of it for the target needs, or as near to it as it can be brought. */
export function upgradeForTarget(snapshot: NetworkSnapshot, target: Target): Upgraded {
  const own = snapshot.opsets['']
  if (own === undefined || snapshot.dialect !== 'onnx') return { snapshot, refused: null }
  const kinds = kindsIn(snapshot)
  const needs = NEEDS.filter((n) => n.version > own && (n.targets?.includes(target) ?? true) && n.of(kinds, snapshot))
  const wanted = Math.max(own, ...needs.map((n) => n.version))
  if (wanted === own && own >= MODERN) return { snapshot, refused: null }
  let why: string | null = null
  for (const version of candidates(Math.max(wanted, MODERN), own)) {
    const found = upgradeTo(snapshot, version, kinds)
    if (typeof found === 'string') {
      why ??= found
      continue
    }
    // Layers that only the new wording takes are worth it only where something asks for the version.
    if (needs.length === 0 && found.layers.length > snapshot.layers.length) break
    return { snapshot: found, refused: needs.length > 0 && why !== null ? staysAt(version, why) : null }
  }
  return { snapshot, refused: needs.length > 0 && why !== null ? staysAt(own, why) : null }
}

const staysAt = (version: number, why: string): string => `The model stays at operator set ${version}: ${why}`

/** The network under an operator set, or why it cannot be brought there. */
function upgradeTo(snapshot: NetworkSnapshot, version: number, kinds: ReadonlySet<string>): NetworkSnapshot | string {
  const own = snapshot.opsets[''] ?? 1
  const lacking = [...kinds].find((k) => lacksKernel(k, version) && !lacksKernel(k, own))
  if (lacking) return `ONNX Runtime has no ${lacking} under ${version}.`
  // Among them those of ONNX's first years that runtimes know by their old versions only.
  const foreign = [...kinds].find((k) => domainOf(k) === '' && !onnxDialect.schema(k, version))
  if (foreign) return `${foreign} is no operator of ONNX under ${version}.`
  try {
    return upgradeOpset(snapshot, version)
  } catch (error) {
    if (error instanceof OnnxExportError) return error.message
    throw error
  }
}

/** The wanted operator set, then those below it at which something begins to be possible. */
function candidates(wanted: number, own: number): number[] {
  const steps = [wanted, 21, 20, 18, 17, 14, MODERN]
  return [...new Set(steps)].filter((v) => v <= wanted && v > own).sort((a, b) => b - a)
}
