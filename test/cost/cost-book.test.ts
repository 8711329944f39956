/** What a network costs, followed edit by edit, against a fresh count. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { addCosts, changeOf, CostBook, costOfChange, layerAmount, plainCost } from '../../src/cost'
import type { CostSum } from '../../src/cost'
import { importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { applyTransaction, invertTransaction, networkFromSnapshot, prune } from '../../src/engine'
import type { Network, Transaction } from '../../src/engine'
import { managerOf, onnxLibrary, upgradeForTarget } from '../../src/patterns'
import { pick, random } from '../engine/support'
import { net } from '../patterns/notation'

const facts = (book: CostBook) => ({
  total: book.total,
  layers: [...book.costs()].map(([id, c]) => [id, c]).sort((a, b) => Number(a[0]) - Number(b[0])),
})

/** A random change that keeps or alters types: another operator, another operand, another attribute, another shape. */
function change(network: Network, r: () => number): void {
  const layer = pick(
    r,
    network.getLayers().filter((l) => !l.isRemoved()),
  )
  if (!layer) return
  const out = layer.output()!
  const what = r()
  if (what < 0.4) {
    const made = network.addLayer({ kind: pick(r, ['Relu', 'Softmax', 'Identity']), inputs: [layer.input(0)!] })
    network.setTensorType(made.output()!, out.dtype, out.shape)
    out.replaceAllUsesWith(made.output()!)
    if (out.getUsers().length === 0 && !out.isNetworkOutput()) layer.markAsRemoved()
  } else if (what < 0.6) network.setTensorType(out, 'float16', ['S', 1 + Math.floor(r() * 9)])
  else if (what < 0.8) network.setAttribute(layer, 'alpha', r())
  else prune(network)
}

const START = `in x float32[S,8]
const w float32[8,8]
a = Relu(MatMul(x, w))
b = Softmax(Add(a, x))
c = Mul(b, a)
d = MatMul(c, w)
out d, b`

describe('following edits counts what a fresh count finds', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i, there and back', (seed) => {
    const r = random(seed)
    const network = net(START)
    const sizes = { S: 3 }
    const book = new CostBook(network, sizes)
    const done: { t: Transaction; cost: CostSum; before: CostSum }[] = []
    for (let i = 0; i < 30; i++) {
      const t = network.transact({ label: `${i}` }, () => change(network, r))
      if (!t) continue
      const before = book.total
      book.follow(t.edits)
      done.push({ t, cost: costOfChange(changeOf(t, network), sizes), before })
      expect(facts(book)).toEqual(facts(new CostBook(network, sizes)))
    }
    expect(done.length).toBeGreaterThan(10)
    for (const { t, cost, before } of done.reverse()) {
      expect(addCosts(book.total, cost, -1)).toEqual(before)
      const back = invertTransaction(t)
      applyTransaction(network, back)
      book.follow(back.edits)
      expect(book.total).toEqual(before)
    }
    expect(facts(book)).toEqual(facts(new CostBook(network, sizes)))
  })
})

test('a size that a step brings is counted with what is assumed of it', () => {
  const network = net('in x float32[4]\ny = Relu(x)\nout y')
  const book = new CostBook(network)
  const t = network.transact({ label: 'type' }, () => {
    network.setTensorType(network.getLayers()[0]!.output()!, 'float32', ['batch'])
  })
  book.follow(t!.edits)
  expect(book.counted).toEqual({ batch: 1 })
  expect(plainCost(book.total).flops).toBe(1)
})

describe('BERT', () => {
  const { snapshot } = importOnnx(readFileSync('public/models/bert-12.torchscript.onnx'))
  const network = () => networkFromSnapshot(upgradeForTarget(snapshot, 'ort').snapshot, onnxDialect)

  test('a layer of it: four projections, two products for each head, two of the feed-forward part', () => {
    const n = network()
    const book = new CostBook(n)
    const inLayer = n.getLayers().filter((l) => l.scope.includes('layer.3/') && l.kind === 'MatMul')
    const [word] = n.getInputs()
    const s = Number(word!.shape![1])
    const hidden = Number(inLayer[0]!.output()!.shape!.at(-1))
    const wide = Math.max(...inLayer.map((l) => Number(l.output()!.shape!.at(-1))))
    const sum = inLayer.reduce((all, l) => all + layerAmount(book.costOf(l.id)!, 'flops')!, 0)
    expect(sum).toBe(4 * 2 * s * hidden * hidden + 2 * 2 * s * s * hidden + 2 * 2 * s * hidden * wide)
  })

  test('rewritten it has a fraction of the launches, moves fewer bytes and computes the same within 2 %', () => {
    const n = network()
    const before = plainCost(new CostBook(n).total)
    managerOf(onnxLibrary('ort'), 'ort').rewrite(n)
    const after = plainCost(new CostBook(n).total)
    expect(after.launches).toBeLessThan(before.launches! / 4)
    expect(after.bytes).toBeLessThan(before.bytes!)
    expect(Math.abs(after.flops! / before.flops! - 1)).toBeLessThan(0.02)
  })
})
