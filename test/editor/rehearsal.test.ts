/** Workers that wait rehearse what opening a model asks of them, and let go of it as soon as one comes. */
import { expect, test } from 'vitest'
import { rehearse as rehearseEngine } from '../../src/editor/engine-worker/rehearsal'
import { rehearse as rehearseLayout } from '../../src/editor/layout-worker/rehearsal'
import { LayoutCancelled } from '../../src/layout'
import type { RunElk } from '../../src/layout'
import { runElk } from '../layout/support'

test.each([1, 3, 5])('the engine stops between two stages: %i', async (stages) => {
  let asked = 0
  await rehearseEngine(() => Promise.resolve(++asked < stages))
  expect(asked).toBe(stages)
})

test('the engine goes through all of it where nobody comes', async () => {
  let asked = 0
  await rehearseEngine(() => Promise.resolve(++asked > 0))
  expect(asked).toBeGreaterThan(10)
})

test('the layout goes through all of it, and ends where it is stopped', async () => {
  await expect(rehearseLayout(runElk, new AbortController().signal)).resolves.toBeUndefined()
  await expect(rehearseLayout(runElk, AbortSignal.abort())).rejects.toThrow(LayoutCancelled)
})

test('a layout that is stopped in the middle ends first: ELK is still warm after it', async () => {
  const stop = new AbortController()
  let [begun, ended] = [0, 0]
  const run: RunElk = async (graph, signal) => {
    expect(signal).toBeUndefined()
    if (++begun === 2) stop.abort()
    const laidOut = await runElk(graph)
    ended++
    return laidOut
  }
  await expect(rehearseLayout(run, stop.signal)).rejects.toThrow(LayoutCancelled)
  expect([begun, ended]).toEqual([2, 2])
})
