import { expect, test } from 'vitest'
import { StartText } from '../../../src/editor/engine-worker/start-text'
import { joined } from '../../../src/editor/protocol/snapshot-codec'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'

test('a network that opens is written once for the two that ask for it, and anew for whoever asks later', () => {
  const snapshot = snapshotOf(net('in x float32[4]\ny = Relu(x)\nout y'))
  let looks = 0
  const watched = {
    ...snapshot,
    get layers() {
      looks++
      return snapshot.layers
    },
  }
  const text = new StartText(watched)
  const asked = Array.from({ length: 4 }, () => {
    const before = looks
    const parts: string[] = []
    const rest = text.tell((part) => parts.push(part))
    expect(joined(rest, parts)).toEqual({ ...snapshot, properties: {} })
    return looks > before
  })
  expect(asked).toEqual([true, false, true, true])
})
