import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gptAttentionNetwork } from '../../../src/dialects/tensorrt'
import { importOnnx } from '../../../src/dialects/onnx'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { applyTransaction, fingerprint, networkFromSnapshot, snapshotOf, toPlain } from '../../../src/engine'
import { dialectNamed } from '../../../src/dialects/tensorrt'
import { loggedPatterns, patternStates } from '../../../src/editor/state/pattern-slice'
import type { PatternState } from '../../../src/editor/state/pattern-slice'
import { net } from '../../patterns/notation'
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

test('a match that is given up when it is to be rewritten says why', () => {
  const text = 'y = Relu(Sub(a, b)) => y = {0}'
  const home = Workspace.ofSnapshot(snapshotOf(net('in a float32[N,4]\nin b float32[M,4]\ny = Relu(Sub(a, b))')))
  home.offer('ort', [{ label: 'mine', text }])
  const [match] = [...home.matches('mine')]
  const moved = home.apply('mine', match!.root)
  expect(moved.steps).toEqual([])
  expect(moved.declined).toMatch(/^matched at .*, and left it: /)
})

test('steps are told from the network as it came, whenever that is first asked for', () => {
  for (const home of [bert(), new Workspace(gptAttentionNetwork())]) {
    const own = fingerprint(networkFromSnapshot(home.start, home.network.dialect))
    expect(fingerprint(home.network)).toBe(own)
    const rewrites = home.catalogue.find((o) => o.type === 'rewriter' && [...home.matches(o.label)].length > 0)!
    expect(home.apply(rewrites.label, [...home.matches(rewrites.label)][0]!.root).steps).toHaveLength(1)
    expect(fingerprint(home.network)).not.toBe(own)
    expect(home.base.fingerprint).toBe(own)
  }
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

describe('what a pattern says in its log', () => {
  test('is told once, with the label of the pattern', () => {
    const text = 'y = Flatten<axis=1>(x)\n=>\ny = Reshape(x, {[x.shape[0], x.size / x.shape[0]]})'
    const home = Workspace.ofSnapshot(snapshotOf(net('in x float32[N,3,4]\ny = Flatten<axis=1>(x)\nout y')))
    home.offer('ort', [{ label: 'mine', text }])
    expect(home.newLogs()).toEqual([])
    expect(home.apply('mine', home.network.getLayers()[0]!.id).steps).toEqual([])
    expect(home.newLogs()).toMatchObject([{ label: 'mine', lines: [{ level: 'warning' }] }])
    expect(home.newLogs()).toEqual([])
  })

  test('stands with the pattern in the page, the last lines of it', () => {
    const state = { patterns: patternStates(home().catalogue, [], new Map()) }
    const [{ label }] = state.patterns as [PatternState]
    const line = (n: number) => ({ level: 'info' as const, message: String(n) })
    const first = loggedPatterns(state, label, [line(1), line(2)])
    const many = loggedPatterns(
      first,
      label,
      Array.from({ length: 9 }, (_, i) => line(i + 3)),
    )
    expect(first.patterns[0]!.log.map((l) => l.message)).toEqual(['1', '2'])
    const again = loggedPatterns(first, label, [line(2), line(2), line(3)])
    expect(again.patterns[0]!.log.map((l) => l.message)).toEqual(['1', '2', '3'])
    expect(many.patterns[0]!.log.map((l) => l.message)).toEqual(['4', '5', '6', '7', '8', '9', '10', '11'])
    expect(many.patterns.slice(1)).toEqual(state.patterns.slice(1))
  })
})

const home = () => Workspace.ofSnapshot(snapshotOf(net('in x float32[4]\ny = Relu(x)\nout y')))
