/** An editor whose workers run in this thread, under a clock that is turned by hand. */
import { Editor } from '../../src/editor'
import { barePlatform } from '../../src/editor/platform/platform'
import type { Platform, Storage, Tab, TabMemory } from '../../src/editor/platform/platform'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { historyHandlers } from '../../src/editor/engine-worker/history-calls'
import { LayoutSession } from '../../src/editor/layout-worker/layout-session'
import { packed, unpackedSnapshot } from '../../src/editor/protocol/codec'
import type { EngineCalls, EngineEvents } from '../../src/editor/protocol/engine-calls'
import type { LayoutCalls, LayoutEvents } from '../../src/editor/protocol/layout-calls'
import { Remote, serve } from '../../src/editor/protocol/rpc'
import type { Endpoint, Handlers } from '../../src/editor/protocol/rpc'
import type { Moved } from '../../src/editor/protocol/moves'
import type { Timeline } from '../../src/editor/protocol/timeline'
import { TimelineTeller } from '../../src/editor/protocol/timeline-news'
import { unpackScene } from '../../src/editor/protocol/scene-codec'
import { StepWriter } from '../../src/editor/engine-worker/session-steps'
import { Session } from '../../src/editor/session/session'
import { dialectNamed } from '../../src/dialects/tensorrt'
import { networkFromSnapshot } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { arranger } from '../layout/support'

/** One end of a pair; what is sent from one arrives at the other, copied, a turn later. */
class End extends EventTarget {
  other: End | null = null
  postMessage(data: unknown, transfer: Transferable[] = []): void {
    const ports = transfer.some((t) => t instanceof MessagePort)
    const copy: unknown = ports ? data : structuredClone(data, { transfer })
    queueMicrotask(() => this.other?.dispatchEvent(new MessageEvent('message', { data: copy })))
  }
  terminate(): void {
    this.other = null
  }
}

/** @returns the side of the page, as a worker that answers so; with no handlers, one that never answers */
function worker<C extends { [K in keyof C]: { args: unknown; result: unknown } }>(
  handlers?: Partial<Handlers<C>>,
): Worker {
  const [page, inside] = [new End(), new End()]
  page.other = inside
  inside.other = page
  if (handlers) serve<C, never>(inside as unknown as Endpoint, handlers as Handlers<C>)
  return page as unknown as Worker
}

/** What the tabs of a browser share: a storage, and what each of them holds. */
export class Browser {
  readonly stored = new Map<string, unknown>()
  /** Told of every key that was written. */
  wrote: (key: string) => void = () => undefined
  /** Stands in the way of what is written. */
  refuse: (key: string, value: unknown) => Error | null = () => null
  /** How long a write takes. */
  slow: () => Promise<void> = () => Promise.resolve()
  private readonly held = new Set<string>()
  private readonly turns = new Map<string, Promise<unknown>>()

  readonly storage: Storage = {
    get: (key) => Promise.resolve(this.stored.get(key)),
    set: (key, value) => this.storage.setAll(new Map([[key, value]])),
    setAll: async (values) => {
      await this.slow()
      for (const [key, value] of values) {
        const refused = this.refuse(key, value)
        if (refused) throw refused
      }
      for (const [key, value] of values) {
        this.stored.set(key, value instanceof File ? value : structuredClone(value))
        this.wrote(key)
      }
    },
    del: (key) => {
      this.stored.delete(key)
      return Promise.resolve()
    },
  }

  /** Every tab is closed. */
  close(): void {
    this.held.clear()
  }

  /** @param memory what the tab remembers from before a reload, or of the tab that it is a duplicate of */
  tab(memory: string | null = null): Pick<Platform, 'storage' | 'tab'> {
    const memories = new Map<TabMemory, string>(memory === null ? [] : [['document', memory]])
    const tab: Tab = {
      remembered: (of) => memories.get(of) ?? null,
      remember: (of, name) => void (name === null ? memories.delete(of) : memories.set(of, name)),
      hold: (name) => {
        if (this.held.has(name)) return Promise.resolve(null)
        this.held.add(name)
        return Promise.resolve({ name, release: () => void this.held.delete(name) })
      },
      alone: (name, work) => {
        const done = (this.turns.get(name) ?? Promise.resolve()).then(work)
        this.turns.set(
          name,
          done.catch(() => undefined),
        )
        return done
      },
    }
    return { storage: this.storage, tab }
  }
}

/** @param tab what the browser keeps between visits; nothing without it */
export async function editorRig(snapshot: NetworkSnapshot, tab?: Pick<Platform, 'storage' | 'tab'>) {
  const waiting: ((now: number) => void)[] = []
  let now = 1000
  const home = Workspace.ofSnapshot(snapshot)
  const layout = new LayoutSession(unpackedSnapshot(packed(snapshot)), arranger())
  await layout.openAll()
  /** Where each picture that was asked for stands in history. */
  const stops: number[] = []
  const teller = new TimelineTeller()
  const told = (moved: Moved<Timeline>): Moved => ({ ...moved, timeline: teller.news(moved.timeline) })
  const engineWorker = worker<EngineCalls>({
    ...historyHandlers(() => home, told),
    apply: ({ label, root }) => told(home.apply(label, root)),
    plan: (wish) => told(home.plan(wish)),
    prune: () => told(home.prune()),
    endCode: () => null,
    seek: ({ node }) => told(home.seek(node)),
    visit: ({ node }) => told(home.visit(node)),
    kept: ({ known }) => new StepWriter(home, known).kept(),
    connect: (port) => {
      port.close()
      return null
    },
  })
  const layoutWorker = worker<LayoutCalls>({
    follow: ({ steps, since }) => {
      stops.push(steps.at(-1)!.to)
      return layout.follow(steps, since)
    },
  })
  const workers = {
    engine: () => engineWorker,
    layout: () => layoutWorker,
    verify: () => worker(),
    values: () => worker(),
    run: () => worker(),
    code: () => ({ port: new MessageChannel().port1, end: () => undefined }),
  }
  const bare = barePlatform((tick) => waiting.push(tick))
  const editor = new Editor(workers, { ...bare, ...tab })
  const replica = networkFromSnapshot(unpackedSnapshot(packed(snapshot)), dialectNamed(snapshot.dialect))
  const engine = new Remote<EngineCalls, EngineEvents>(engineWorker)
  editor.session = new Session(workers, engine, new Remote<LayoutCalls, LayoutEvents>(layoutWorker), replica)
  editor.set({ scene: unpackScene((await layout.draw()).scene), follow: false, timeline: home.timeline() })
  return {
    editor,
    home,
    replica,
    stops,
    /** Lets so much time go by. */
    turn(ms: number) {
      now += ms
      for (const tick of waiting.splice(0)) tick(now)
    },
  }
}
