/** A layout that is stopped leaves the picture as it was, and does not go on in the background. */
import ELK from 'elkjs/lib/elk.bundled.js'
import { expect, test } from 'vitest'
import { LayoutSession } from '../../../src/editor/layout-worker/layout-session'
import { cancellableElk } from '../../../src/editor/layout-worker/cancellable-elk'
import { snapshotOf } from '../../../src/engine'
import { LayoutEngine, LayoutCancelled } from '../../../src/layout'
import type { RunElk } from '../../../src/layout'
import { net } from '../../patterns/notation'

function twoGroups() {
  const network = net('in x float32[4]\nout x')
  const F32 = [{ dtype: 'float32', shape: [4] }] as const
  let x = network.getInputs()[0]!
  for (let i = 0; i < 12; i++)
    x = network.addLayer({ kind: 'Relu', inputs: [x], outputs: F32, scope: i < 6 ? 'one' : 'two' }).output()!
  network.markOutput(x, 'y')
  return snapshotOf(network)
}

/** Never comes to an end by itself. */
const stuck: RunElk = (_, signal) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new LayoutCancelled('stopped'))))

test('a layout that is stopped leaves the groups open that were open', async () => {
  const elk = new ELK()
  let run: RunElk = (graph) => elk.layout(graph)
  const home = new LayoutSession(twoGroups(), new LayoutEngine((graph, signal) => run(graph, signal)))
  const closed = await home.closeAll()
  run = stuck
  const stop = new AbortController()
  const opening = home.openAll(stop.signal)
  stop.abort()
  await expect(opening).rejects.toThrow(LayoutCancelled)
  run = (graph) => elk.layout(graph)
  expect((await home.draw()).open).toEqual(closed.open)
  expect((await home.openAll()).open).not.toEqual(closed.open)
})

test('stopping ends the worker that lays out, and the next layout has another', async () => {
  const workers: { ended: boolean }[] = []
  const elk = cancellableElk(() => {
    const worker = { ended: false, postMessage: () => {}, terminate: () => (worker.ended = true), onmessage: null }
    workers.push(worker)
    return worker as unknown as Worker
  })
  const stop = new AbortController()
  const layout = elk({ id: 'root' }, stop.signal)
  stop.abort()
  await expect(layout).rejects.toThrow(LayoutCancelled)
  expect(workers.map((w) => w.ended)).toEqual([true, false])
})

test('a signal that comes after the layout ends no worker', async () => {
  const workers: { ended: boolean }[] = []
  const elk = cancellableElk(() => {
    const worker = {
      ended: false,
      terminate: () => (worker.ended = true),
      onmessage: (_: { data: unknown }) => {},
      postMessage: ({ id }: { id: number }) =>
        queueMicrotask(() => worker.onmessage({ data: { id, data: { id: 'root' } } })),
    }
    workers.push(worker)
    return worker as unknown as Worker
  })
  const late = new AbortController()
  await elk({ id: 'root' }, late.signal)
  late.abort()
  expect(workers.map((w) => w.ended)).toEqual([false])
})
