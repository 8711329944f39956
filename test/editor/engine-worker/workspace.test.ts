import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gptAttentionNetwork } from '../../../src/dialects/tensorrt'
import { importOnnx } from '../../../src/dialects/onnx'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { networkFromSnapshot, applyTransaction, snapshotOf, toPlain } from '../../../src/engine'
import { dialectNamed } from '../../../src/editor/dialects'
import { packed, unpackedSnapshot, unpackedTransaction } from '../../../src/editor/protocol/codec'

function bert(): Workspace {
  const bytes = new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx'))
  return Workspace.ofSnapshot(importOnnx(bytes).snapshot)
}

describe('the home of a BERT', () => {
  const home = bert()
  const label = home.catalogue.find((o) => o.label.startsWith('Gelu'))!.label

  test('finds twelve Gelu, and each names its parts', () => {
    const matches = [...home.matches(label)]
    expect(matches).toHaveLength(12)
    expect(matches[0]!.parts.length).toBeGreaterThanOrEqual(4)
  })

  test('plans all of them ahead without moving', () => {
    const { steps, timeline } = home.plan({ wanted: [{ label, benefit: 10 }], whole: false })
    expect(steps).toEqual([])
    expect(timeline.cursor).toBe(0)
    expect(timeline.steps).toHaveLength(12)
    expect([...home.matches(label)]).toHaveLength(12)
  })

  test('a replica that follows its moves is the same network, large constants aside', () => {
    const replica = networkFromSnapshot(unpackedSnapshot(packed(snapshotOf(home.network))), dialectNamed('onnx'))
    const last = home.timeline().steps.at(-1)!.node
    for (const step of home.seek(last).steps) applyTransaction(replica, unpackedTransaction(step.transaction))
    const bare = (network: typeof replica) => toPlain(snapshotOf(network).layers, { bytes: 'array', inlineUpTo: 0 })
    expect(bare(replica)).toEqual(bare(home.network))
    expect([...home.matches(label)]).toHaveLength(0)
  })
})

describe('the home of the GPT attention network', () => {
  test('removes padding once, though the pattern matches and rewrites in one', () => {
    const home = new Workspace(gptAttentionNetwork())
    const [match] = [...home.matches('Remove padding')]
    expect(home.apply('Remove padding', match!.root).steps).toHaveLength(1)
    expect([...home.matches('Remove padding')]).toHaveLength(0)
  })

  test('shows what an analyzer counted', () => {
    const home = new Workspace(gptAttentionNetwork())
    expect([...home.matches('Count adds')].map((m) => m.value)).toEqual([1])
  })
})
