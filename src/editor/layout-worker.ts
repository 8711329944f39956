/** Entry of the layout worker. ELK itself runs in a worker inside, so that this one can always answer. */
import ELK from 'elkjs/lib/elk-api'
import elkUrl from 'elkjs/lib/elk-worker.min.js?url'
import { Arranger } from '../layout'
import { LayoutHome } from './layout-home'
import { unpackedSnapshot } from './plain'
import type { LayoutCalls, LayoutEvents } from './protocol'
import { serve } from './rpc'
import type { Endpoint } from './rpc'

const elk = new ELK({ workerFactory: () => new Worker(new URL(elkUrl, self.location.href)) })
const arranger = new Arranger((graph) => elk.layout(graph))
let home: LayoutHome | null = null
/** Pictures are made one after the other, in the order in which they were asked for. */
let queue: Promise<unknown> = Promise.resolve()

function inTurn<T>(work: (home: LayoutHome) => Promise<T>): Promise<T> {
  const turn = queue.then(() => {
    if (!home) throw new Error('no network is open')
    return work(home)
  })
  queue = turn.catch(() => undefined)
  return turn
}

serve<LayoutCalls, LayoutEvents>(self as unknown as Endpoint, {
  load: ({ snapshot }) => {
    home = new LayoutHome(unpackedSnapshot(snapshot), arranger)
    return inTurn((h) => h.draw())
  },
  setOpen: ({ open }) => inTurn((h) => h.setOpen(open)),
  openAll: () => inTurn((h) => h.openAll()),
  closeAll: () => inTurn((h) => h.closeAll()),
  reveal: ({ layers, upTo }) => inTurn((h) => h.reveal(layers, upTo ?? null)),
  follow: ({ steps }) => inTurn((h) => h.follow(steps)),
  tidy: () => inTurn((h) => h.tidy()),
})
