/** The patterns that a network of a dialect is offered for a target, a person's own rules first. */
import { PatternRewriter, printRule, RulePattern } from '../../engine'
import type { Network, PatternAnalyzer, RuleGraph } from '../../engine'
import {
  CountAdd,
  fusedLayers,
  kernelTimes,
  onnxLibrary,
  reformats,
  SqueezeExcite,
  activationBytes,
  cacheBytes,
  pluginsByType,
  precisions,
  tensorrtLibrary,
  withoutScope,
} from '../../patterns'
import type { Exactness, LibraryEntry, Stage, Target } from '../../patterns'
import { engineDialect } from '../../dialects/tensorrt'
import type { OwnLanguage, OwnRule, RuleSource, RuleTrial } from '../protocol/match-info'
import type { SandboxedCode } from './sandboxed-code'

interface Offered {
  readonly label: string
  /** Heading that patterns of a kind stand under. */
  readonly family: string
  readonly equation: string
  readonly benefit: number
  readonly exactness: Exactness | null
  /** What it takes for granted, in words; empty for nothing. */
  readonly assumes: string
  /** Off unless chosen. */
  readonly optIn: boolean
  /** The text of a rule of one's own. */
  readonly rule?: string
  /** What a pattern of one's own is written in. */
  readonly language?: OwnLanguage
  /** What the gate said of it. */
  readonly tried?: RuleTrial
  /** What a pattern of one's own lies in. */
  readonly folder?: string
  readonly off?: boolean
  /** The text of a rule of the library. */
  readonly source?: RuleSource
}

export interface RewriterOffer extends Offered {
  readonly type: 'rewriter'
  readonly stage: Stage
  readonly pattern: PatternRewriter
}

/** Analyzers keep what they saw, so each look takes a new one. */
export interface AnalyzerOffer extends Offered {
  readonly type: 'analyzer'
  readonly make: () => PatternAnalyzer
}

export type Offer = RewriterOffer | AnalyzerOffer

/** @param codes the files of code that run in their sandboxes, by label */
export function catalogueFor(
  network: Network,
  target: Target,
  rules: readonly OwnRule[] = [],
  codes: ReadonlyMap<string, SandboxedCode> = new Map(),
): Offer[] {
  return [
    ...rules.flatMap((rule) =>
      rule.language === 'ts' ? [codeOffer(rule, codes.get(rule.label))] : ownOffer(rule, network),
    ),
    ...libraryOf(network, target),
  ]
}

function libraryOf(network: Network, target: Target): Offer[] {
  if (network.dialect === engineDialect) return engineOffers()
  return network.dialect.name === 'tensorrt' ? tensorrtOffers() : onnxOffers(target)
}

const PLAIN = { exactness: null, assumes: '', optIn: false } as const

/** A rule that was kept and cannot be read any more is left out: the rule editor still has its text. */
function ownOffer(rule: OwnRule, network: Network): Offer[] {
  try {
    return [offerOf(rule, network)]
  } catch {
    return []
  }
}

/** Where a pattern of one's own stands, and what its person decided about it. */
function decisionsOn({ folder, benefit, off, tried }: OwnRule) {
  return {
    family: folder === undefined ? 'Your rules' : `Your rules / ${folder}`,
    ...(benefit !== undefined && { benefit }),
    ...(off && { off }),
    ...(folder !== undefined && { folder }),
    ...(tried && { tried }),
  }
}

/** Patterns in code; without their sandbox they match nowhere. */
export function codeOffer(rule: OwnRule, code?: SandboxedCode): Offer {
  const { label, text } = rule
  const names = code?.info.patterns.map((p) => p.label).filter((name) => name !== label) ?? []
  const offer = {
    ...PLAIN,
    label,
    equation: names.length > 0 ? names.join(', ') : 'a class',
    benefit: Math.max(0, ...(code?.info.patterns.map((p) => p.benefit) ?? [20])),
    rule: text,
    language: 'ts',
    ...decisionsOn(rule),
  } as const
  if (code?.analyzes) return { ...offer, type: 'analyzer', make: () => code.analyzer(label) }
  return { ...offer, type: 'rewriter', stage: 1, pattern: code?.rewriter(label) ?? new Asleep(label) }
}

/** Stands in for a pattern whose code does not run. */
class Asleep extends PatternRewriter {
  override match(): false {
    return false
  }
}

/** @throws RuleSyntaxError, RuleError */
export function offerOf(rule: OwnRule, { schemas }: Network): RewriterOffer {
  const { label, text } = rule
  const pattern = new RulePattern(text, { schemas })
  const { claim, benefit = 20 } = pattern.graph
  const equation = text
    .replace(/#.*/g, '')
    .replace(/^\s*rule\s+"[^"]*"[^\n]*/, '')
    .replace(/\bexample\s+(?:matches|fails)[^}]*\}/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const offer = { ...PLAIN, label, equation, benefit, exactness: claim ?? null, rule: text, pattern }
  return { ...offer, ...decisionsOn(rule), type: 'rewriter', stage: 1 }
}

function libraryOffers(entries: readonly LibraryEntry[], target: Target): Offer[] {
  return entries.map((e): Offer =>
    withSource({
      label: e.label,
      family: e.family,
      equation: e.equation,
      benefit: e.benefit,
      exactness: e.exactness,
      assumes: e.assumes ?? '',
      optIn: e.optIn ?? false,
      stage: e.stage,
      type: 'rewriter',
      pattern: e.make(target),
    }),
  )
}

function onnxOffers(target: Target): Offer[] {
  const library = libraryOffers(onnxLibrary(target), target)
  return [
    ...library,
    {
      ...PLAIN,
      label: 'Squeeze and excite',
      family: 'Analyzers',
      equation: 'x · gate(conv(act(conv(pool(x)))))',
      benefit: 0,
      type: 'analyzer',
      make: () => new SqueezeExcite(),
    },
  ]
}

function withSource(offer: RewriterOffer): RewriterOffer {
  const { pattern } = offer
  if (!(pattern instanceof RulePattern)) return offer
  return { ...offer, source: { text: printedOnce(pattern.graph), hasCode: pattern.hasCode } }
}

const PRINTED = new WeakMap<RuleGraph, string>()

function printedOnce(graph: RuleGraph): string {
  const text = PRINTED.get(graph) ?? printRule(graph)
  PRINTED.set(graph, text)
  return text
}

function tensorrtOffers(): Offer[] {
  return [
    ...libraryOffers(tensorrtLibrary, 'ort'),
    analyzer('Count adds', 'a + b, numbered', () => new CountAdd()),
    analyzer('Plugins by type', 'a number for each type', pluginsByType),
    analyzer('Precision map', 'bits of what layers compute in', precisions),
    analyzer('Activation memory', 'bytes of what layers make', activationBytes),
    analyzer('KV-cache memory', 'bytes of keys and values', cacheBytes),
    analyzer('Layers without a scope', 'made outside of all modules', withoutScope),
  ]
}

const analyzer = (label: string, equation: string, make: () => PatternAnalyzer): Offer => ({
  ...PLAIN,
  label,
  family: 'Analyzers',
  equation,
  benefit: 0,
  type: 'analyzer',
  make,
})

/** A built engine is looked at and not rewritten. */
function engineOffers(): Offer[] {
  return [
    analyzer('Kernel times', 'milliseconds on average, of a profile', kernelTimes),
    analyzer('Fused layers', 'how many became one kernel', fusedLayers),
    analyzer('Reformats', 'kernels that only change a format', reformats),
  ]
}
