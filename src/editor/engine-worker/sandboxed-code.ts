/** A file of patterns that runs in a sandbox, as the engine worker sees it: what it answered last, and the way to ask again. */
import { CodeChannel, CodeError } from '../../code'
import type { CodeInfo, CodeLook, CodeStep, Company, FoundMatch, FoundMiss } from '../../code'
import { decodeTransaction, Match, MatchFailure, PatternAnalyzer, PatternRewriter, snapshotOf } from '../../engine'
import type { History, HistoryId, Layer, LayerId, LogEntry, Network, Tensor, Transaction } from '../../engine'
import { INLINE, packed, packedWhole } from '../protocol/codec'
import { dataOf } from './blobs'

/** What the patterns work on. */
interface Home {
  readonly network: Network
  readonly history: History
}

/** What is told of a sandbox to the page. */
export interface CodeEvents {
  said(lines: readonly LogEntry[]): void
  ended(why: CodeError): void
  busy(isBusy: boolean): void
}

/** A step that the sandbox made on a network like ours: it becomes one here where each of its edits holds. */
interface Primed {
  readonly cursor: HistoryId
  readonly root: LayerId
  readonly transaction: Transaction
}

export class SandboxedCode {
  private readonly channel: CodeChannel
  /** Where in history its own network stands; null before it has one. */
  private at: HistoryId | null = null
  private seen: {
    readonly cursor: HistoryId
    readonly found: ReadonlyMap<LayerId, FoundMatch>
    readonly misses: ReadonlyMap<LayerId, FoundMiss>
  } | null = null
  private primed: Primed | null = null
  private told: CodeInfo = { patterns: [] }

  constructor(
    readonly text: string,
    port: MessagePort,
    private readonly home: Home,
    private readonly events: CodeEvents,
  ) {
    this.channel = new CodeChannel(port, events.said, events.ended)
  }

  get info(): CodeInfo {
    return this.told
  }

  get analyzes(): boolean {
    return this.told.patterns.some((p) => p.type === 'analyzer')
  }

  /** @throws CodeError where it is no file of patterns */
  async load(): Promise<CodeInfo> {
    return (this.told = await this.busy(() => this.channel.ask('load', { source: this.text })))
  }

  /** Asks where the patterns match now, where that is not known. @throws CodeError */
  async refresh(): Promise<void> {
    if (this.seen?.cursor === this.cursor) return
    await this.busy(async () => {
      const cursor = await this.follow()
      this.keep(cursor, await this.channel.ask('look', null))
    })
  }

  /** Asks what becomes of the match at a root, so that `rewriter` can do it. @throws CodeError */
  async prime(root: LayerId): Promise<void> {
    await this.refresh()
    await this.busy(async () => {
      const cursor = await this.follow()
      const step = await this.channel.ask('rewrite', { root })
      this.primed = step && { cursor, root, transaction: this.read(step.transaction) }
    })
  }

  /** All that the patterns do from here on, by themselves or in company; `primeStep` takes up one after the other. @throws CodeError */
  async plan(scope: string, company?: Company): Promise<readonly CodeStep[]> {
    return this.busy(async () => {
      await this.follow()
      return this.channel.ask('plan', { scope, ...(company && { company }) })
    })
  }

  /** @throws CodeError where it is no transaction */
  primeStep({ root, transaction }: { readonly root: LayerId; readonly transaction: unknown }): void {
    this.primed = { cursor: this.cursor, root, transaction: this.read(transaction) }
  }

  end(why: string): void {
    this.channel.end(new CodeError(why))
  }

  /** The answers as a rewriter that everybody else can ask. */
  rewriter(label: string): PatternRewriter {
    return new SandboxedRewriter(label, this)
  }

  analyzer(label: string): PatternAnalyzer {
    return new SandboxedAnalyzer(label, this)
  }

  /** What is known of a layer; null for nothing, and for what was asked of another state of the network. */
  findingAt(layer: Layer): Match | MatchFailure | null {
    const { primed, seen, cursor } = this
    const found = seen?.cursor === cursor ? seen.found.get(layer.id) : undefined
    if (found) return matchOf(layer, found)
    if (primed?.cursor === cursor && primed.root === layer.id) return primedMatch(layer, primed.transaction)
    const miss = seen?.cursor === cursor ? seen.misses.get(layer.id) : undefined
    return miss ? missOf(layer, miss) : null
  }

  valueAt(layer: Layer): number | null {
    return this.seen?.found.get(layer.id)?.value ?? null
  }

  /** Does what the sandbox did at a layer, edit by edit, each of which is checked. @throws WrongBaseError, CodeError */
  rewriteAt(layer: Layer): void {
    const { primed, cursor } = this
    if (primed?.cursor !== cursor || primed.root !== layer.id)
      throw new CodeError('what it makes of this place is not known any more: try again')
    for (const edit of primed.transaction.edits) layer.network.edit(edit)
  }

  private get network(): Network {
    return this.home.network
  }

  private get cursor(): HistoryId {
    return this.home.history.cursor
  }

  private keep(cursor: HistoryId, { matches, misses }: CodeLook): void {
    const nearest = new Map<LayerId, FoundMiss>()
    for (const m of misses) if ((nearest.get(m.root)?.matched.length ?? -1) < m.matched.length) nearest.set(m.root, m)
    this.seen = { cursor, found: new Map(matches.map((m) => [m.root, m])), misses: nearest }
  }

  private read(transaction: unknown): Transaction {
    try {
      return decodeTransaction(transaction, 'rewrite', (id) => this.network.getTensor(id)?.value ?? undefined)
    } catch (error) {
      throw new CodeError(`its rewrite cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Brings the sandbox's network where ours is. @returns where that is */
  private async follow(): Promise<HistoryId> {
    const { cursor } = this
    if (this.at === cursor) return cursor
    const moves = this.movesTo(cursor)
    this.at = null
    if (moves) await this.channel.ask('follow', { moves })
    else await this.channel.ask('network', networkForCode(this.network))
    this.at = cursor
    return cursor
  }

  /** null where the sandbox has no network, or one whose history is gone. */
  private movesTo(cursor: HistoryId) {
    if (this.at === null) return null
    try {
      return this.home.history.path(this.at, cursor).map(({ transaction, direction }) => ({
        transaction: packedWhole(transaction).plain,
        forward: direction === 'forward',
      }))
    } catch {
      return null
    }
  }

  private async busy<T>(work: () => Promise<T>): Promise<T> {
    this.events.busy(true)
    try {
      return await work()
    } finally {
      this.events.busy(false)
    }
  }
}

/** What is in files stays there, and is read in the sandbox. */
export function networkForCode(network: Network) {
  const snapshot = snapshotOf(network)
  const data = snapshot.tensors.flatMap(({ id, value }) => {
    if (!value || value.byteLength === null || value.byteLength <= INLINE) return []
    const { data } = dataOf(value)
    return data ? [[id, data] as const] : []
  })
  return { snapshot: packed({ ...snapshot, properties: {} }).plain, data }
}

class SandboxedRewriter extends PatternRewriter {
  constructor(
    label: string,
    private readonly code: SandboxedCode,
  ) {
    super(label, { separateMatchRewrite: true })
  }

  override match(layer: Layer): Match | MatchFailure | false {
    return this.code.findingAt(layer) ?? false
  }

  override rewrite(layer: Layer): void {
    this.code.rewriteAt(layer)
  }
}

class SandboxedAnalyzer extends PatternAnalyzer<Match> {
  private readonly values = new Map<Layer, number>()

  constructor(
    label: string,
    private readonly code: SandboxedCode,
  ) {
    super(label)
  }

  override match(layer: Layer): Match | false {
    const found = this.code.findingAt(layer)
    return found instanceof Match ? found : false
  }

  override analyze(_match: Match, root: Layer): void {
    const value = this.code.valueAt(root)
    if (value !== null) this.values.set(root, value)
  }

  override results(): ReadonlyMap<Layer, number> {
    return this.values
  }
}

/** Only what is there: a sandbox may name anything. */
function layersOf(network: Network, named: readonly (readonly [string, number])[]): Map<string, Layer> {
  const known = new Map<string, Layer>()
  for (const [name, id] of named) {
    const layer = network.getLayer(id)
    if (layer) known.set(name, layer)
  }
  return known
}

function matchOf(root: Layer, { parts, tensors }: Pick<FoundMatch, 'parts' | 'tensors'>): Match {
  const values = new Map<string, Tensor>()
  for (const [name, id] of tensors) {
    const tensor = root.network.getTensor(id)
    if (tensor) values.set(name, tensor)
  }
  const layers = layersOf(root.network, parts)
  return new Match(root, layers.size > 0 ? layers : null, values)
}

function primedMatch(root: Layer, { annotations: { match } }: Transaction): Match {
  const parts = Object.entries(match?.layers ?? {})
  return matchOf(root, { parts, tensors: Object.entries(match?.tensors ?? {}) })
}

function missOf(root: Layer, m: FoundMiss): MatchFailure {
  const layer = m.layer === null ? null : (root.network.getLayer(m.layer) ?? null)
  return new MatchFailure(root, m.part, layer, m.expected, m.found, layersOf(root.network, m.matched), m.parts, m.about)
}
