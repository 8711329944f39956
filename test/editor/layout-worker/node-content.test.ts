/** What a box on the canvas says of a layer, and that it says it whole. */
import { describe, expect, test } from 'vitest'
import { nodeContentMaker } from '../../../src/editor/layout-worker/node-content'
import { sourceOf } from '../../../src/editor/layout-worker/live-source'
import { textWidth } from '../../../src/editor/text/text-width'
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
