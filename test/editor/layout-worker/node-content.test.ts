/** What a box on the canvas says of a layer, and that it says it whole. */
import { describe, expect, test } from 'vitest'
import { nodeContentMaker } from '../../../src/editor/layout-worker/node-content'
import { sourceOf } from '../../../src/editor/layout-worker/live-source'
import { textWidth } from '../../../src/editor/text/text-width'
import { onnxDialect } from '../../../src/dialects/onnx'
import { Network } from '../../../src/engine'
import { buildGroups, frameOf } from '../../../src/layout'
import type { Item } from '../../../src/layout'
import { net } from '../../patterns/notation'

function faceOf(text: string) {
  const network = net(`in x float32[1,16,64]\nconst w float32[64]\n${text}\nout y`)
  const layer = network.getLayers().at(-1)!
  return nodeContentMaker(
    { source: sourceOf(network), rewrittenOf: () => 0 },
    network,
  )({ kind: 'layer', ref: layer.id } as Item)
}

describe('the face of a layer', () => {
  test('a fused layer has the category of its kind, though the file did not have its operator set', () => {
    expect(faceOf('y = com.microsoft.Gelu(x)')).toMatchObject({ title: 'Gelu', category: 'activation' })
    const norm = 'y = com.microsoft.SkipLayerNormalization(x, x, w)'
    expect(faceOf(norm)).toMatchObject({ category: 'normalization' })
  })

  test.each(['com.microsoft.SkipSimplifiedLayerNormalization(x, x, w)', 'Identity(x)'])(
    'the kind and the shape of %s are never cut',
    (call) => {
      const { title, result, width } = faceOf(`y = ${call}`)
      expect(width).toBeGreaterThanOrEqual(textWidth(title, 13, true) + textWidth(result, 11) + 40)
    },
  )
})

test('an input that nothing reads says so', () => {
  const network = net('in x float32[2]\nin z float32[2]\ny = Relu(x)\nout y')
  const face = nodeContentMaker({ source: sourceOf(network), rewrittenOf: () => 0 }, network)
  const details = network.getInputs().map((t) => face({ kind: 'input', ref: t.id } as Item).detail)
  expect(details).toEqual(['input', 'input, not used'])
})

test('a closed group says what its layers are, those of modules inside it too, and an open one does not', () => {
  const network = new Network(onnxDialect, { opsets: { '': 17 } })
  let value = network.addInput('x', 'float32', [1, 16])
  for (const [kind, scope] of [
    ['Relu', 'before'],
    ['Relu', 'before'],
    ['MatMul', 'block'],
    ['Sigmoid', 'block/act'],
    ['Mul', 'block/act'],
    ['Mul', 'block'],
  ] as const)
    value = network
      .addLayer({ kind, inputs: [value, value], outputs: [{ dtype: 'float32', shape: [1, 16] }], scope })
      .result()
  network.markOutput(value, 'y')
  const source = sourceOf(network)
  const tree = buildGroups(source, frameOf(source))
  const group = tree.groups.get('block')!
  const face = (open: boolean) => nodeContentMaker(tree, network)({ kind: 'group', ref: -1, group, open } as Item)
  expect(face(false)).toMatchObject({
    detail: '4 layers',
    mix: [
      { category: 'matmul', layers: 1 },
      { category: 'activation', layers: 1 },
      { category: 'elementwise', layers: 2 },
    ],
  })
  expect(face(true).mix).toBeUndefined()
})
