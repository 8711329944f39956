import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { LayerCounts } from '../../../src/editor/view/layer-counts'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { explainLayer, findingsOf, missesOf } from '../../../src/editor/engine-worker/near-misses'
import { upgradeForTarget } from '../../../src/patterns'
import { outlineRows } from '../../../src/editor/view/outline'
import type { StepInfo } from '../../../src/editor/protocol/timeline'
import { checkRule } from '../../../src/editor/engine-worker/rule-check'
import { DRAFT } from '../../../src/editor/protocol/match-info'
import { snapshotOf, toPlain } from '../../../src/engine'
import { totalRows, totalsOf } from '../../../src/editor/view/totals'

function home(model: string): Workspace {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
  return Workspace.ofSnapshot(upgradeForTarget(snapshot, 'onnx').snapshot, snapshot)
}

describe('the library over BERT', () => {
  const bert = home('bert-12.torchscript')
  const before = totalsOf(new LayerCounts(bert.network))

  test('is planned with its final prune, each step with what it is verified by, and nothing has moved', () => {
    const wanted = bert.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn)
    const { timeline } = bert.plan({ wanted, whole: true })
    expect(timeline.cursor).toBe(0)
    expect(timeline.steps.at(-1)).toMatchObject({ label: 'Prune', removed: 0, added: 0 })
    expect(timeline.steps.at(-1)!.cleared).toBeGreaterThan(300)
    expect(totalsOf(new LayerCounts(bert.network))).toEqual(before)
    for (const { node, label } of timeline.steps) {
      const evidence = bert.evidence.of(node)
      expect(typeof evidence, `${label}: ${String(evidence)}`).toBe('object')
    }
    bert.seek(timeline.steps.at(-1)!.node)
    const [layers] = totalRows(before, totalsOf(new LayerCounts(bert.network)))
    expect(layers).toMatchObject({ name: 'layers', before: 448 })
    expect(layers!.now).toBeLessThanOrEqual(89)
  })

  test('planned again from the same point, it is the same branch', () => {
    const steps = bert.timeline().steps.length
    bert.seek(0)
    const wanted = bert.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn)
    expect(bert.plan({ wanted, whole: true }).timeline.steps).toHaveLength(steps)
  })

  test('another target offers other patterns', () => {
    const labels = () => bert.catalogue.map((o) => o.label)
    expect(labels()).toContain('SkipLayerNorm')
    bert.offer('onnx', [{ label: 'mine', text: 'y = Erf(x)\n=>\ny = Tanh(x)' }])
    expect(labels()).not.toContain('SkipLayerNorm')
    expect(bert.catalogue[0]).toMatchObject({ label: 'mine', family: 'Your rules' })
  })
})

describe('a session', () => {
  test('is brought back by doing its acts again, and other branches stay in sight', () => {
    const before = home('bert-12.torchscript')
    const [first, second] = [...before.matches('Gelu (erf)')]
    before.apply('Gelu (erf)', first!.root)
    before.seek(0)
    before.apply('Gelu (erf)', second!.root)
    const { timeline } = before.prune()
    expect(timeline.steps.map((s) => s.label)).toEqual(['Gelu (erf)', 'Prune'])
    expect(timeline.steps[0]!.branches).toMatchObject([{ label: 'Gelu (erf)', rootName: first!.rootName }])

    const after = home('bert-12.torchscript')
    const back = after.replay(timeline.steps.map(({ label, root }) => ({ label, root }))).timeline
    expect(back.cursor).toBe(0)
    const facts = ({ label, root, removed, added, cleared }: StepInfo) => ({ label, root, removed, added, cleared })
    expect(back.steps.map(facts)).toEqual(timeline.steps.map(facts))
    after.seek(back.steps.at(-1)!.node)
    expect(toPlain(snapshotOf(after.network), { bytes: 'base64' })).toEqual(
      toPlain(snapshotOf(before.network), { bytes: 'base64' }),
    )
  })

  test('acts that cannot be done again end it', () => {
    const bert = home('bert-12.torchscript')
    const [match] = [...bert.matches('Gelu (erf)')]
    const acts = [
      { label: 'Gelu (erf)', root: match!.root },
      { label: 'a rule that is gone', root: 3 },
      { label: 'Prune', root: null },
    ]
    expect(bert.replay(acts).timeline.steps).toHaveLength(1)
  })

  /** A rule of one's own whose rewrite throws, as none should. */
  const offerOdd = (bert: ReturnType<typeof home>): void => {
    bert.offer('ort', [{ label: 'odd', text: 'y = Softmax<axis=$a>(x)\n=>\ny = Neg(x)' }])
    bert.rewriter('odd').pattern.rewrite = () => {
      throw new Error('it cannot')
    }
  }

  test('a rule that fails at its places says so in its log, and the others go on', () => {
    const bert = home('bert-12.torchscript')
    offerOdd(bert)
    const wanted = ['odd', 'Gelu (erf)'].map((label) => ({ label, benefit: 1 }))
    expect(bert.plan({ wanted, whole: false }).timeline.steps).toHaveLength(12)
    const said = bert.rewriter('odd').pattern.log.map(({ level, message }) => `${level}: ${message}`)
    expect(said).toHaveLength(12)
    expect(said[0]).toMatch(/^error: .*it cannot/)
  })

  test('alone it is an error', () => {
    const bert = home('bert-12.torchscript')
    offerOdd(bert)
    expect(() => bert.plan({ wanted: [{ label: 'odd', benefit: 1 }], whole: false })).toThrow(/it cannot/)
    expect(bert.timeline()).toMatchObject({ steps: [], cursor: 0 })
  })

  test('a rule without end leaves nothing behind', () => {
    const bert = home('bert-12.torchscript')
    bert.offer('ort', [{ label: 'odd', text: 'y = Erf(x)\n=>\ny = Neg(Erf(Neg(x)))' }])
    expect(() => bert.plan({ wanted: [{ label: 'odd', benefit: 1 }], whole: false })).toThrow(/odd/)
    expect(bert.timeline()).toMatchObject({ steps: [], cursor: 0, branches: [] })
    expect([...bert.matches('odd')]).toHaveLength(12)
  })
})

describe('near misses on GPT-2', () => {
  let gpt2: Workspace
  beforeAll(() => void (gpt2 = home('gpt2-12.torchscript')))

  test('of the erf Gelu have one cause at twelve places', () => {
    const groups = missesOf([...findingsOf(gpt2.network, gpt2.rewriter('Gelu (erf)'))]).near
    expect(groups).toHaveLength(1)
    expect(groups[0]!.places).toHaveLength(12)
    expect(groups[0]!.places[0]).toMatchObject({ expected: 'Erf', found: 'Tanh', parts: 6 })
    expect(groups[0]!.places[0]!.matched).toHaveLength(3)
  })

  test('are told of any layer that they hold, and a match where there is one', () => {
    const tanh = gpt2.network.getLayers().find((l) => l.kind === 'Tanh')!
    const erf = explainLayer(gpt2.network, gpt2.rewriter('Gelu (erf)'), tanh)
    expect(erf).toMatchObject({ type: 'miss', miss: { layer: tanh.id, expected: 'Erf' } })
    expect(explainLayer(gpt2.network, gpt2.rewriter('Gelu (tanh)'), tanh).type).toBe('match')
  })

  test('of attention have the cast behind the softmax as their one cause, and say so wherever they are asked', () => {
    const entry = gpt2.rewriter('Attention')
    const groups = missesOf([...findingsOf(gpt2.network, entry)]).near
    expect(groups.map((g) => g.places.length)).toEqual([12])
    const cause = { expected: 'Softmax right before its product', found: 'Cast in between', parts: 3 }
    expect(groups[0]!.places[0]).toMatchObject(cause)
    for (const kind of ['Softmax', 'Cast']) {
      const layer = gpt2.network.getLayers().find((l) => l.kind === kind && l.name.includes('/h.3/attn'))!
      expect(explainLayer(gpt2.network, entry, layer)).toMatchObject({ type: 'miss', miss: cause })
    }
  })

  test('a layer that the pattern is not tried at is answered for by the nearest one behind it', () => {
    const add = gpt2.network.getLayers().find((l) => l.kind === 'Add' && l.name.includes('/h.3/attn'))!
    const found = explainLayer(gpt2.network, gpt2.rewriter('Attention'), add)
    expect(found).toMatchObject({ type: 'miss', miss: { rootName: '/m/transformer/h.3/attn/MatMul_1' } })
  })
})

describe('a rule that is typed', () => {
  const bert = home('bert-12.torchscript')
  const report = (text: string) => checkRule(bert, text)

  test('is looked for where it can be read, without being part of the library', () => {
    const before = bert.catalogue.length
    expect(report('rule "odd" exact benefit 7\ny = Erf(x)\n=>\ny = Neg(Erf(Neg(x)))')).toEqual({
      type: 'good',
      name: 'odd',
      equation: 'y = Erf(x) => y = Neg(Erf(Neg(x)))',
      benefit: 7,
      exactness: 'exact',
    })
    expect([...bert.matches(DRAFT)]).toHaveLength(12)
    expect(bert.catalogue).toHaveLength(before)
    report('y = Erf(x')
    expect(() => [...bert.matches(DRAFT)]).toThrow(/there is no pattern labelled/)
  })

  test.each([
    ['y = Erf(x\n=>\ny = x', 2, 1],
    ['y = Erf(x)\n=>\nz = Tanh(x)', 2, 1],
  ])('says where it cannot: %j', (text, line, column) => {
    expect(report(text)).toMatchObject({ type: 'bad', line, column })
  })
})

test('the outline lists modules in the order of their first layer, layers in no module behind them and folded', () => {
  const census = new LayerCounts(home('bert-12.torchscript').network)
  const rows = outlineRows(census, new Set(['', 'm']))
  const labels = rows.map((r) => r.label)
  expect(labels.slice(0, 3)).toEqual(['m', 'embeddings', 'encoder'])
  expect(rows.at(-1)!.key).toBe('Sm/*')
  expect(outlineRows(census, new Set(['', 'm', 'm/*'])).length).toBe(rows.length + rows.at(-1)!.count)
})
