import { callsIn, findMatches, Match, networkFromSnapshot, RulePattern, snapshotOf, verifyNetwork } from '../../engine'
import type { Network, NetworkSnapshot, PatternEntry, PatternRewriter, RuleExample, RuleGraph } from '../../engine'
import { inferShapes, lacksKernel, onnxDialect } from '../../dialects/onnx'
import { dialectNamed, isOfTensorrt } from '../../dialects/tensorrt'
import { Draw } from './draw'
import { drawFromRule, Misfit } from './from-rule'
import { MOTIFS } from './motifs'
import type { Motif } from './motifs/motif'
import { networkFromText } from './network-text'
import { GIVEN_VARIANTS, VARIANTS, variantOf } from './variants'
import type { Variant } from './variants'

/** A pattern that instances can be made for: a rule of any kind, or a pattern whose label has motifs. */
export interface Subject {
  readonly label: string
  readonly pattern: PatternRewriter
  readonly claim: Claim
  /** Networks that it matches: all that there is for a pattern in code, some of what a rule is tried on. */
  readonly networks?: readonly NetworkSnapshot[]
  /** The examples that a pattern in code carries. */
  readonly examples?: readonly RuleExample[]
  /** For a pattern that runs elsewhere: what it makes of a network, or only its first rewrite; null where it finds nothing to do. Its networks are given. */
  readonly elsewhere?: (snapshot: NetworkSnapshot, first?: boolean) => Promise<NetworkSnapshot | null>
}

/** What a pattern claims of its results (E13). */
export type Claim = 'exact' | 'rounding' | 'approximation'

/** A network made for a pattern. */
export interface Instance {
  readonly seed: number
  readonly snapshot: NetworkSnapshot
  readonly variant: Variant
  /** Whether the pattern matches somewhere. */
  readonly matches: boolean
}

/** So many are drawn before one that does not match will do. */
const TRIES = 30
/** Operator sets that instances are made for: mostly the newest that runtimes have whole, and the edges of what patterns ask for. */
const OPSETS = [24, 20, 19, 18, 17, 13]

/**
 * A network on which the pattern is tried: drawn from a rule itself, or from what its label's motifs say, by rejection through
 * the matcher; then left as it is or changed to one just beside. The same seed makes the same one.
 * @returns null where nothing that was drawn goes together
 * @throws Error where nothing is known of the pattern to make instances of
 */
export function instanceOf(subject: Subject, seed: number): Instance | null {
  const d = new Draw(seed)
  const draw = sourceOf(subject)
  let last: NetworkSnapshot | null = null
  let matches = false
  for (let i = 0; i < TRIES && !matches; i++) {
    last = attempt(() => draw(d)) ?? last
    matches = last !== null && (subject.elsewhere !== undefined || isMatched(subject, last))
  }
  if (!last) return null
  const variant = d.pick((subject.networks?.length ?? 0) > 0 ? GIVEN_VARIANTS : VARIANTS)
  const varied = attempt(() => variantOf(last, variant, subject.claim === 'exact', d)) ?? last
  return { seed, snapshot: varied, variant, matches: !subject.elsewhere && isMatched(subject, varied) }
}

/** Whether networks can be made for a pattern. */
export function knowsInstancesOf({ label, pattern, networks }: Subject): boolean {
  return pattern instanceof RulePattern || (networks?.length ?? 0) > 0 || MOTIFS[label] !== undefined
}

function sourceOf({ label, pattern, networks = [] }: Subject): (d: Draw) => NetworkSnapshot {
  const motifs = MOTIFS[label]
  if (pattern instanceof RulePattern) {
    const { graph } = pattern
    // Networks of TensorRT's layers are not drawn.
    if (isOfTensorrt(graph)) return (d) => d.pick(networks)
    const isNew = needsNewest(graph)
    const kinds = callsIn(graph.left).map(({ kind }) => kind)
    // Kernels that were not written anew for the newest operator sets.
    const lacks = (opset: number): boolean => kinds.some((kind) => lacksKernel(kind, opset))
    const older = lacks(23) ? OPSETS.filter((opset) => !lacks(opset)) : []
    const opset = (d: Draw): number => (older.length === 0 ? opsetOf(d) : d.pick(older))
    return (d) => {
      if (networks.length > 0 && d.chance(0.4)) return d.pick(networks)
      if (motifs && d.chance(0.7)) return fromMotif(d, motifs)
      return inferShapes(snapshotOf(drawFromRule(graph, d, isNew && d.chance(0.85) ? 24 : opset(d))))
    }
  }
  if (networks.length > 0) return (d) => (motifs && d.chance(0.5) ? fromMotif(d, motifs) : d.pick(networks))
  if (!motifs) throw new Error(`${label} is a pattern in code, and nothing is known of the networks that it matches`)
  return (d) => fromMotif(d, motifs)
}

const opsetOf = (d: Draw): number => (d.chance(0.85) ? 23 : d.pick(OPSETS))

function fromMotif(d: Draw, motifs: readonly Motif[]): NetworkSnapshot {
  const text = d.pick(motifs)(d)
  const numbers = (_: string, dtype: string, size: number): number[] => numbersFor(d, dtype, size)
  return snapshotOf(withoutLooseInputs(networkFromText(text, opsetOf(d), numbers)))
}

/** Whether a right side has an operator that only the newest operator set has. */
function needsNewest({ right }: RuleGraph): boolean {
  return callsIn(right).some(({ kind }) => !onnxDialect.schema(kind, 23) && onnxDialect.schema(kind, 24))
}

function numbersFor(d: Draw, dtype: string, size: number): number[] {
  if (!dtype.includes('float')) return Array.from({ length: size }, () => d.int(0, 1))
  const same = d.chance(0.2)
  const one = d.pick([0, 1, -1, 2, 0.5])
  const low = d.chance(0.5) ? 0.25 : -1.5
  return Array.from({ length: size }, () => (same ? one : d.between(low, 1.75)))
}

/** Motifs declare more than each form of them uses. */
function withoutLooseInputs(network: Network): Network {
  const snapshot = snapshotOf(network)
  const loose = new Set(network.getInputs().flatMap((t) => (t.liveUses === 0 && !t.isNetworkOutput() ? [t.id] : [])))
  if (loose.size === 0) return network
  return networkFromSnapshot(
    {
      ...snapshot,
      inputs: snapshot.inputs.filter((id) => !loose.has(id)),
      tensors: snapshot.tensors.filter((t) => !loose.has(t.id)),
    },
    onnxDialect,
  )
}

function isMatched({ label, pattern }: Subject, snapshot: NetworkSnapshot): boolean {
  const entry: PatternEntry = { label, pattern, benefit: 1 }
  for (const found of findMatches(networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect)), entry))
    if (found instanceof Match) return true
  return false
}

/** null where what was drawn does not go together. */
function attempt(make: () => NetworkSnapshot): NetworkSnapshot | null {
  try {
    const snapshot = make()
    return verifyNetwork(networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))).length === 0 ? snapshot : null
  } catch (error) {
    if (error instanceof Misfit || error instanceof Error) return null
    throw error
  }
}
