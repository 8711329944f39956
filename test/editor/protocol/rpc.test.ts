import { afterEach, expect, test, vi } from 'vitest'
import { Remote, serve } from '../../../src/editor/protocol/rpc'
import type { Endpoint, NoEvents } from '../../../src/editor/protocol/rpc'

interface Calls {
  readonly refuse: { readonly args: string; readonly result: null }
  readonly hang: { readonly args: null; readonly result: null }
  readonly answer: { readonly args: null; readonly result: string }
}

function pair(): Remote<Calls, NoEvents> {
  const { port1, port2 } = new MessageChannel()
  port2.start()
  serve<Calls, NoEvents>(port2 as unknown as Endpoint, {
    refuse: (why) => Promise.reject(new Error(why)),
    hang: () => new Promise(() => undefined),
    answer: () => 'here',
  })
  return new Remote<Calls, NoEvents>(port1)
}

const unhandled: unknown[] = []
const note = (error: unknown) => void unhandled.push(error)
process.on('unhandledRejection', note)
afterEach(() => {
  unhandled.length = 0
  vi.restoreAllMocks()
})

/** Node tells what was not handled when a task is over. */
const aTask = () => new Promise((resolve) => setTimeout(resolve))

test('a worker that is ended before it answers, or was ended before, leaves no rejection behind that nobody waits for', async () => {
  const said = vi.spyOn(console, 'error').mockReturnValue()
  const remote = pair()
  remote.notify('hang', null)
  remote.end()
  remote.notify('hang', null)
  await aTask()
  expect(unhandled).toEqual([])
  expect(said).not.toHaveBeenCalled()
  await expect(remote.call('answer', null)).rejects.toThrow('the worker was ended')
})

test('what fails in a call that nobody waits for is on the console, by the name of the call, and calls go on', async () => {
  const said = vi.spyOn(console, 'error').mockReturnValue()
  const remote = pair()
  remote.notify('refuse', 'no network is open')
  expect(await remote.call('answer', null)).toBe('here')
  await aTask()
  expect(unhandled).toEqual([])
  expect(said.mock.calls.map(String)).toEqual(["The worker's refuse failed:,Error: no network is open"])
  remote.end()
})

test('calls to a worker that could not start fail with the reason, those before it was known and those after', async () => {
  const worker = Object.assign(new EventTarget(), { postMessage: () => undefined, terminate: () => undefined })
  const remote = new Remote<Calls, NoEvents>(worker as unknown as Worker)
  const before = remote.call('answer', null)
  worker.dispatchEvent(Object.assign(new Event('error'), { message: 'no such script' }))
  await expect(before).rejects.toThrow('no such script')
  await expect(remote.call('answer', null)).rejects.toThrow('no such script')
})
