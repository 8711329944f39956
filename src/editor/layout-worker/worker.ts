/** Entry of the layout worker. ELK itself runs in a worker inside, so that this one can always answer. */
import elkUrl from 'elkjs/lib/elk-worker.min.js?url'
import { LayoutEngine } from '../../layout'
import { LayoutSession } from './layout-session'
import { SnapshotReader } from '../protocol/snapshot-codec'
import type { Drawn, LayoutCalls, LayoutEvents } from '../protocol/layout-calls'
import type { EvidenceCalls, EvidenceEvents } from '../protocol/verify-calls'
import type { Endpoint } from '../protocol/rpc'
import { Remote, serve } from '../protocol/rpc'
import { rehearse } from './rehearsal'
import { cancellableElk } from './cancellable-elk'

const elk = cancellableElk(() => new Worker(new URL(elkUrl, self.location.href)))
const arranger = new LayoutEngine(elk)
let home: LayoutSession | null = null
/** A worker that nobody asked anything yet waits for a network. */
const WAITS = 500
const rehearsal = new AbortController()
setTimeout(() => {
  if (!rehearsal.signal.aborted) rehearse(elk, rehearsal.signal).catch(() => undefined)
}, WAITS)
/** Pictures are made one after the other, in the order in which they were asked for. */
let queue: Promise<unknown> = Promise.resolve()

function inTurn<T>(work: (home: LayoutSession) => Promise<T>): Promise<T> {
  const turn = queue.then(() => {
    if (!home) throw new Error('no network is open')
    return work(home)
  })
  queue = turn.catch(() => undefined)
  return turn
}

/** The picture that is being made and may be stopped: one of another view. Following the network always ends. */
let running: AbortController | null = null

function stoppable(work: (home: LayoutSession, signal: AbortSignal) => Promise<Drawn>): Promise<Drawn> {
  return inTurn((h) => {
    running = new AbortController()
    return work(h, running.signal).finally(() => (running = null))
  })
}

serve<LayoutCalls, LayoutEvents>(self as unknown as Endpoint, {
  load: async ({ port, columns, direction }) => {
    rehearsal.abort()
    const engine = new Remote<EvidenceCalls, EvidenceEvents>(port)
    const reader = new SnapshotReader()
    engine.on('part', (part) => reader.add(part))
    const { rest, steps } = await engine.call('start', null)
    home = new LayoutSession(reader.with(rest), arranger, columns, direction)
    home.walk(steps)
    engine.end()
    return inTurn((h) => h.draw())
  },
  setOpen: ({ open }) => stoppable((h, signal) => h.setOpen(open, signal)),
  fold: ({ runs, aspect }) => stoppable((h, signal) => h.fold(runs, aspect, signal)),
  setColumns: ({ columns, direction }) => inTurn((h) => h.setColumns(columns, direction)),
  openAll: () => stoppable((h, signal) => h.openAll(signal)),
  closeAll: () => stoppable((h, signal) => h.closeAll(signal)),
  reveal: ({ layers, ...how }) => stoppable((h, signal) => h.reveal(layers, how, signal)),
  follow: ({ steps, since }) => inTurn((h) => h.follow(steps, since)),
  only: ({ layers }) => inTurn((h) => h.only(layers)),
  compare: ({ ghosts }) => inTurn((h) => h.compare(ghosts)),
  stop: () => {
    running?.abort()
    return null
  },
})
