import { upgradeForTarget } from '../../patterns'
import { AnalysisPatternManager, findMatches, look, MatchFailure } from '../../engine'
import type { Finding, Layer, Match, Network, PatternAnalyzer, PatternEntry } from '../../engine'
import { readArguments, UsageError } from '../arguments'
import { CHOICE, chosenPatterns, giveSizes, namedAnalyzers, onePattern, raisedFor } from '../choice'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readModel } from '../files'

export const usage = `graft match in.onnx [--patterns list|all|my.rules|my.ts] [--target ort|onnx] [--json]
graft explain in.onnx --pattern P [--layer L] [--target ort|onnx] [--json]`

/** Every place where each pattern matches the model as it is, before anything is rewritten. */
export function match(argv: readonly string[], console: Console): number {
  const args = readArguments(argv, CHOICE, 1)
  const network = opened(args.files[0]!, raisedFor(args), console)
  const choice = chosenPatterns(args, network.dialect.name)
  giveSizes(choice, network)
  const analyzed = analyses(network, namedAnalyzers(args))
  const found = choice.manager.entries().flatMap((entry) => {
    console.progress(entry.label)
    const matches = [...findMatches(network, entry)].map((found) => facts(found as Match))
    return matches.length > 0 ? [{ pattern: entry.label, count: matches.length, matches }] : []
  })
  const result = [...found, ...analyzed]
  console.result(result, () =>
    result.length === 0
      ? ['nothing matches']
      : result.flatMap((r) => [
          `${r.pattern}: ${r.count}`,
          ...r.matches.slice(0, SHOWN).map((m) => `  ${m.root}${'value' in m ? `  ${m.value}` : ''}`),
          ...(r.count > SHOWN ? [`  and ${r.count - SHOWN} more`] : []),
        ]),
  )
  return 0
}

/** What analyzers see, with the number that each has for the root. */
function analyses(network: Network, analyzers: readonly PatternAnalyzer[]) {
  return analyzers.flatMap((analyzer) => {
    const manager = new AnalysisPatternManager().add(analyzer.name, analyzer)
    const matches = [...manager.analyzing(network)].map(({ match, value }) => ({
      ...facts(match),
      ...(value === undefined ? null : { value }),
    }))
    return matches.length > 0 ? [{ pattern: analyzer.name, count: matches.length, matches }] : []
  })
}

const SHOWN = 5

/** Why a pattern matches at a layer, or how far it gets and what stops it; without a layer, its nearest misses. */
export function explain(argv: readonly string[], console: Console): number {
  const args = readArguments(argv, { pattern: 'string', layer: 'string', target: 'string' }, 1)
  const network = opened(args.files[0]!, raisedFor(args), console)
  const entry = onePattern(args, network.dialect.name).manager.entries()[0]!
  const name = args.text('layer')
  const findings = name === undefined ? nearest(network, entry) : [at(network, entry, name)]
  const result = findings.map((f) => (f instanceof MatchFailure ? missFacts(f) : f && { matches: true, ...facts(f) }))
  console.result(name === undefined ? result : (result[0] ?? null), () =>
    findings.length === 0
      ? ['nothing comes near it']
      : findings.flatMap((f) => (f ? told(f) : ['no match, no reason'])),
  )
  return 0
}

function opened(file: string, target: 'ort' | 'onnx', console: Console): Network {
  console.progress(`opening ${file}`)
  const { snapshot } = readModel(file)
  return networkOf(snapshot.dialect === 'onnx' ? upgradeForTarget(snapshot, target).snapshot : snapshot)
}

function at(network: Network, entry: PatternEntry, name: string): Finding | null {
  const layer = network.getLayerByName(name)
  if (layer) return look(entry, layer)
  const near = network.getLayers().filter((l) => l.name.includes(name))
  const hint =
    near.length > 0
      ? `there are ${near
          .slice(0, SHOWN)
          .map((l) => l.name)
          .join(', ')}`
      : 'see graft match'
  throw new UsageError(`there is no layer called ${name}: ${hint}`)
}

/** Matches none; the misses that got furthest come first. */
function nearest(network: Network, entry: PatternEntry): MatchFailure[] {
  const misses = [...findMatches(network, entry, true)].filter((f) => f instanceof MatchFailure)
  return misses.sort((a, b) => b.matched.size / b.parts - a.matched.size / a.parts).slice(0, SHOWN)
}

function facts(m: Match): { root: string; layers: Record<string, string>; tensors: Record<string, string> } {
  return {
    root: m.root.name,
    layers: named(m.layers),
    tensors: Object.fromEntries([...m.tensors].map(([part, t]) => [part, t.name])),
  }
}

function missFacts(f: MatchFailure) {
  const { part, expected, found, parts } = f
  const layer = f.layer?.name ?? null
  return { matches: false, root: f.root.name, layer, part, expected, found, matched: named(f.matched), parts }
}

function named(layers: ReadonlyMap<string, Layer>): Record<string, string> {
  return Object.fromEntries([...layers].map(([part, l]) => [part, l.name]))
}

function told(f: Finding): string[] {
  const miss = f instanceof MatchFailure
  const layers = miss ? f.matched : f.layers
  return [
    miss ? `no match at ${f.root.name}: ${layers.size} of ${f.parts} parts` : `match at ${f.root.name}`,
    ...table([...layers].map(([part, l]) => [`  ${part}`, l.kind, l.name])),
    ...(miss ? [`  ${String(f)}`] : []),
  ]
}
