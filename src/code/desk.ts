import { exportOnnx, joined, onnxDialect } from '../dialects/onnx'
import { tensorrtDialect, writeNetwork } from '../dialects/tensorrt'
import {
  AnalysisPatternManager,
  applyTransaction,
  attempt,
  ByteRange,
  ByteSource,
  ConstantValue,
  drive,
  findMatches,
  fromPlain,
  genericDialect,
  Match,
  MatchFailure,
  networkFromSnapshot,
  PatternAnalyzer,
  PatternRewriter,
  snapshotOf,
  toPlain,
  undoTransaction,
} from '../engine'
import { paddedSizes } from '../patterns'
import type { Layer, LogEntry, Network, NetworkSnapshot, PatternEntry, TensorId, Transaction } from '../engine'
import type {
  BuiltNetwork,
  CodeCalls,
  CodeInfo,
  CodeLook,
  CodeStep,
  FoundMatch,
  FoundMiss,
  MoveForCode,
  NetworkForCode,
} from './calls'
import { CodeError } from './code-error'
import { membersOf } from './company'
import { loadCode } from './load'
import { loadSoundNetwork } from './load-network'
import type { CodePattern } from './load'

/** Reads a part of a file where it is needed. */
export type ReadBlob = (blob: Blob) => Uint8Array

type Handlers = { readonly [K in keyof CodeCalls]: (args: CodeCalls[K]['args']) => CodeCalls[K]['result'] }

/** More misses than that say nothing more. */
const MOST_MISSES = 400

/** A file of patterns at work on a network of its own, which follows that of the host. Whatever a pattern does to it is undone. */
export class CodeDesk implements Handlers {
  private source = ''
  private rewriters: PatternEntry[] = []
  private analyzes = false
  private open: Network | null = null
  /** Constants that the host has, by their numbers: they need not travel back. */
  private readonly held = new WeakMap<ConstantValue, TensorId>()
  private said: PatternEntry['pattern'][] = []

  constructor(
    private readonly readBlob: ReadBlob,
    /** Called between two layers: the work goes on. */
    private readonly beat: () => void = () => undefined,
  ) {}

  load = ({ source }: { source: string }): CodeInfo => {
    const found = loadCode(source)
    this.source = source
    this.take(found)
    return {
      patterns: found.map(({ label, pattern, benefit, examples }) => ({
        label,
        type: pattern instanceof PatternRewriter ? 'rewriter' : 'analyzer',
        benefit,
        examples,
      })),
    }
  }

  build = ({ source, name }: CodeCalls['build']['args']): BuiltNetwork => {
    const snapshot = snapshotOf(loadSoundNetwork(source, name).network)
    if (snapshot.dialect !== 'tensorrt') return { type: 'onnx', model: exportOnnx(snapshot).bytes }
    const location = `${name}.weights`
    const { text, weights } = writeNetwork(snapshot, location)
    return { type: 'graft-trt', text, weights: joined(weights), location }
  }

  network = ({ snapshot, data }: NetworkForCode): null => {
    const bare = fromPlain(snapshot) as NetworkSnapshot
    const bytes = new Map(data)
    const tensors = bare.tensors.map((t) => {
      const found = bytes.get(t.id)
      if (!t.value || found === undefined) return t
      const value = this.constantOf(t.value, found)
      this.held.set(value, t.id)
      return { ...t, value }
    })
    this.open = networkFromSnapshot({ ...bare, tensors }, dialectNamed(bare.dialect))
    // What the module's own example asks for, where a file asks for nothing else.
    const args = paddedSizes(this.open)
    for (const { pattern } of this.rewriters) pattern.args ??= args
    return null
  }

  follow = ({ moves }: { moves: readonly MoveForCode[] }): null => {
    for (const { transaction, forward } of moves) {
      const t = fromPlain(transaction) as Transaction
      if (forward) applyTransaction(this.here, t)
      else undoTransaction(this.here, t)
    }
    return null
  }

  look = (): CodeLook => (this.analyzes ? this.analysis() : this.search())

  rewrite = ({ root }: { root: number }): CodeStep | null => {
    const layer = this.here.getLayer(root)
    if (!layer || layer.isRemoved()) return null
    for (const entry of this.rewriters) {
      if (!entry.pattern.accepts(layer.kind)) continue
      const result = attempt(entry, layer)
      if (result.type !== 'rewritten') continue
      undoTransaction(this.here, result.transaction)
      return { root, transaction: this.plain(result.transaction), by: null }
    }
    return null
  }

  plan = ({ scope, company, most = Infinity }: CodeCalls['plan']['args']): readonly CodeStep[] => {
    const members = company && membersOf(company, this.here)
    const known = new Map(members?.map((m) => [m.entry, m]))
    const entries = members?.map((m) => m.entry) ?? this.rewriters
    const steps: CodeStep[] = []
    const done: Transaction[] = []
    const admits = (layer: Layer): boolean =>
      scope === '' || layer.scope === scope || layer.scope.startsWith(`${scope}/`)
    try {
      for (const event of drive(this.here, entries, { admits, prune: false })) {
        this.beat()
        if (event.type === 'failed' && (members?.find((m) => m.entry.label === event.error.label)?.isCode ?? true))
          throw event.error
        if (event.type !== 'rewritten') continue
        done.push(event.transaction)
        const member = known.get(event.entry)
        const transaction = member?.isCode === false ? null : this.plain(event.transaction)
        steps.push({ root: event.root.id, transaction, by: member?.by ?? null })
        if (steps.length >= most) break
      }
    } finally {
      for (const t of done.reverse()) undoTransaction(this.here, t)
    }
    return steps
  }

  /** What the patterns have said since this was last asked. */
  log(): LogEntry[] {
    return this.said.flatMap(({ log }) => log.splice(0))
  }

  private get here(): Network {
    if (!this.open) throw new CodeError('no network is open')
    return this.open
  }

  private take(found: readonly CodePattern[]): void {
    const rewriters = found.flatMap(({ label, pattern, benefit }) =>
      pattern instanceof PatternRewriter ? [{ label, pattern, benefit }] : [],
    )
    if (rewriters.length > 0 && rewriters.length < found.length)
      throw new CodeError('a file holds rewriters or analyzers, not both: put the analyzers into a file of their own')
    this.rewriters = rewriters.sort((a, b) => b.benefit - a.benefit)
    this.analyzes = rewriters.length === 0
    this.said = rewriters.map((e) => e.pattern)
  }

  private search(): CodeLook {
    const matches = new Map<number, FoundMatch>()
    const misses: FoundMiss[] = []
    for (const entry of this.rewriters) {
      for (const found of findMatches(this.here, entry, true)) {
        this.beat()
        if (found instanceof Match && !matches.has(found.root.id)) matches.set(found.root.id, plainMatch(found, null))
        if (found instanceof MatchFailure && misses.length < MOST_MISSES) misses.push(plainMiss(found))
      }
    }
    return { matches: [...matches.values()], misses }
  }

  /** Analyzers keep what they saw, so each look takes new ones. */
  private analysis(): CodeLook {
    const matches: FoundMatch[] = []
    const fresh = loadCode(this.source).flatMap(({ pattern }) => (pattern instanceof PatternAnalyzer ? [pattern] : []))
    this.said = fresh as unknown as PatternEntry['pattern'][]
    for (const analyzer of fresh) {
      const seen: Match[] = []
      for (const { match } of new AnalysisPatternManager().add(analyzer.name, analyzer).analyzing(this.here)) {
        this.beat()
        seen.push(match)
      }
      const results = analyzer.results()
      if (!(results instanceof Map))
        throw new CodeError(`results of ${analyzer.name} gave no Map from layers to numbers`)
      for (const match of seen) matches.push(plainMatch(match, numberOf(results.get(match.root))))
    }
    return { matches, misses: [] }
  }

  private plain(t: Transaction): unknown {
    return toPlain(t, { bytes: 'array', held: (constant) => this.held.get(constant) })
  }

  private constantOf({ dtype, shape, strings, external }: ConstantValue, data: Uint8Array | Blob): ConstantValue {
    if (data instanceof Uint8Array) return new ConstantValue(dtype, shape, data, strings, external)
    const read = (from: number, length: number): Uint8Array => this.readBlob(data.slice(from, from + length))
    return new ConstantValue(
      dtype,
      shape,
      new ByteRange(new ByteSource(data.size, read), 0, data.size),
      strings,
      external,
    )
  }
}

const DIALECTS = [onnxDialect, tensorrtDialect]
const dialectNamed = (name: string) => DIALECTS.find((d) => d.name === name) ?? genericDialect

function numberOf(x: unknown): number | null {
  if (x === undefined) return null
  if (typeof x !== 'number' || !Number.isFinite(x)) throw new CodeError('results gave something else than numbers')
  return x
}

const idsOf = (named: ReadonlyMap<string, { readonly id: number }>): [string, number][] =>
  [...named].map(([name, { id }]) => [name, id])

function plainMatch({ root, layers, tensors }: Match, value: number | null): FoundMatch {
  return { root: root.id, parts: idsOf(layers), tensors: idsOf(tensors), value }
}

function plainMiss(f: MatchFailure): FoundMiss {
  const { root, part, layer, expected, found, matched, parts, about } = f
  const of = { root: root.id, layer: layer?.id ?? null, matched: idsOf(matched) }
  return { ...of, part: String(part), expected: String(expected), found: String(found), parts, about }
}
