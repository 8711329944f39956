/** What the engine worker writes for others: of a comparison with a file, the side that it has a part in. */
import { expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { evidenceHandlers } from '../../../src/editor/engine-worker/evidence-calls'
import { Scheduler } from '../../../src/editor/engine-worker/scheduler'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { net } from '../../patterns/notation'

test('one side is written by itself, also where the other cannot be written', async () => {
  const home = new Workspace(net('in x float32[4]\ny = Relu(x)\nout y'))
  const calls = evidenceHandlers(
    () => home,
    new Scheduler(
      () => 0,
      () => Promise.resolve(),
    ),
    () => {},
    () => undefined,
  )
  const { network } = home
  network.transact({ label: 'odd' }, () => {
    const relu = network.getLayers()[0]!
    network.setAttribute(relu, 'odd', { graph: 'x' } as never)
  })
  const { bytes, lacksDoubles } = await calls.model({ side: 'before' })
  expect([importOnnx(bytes).snapshot.layers.map((l) => l.kind), lacksDoubles]).toEqual([['Relu'], false])
  await expect(calls.model({ side: 'after' })).rejects.toThrow()
  await expect(calls.models(null)).rejects.toThrow()
})
