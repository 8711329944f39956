import {
  Builder,
  compatibleShapes,
  isUnused,
  markDangling,
  Match,
  MatchFailure,
  NotKnownError,
  parseRule,
  PatternRewriter,
  RulePattern,
  Schemas,
} from '../engine'
import { onnxDialect } from '../dialects/onnx'
import { hasOperands } from './values'
import type { FailureAbout, Layer, MatchResult, Network, RuleGraph, RuleOptions, Tensor } from '../engine'

/** What matching gives: undefined is a miss whose reason nobody asked for. */
export type Outcome = MatchResult | undefined

/**
 * Why a pattern declines: the part that found no counterpart, what was expected there, and what stands there. For a value that
 * is used outside (`use`), `found` says by whom; a `condition` says what a property is and what it should be. null where
 * nobody asks: `decline?.(..)` then does not even word it, which costs more than most matches.
 */
export type Decline =
  | ((
      part: string,
      at: Layer | null,
      expected: string,
      found: string,
      matched?: Readonly<Record<string, Layer>>,
      about?: FailureAbout,
    ) => MatchFailure)
  | null

export interface PatternSpec {
  readonly name: string
  /** Kinds of the root layer; without it every layer is tried. */
  readonly root?: readonly string[]
  /** Every match has a layer of one of these kinds: where the network has none, nothing is tried. */
  readonly needs?: readonly string[]
  /** It matches layers too whose first result is left out. */
  readonly withoutResult?: boolean
  /** How many layers a match has at least; tells how near a miss came. */
  readonly parts?: number
  readonly match: (layer: Layer, decline: Decline) => Outcome
  /** The values that replace the match's, by name; `null` gives up. */
  readonly rewrite: (b: Builder, match: Match) => Readonly<Record<string, Tensor>> | null
}

/** A pattern written as two functions. The match names the values that the rewrite replaces. */
class FunctionPattern extends PatternRewriter {
  constructor(private readonly spec: PatternSpec) {
    super(spec.name, { separateMatchRewrite: true, ...(spec.root && { rootLayer: spec.root }) })
  }

  /** Files may leave the first result of a layer without a name: then there is nothing to replace. */
  private lacksResult(layer: Layer): boolean {
    return layer.output() === null && this.spec.withoutResult !== true
  }

  override match(layer: Layer): MatchResult {
    const { needs } = this.spec
    if (this.lacksResult(layer) || (needs && !hasOneOf(layer.network, needs)) || !hasOperands(layer)) return false
    const result = declining(this.spec, layer, null) ?? false
    return result instanceof Match && leavesResults(layer, result) ? false : result
  }

  override explain(layer: Layer): Match | MatchFailure | null {
    if (this.lacksResult(layer) || !hasOperands(layer)) return null
    const decline: Decline = (part, at, expected, found, matched = {}, about) => {
      const layers = new Map(Object.entries(matched))
      const parts = Math.max(this.spec.parts ?? 0, layers.size + 1)
      return new MatchFailure(layer, part, at, expected, found, layers, parts, about)
    }
    const found = declining(this.spec, layer, decline)
    return found === true ? Match.ofRoot(layer) : found || null
  }

  override rewrite(layer: Layer, match: Match): boolean | void {
    let made: ReturnType<PatternSpec['rewrite']>
    try {
      made = this.spec.rewrite(new Builder(layer.network, match), match)
    } catch (error) {
      if (error instanceof NotKnownError) return this.giveUp(layer, error.message)
      throw error
    }
    if (made === null) return this.giveUp(layer)
    for (const name in made)
      if (!fits(made[name]!, match.tensor(name)))
        return this.giveUp(layer, `${String(made[name])} would stand for ${String(match.tensor(name))}`)
    for (const name in made) {
      const old = match.tensor(name)
      if (old === made[name]) continue
      const wasUnused = isUnused(old)
      old.replaceAllUsesWith(made[name]!)
      if (wasUnused && old.parent) markDangling(old.network, old.parent)
    }
  }
}

/** Whether one value may stand for another: in a damaged network a layer may be said to give what it does not. */
export const fits = (made: Tensor, old: Tensor): boolean =>
  (made.dtype === old.dtype || !made.dtype || !old.dtype) && compatibleShapes(made.shape, old.shape)

/** What a match gives; nothing where it asks for what is not there, as in a damaged network. */
function declining(spec: PatternSpec, layer: Layer, decline: Decline): Outcome {
  try {
    return spec.match(layer, decline)
  } catch (error) {
    if (error instanceof NotKnownError) return false
    throw error
  }
}

/** Whether a further result of the root is used and would not be replaced: the root would stay, and match again. */
function leavesResults(root: Layer, match: Match): boolean {
  if (root.numOutputs <= 1) return false
  const replaced = new Set(match.tensors.values())
  return root.results.some((t, i) => i > 0 && t !== null && !replaced.has(t) && (t.liveUses > 0 || t.isNetworkOutput()))
}

function hasOneOf(network: Network, kinds: readonly string[]): boolean {
  for (let i = 0; i < kinds.length; i++) if (network.countOfKind(kinds[i]!) > 0) return true
  return false
}

export function pattern(spec: PatternSpec): PatternRewriter {
  return new FunctionPattern(spec)
}

/** A match whose root's first result, `y`, is replaced, where there is one. */
export function found(
  root: Layer,
  layers: Readonly<Record<string, Layer>>,
  tensors: Readonly<Record<string, Tensor | null | undefined>> = {},
  data: unknown = null,
): Match {
  const parts = new Map<string, Layer>()
  for (const part in layers) parts.set(part, layers[part]!)
  const given = new Map<string, Tensor>()
  const y = root.output()
  if (y) given.set('y', y)
  for (const name in tensors) if (tensors[name]) given.set(name, tensors[name])
  return new Match(root, parts, given, data)
}

const NEWEST = Schemas.newest(onnxDialect)

/** Rules of the library by their text: each is read once, however often the library is made. */
const READ = new Map<string, RuleGraph>()

/** A pattern written as a rule, held to ONNX's operators. */
export function onnxRule(text: string | RuleGraph, options: RuleOptions = {}): RulePattern {
  return new RulePattern(typeof text === 'string' ? readOnce(text) : text, { schemas: NEWEST, ...options })
}

function readOnce(text: string): RuleGraph {
  const graph = READ.get(text) ?? parseRule(text)
  READ.set(text, graph)
  return graph
}
