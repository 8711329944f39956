import { describe, expect, test } from 'vitest'
import { decodeTransaction, fingerprint, growTree, History, replayTrace, snapshotOf } from '../../src/engine'
import type { HistoryId, Network, PlainTree } from '../../src/engine'
import { caseNetwork, readCase } from './case-networks'
import type { CASE_NETWORKS } from './case-networks'

type Case = readonly [file: string, network: keyof typeof CASE_NETWORKS, message: RegExp]

const TRACES: readonly Case[] = [
  ['trace-20.json', 'convolution', /transactions\[0\]\.edits\[0\]\.tensor\.value: expected a constant, found the text/],
  ['trace-38.json', 'transposes', /transactions\[0\]\.edits\[0\]\.to: expected a whole number, found boolean true/],
  ['trace-44.json', 'embedded', /transactions\[0\]\.edits\[2\]\.toAfter: expected an object, found nothing/],
  ['trace-49.json', 'convolution', /transactions\[1\]\.edits\[0\]\.outputs: expected a list, found null/],
  [
    'trace-57.json',
    'transposes',
    /transactions\[0\]\.edits\[0\]\.toAfter: expected another use of the same tensor, found/,
  ],
  [
    'trace-id-4e9.json',
    'gallery',
    /transactions\[0\]\.edits\[0\]\.tensor\.id: expected an id below .*, found 4000000000/,
  ],
  ['trace-noedits.json', 'gallery', /transactions\[0\]\.edits: expected a list, found nothing/],
]

const SESSIONS: readonly Case[] = [
  ['hang-127.json', 'embedded', /edits\[0\]\.outputs\[0\]\.producer: expected 15, found 14/],
  ['session-9.json', 'convolution', /edits\[7\]\.outputs\[0\]\.shape: expected \[1,2,5,5\], found \[5,2,5,1\]/],
  ['session-24.json', 'embedded', /edits\[0\]\.outputs\[0\]\.shape: expected \["B",8\], found \["B","B",8\]/],
  ['session-33.json', 'transposes', /edits\[0\]\.outputs\[0\]\.shape: expected \[2,4\], found \[9,4\]/],
  [
    'session-41.json',
    'convolution',
    /steps\[2\]\.edits\[0\]\.outputs\[0\]\.shape\[2\]: expected a whole number, found number NaN/,
  ],
]

describe('E12: a damaged trace is refused with a place and a reason, and the network is as before', () => {
  test.each(TRACES)('%s', (file, of, message) => {
    const network = caseNetwork(of)
    const json = readCase(file) as { data?: readonly [number, object] }
    const trace = { ...(json.data?.[1] ?? json), base: fingerprint(network) }
    expectRefusal(network, message, () => replayTrace(network, trace))
  })
})

interface Kept {
  readonly tree: PlainTree
  readonly lines: readonly { readonly id: HistoryId; readonly step: unknown }[]
}

describe('E12: a damaged session is refused with a place and a reason, and the network is as before', () => {
  test.each(SESSIONS)('%s', (file, of, message) => {
    const network = caseNetwork(of)
    const json = readCase(file) as { whole?: Kept; data?: readonly [number, Kept] }
    const { tree, lines } = json.whole ?? json.data![1]
    expectRefusal(network, message, () => {
      const held = (id: number) => network.getTensor(id)?.value
      const steps = new Map(lines.map(({ id, step }, i) => [id, decodeTransaction(step, `steps[${i}]`, held)]))
      const history = new History(network)
      try {
        growTree(
          history,
          tree,
          (id) => steps.get(id),
          () => undefined,
        )
      } catch (error) {
        history.seek(history.root)
        throw error
      }
    })
  })
})

function expectRefusal(network: Network, message: RegExp, act: () => void): void {
  const before = snapshotOf(network)
  expect(act).toThrow(message)
  expect(snapshotOf(network)).toEqual(before)
}
