import { expect, test } from 'vitest'
import { GALLERY_NETWORKS, tensorrtDialect } from '../../../src/dialects/tensorrt'
import { ConstantValue, Network, snapshotOf } from '../../../src/engine'
import type { NetworkSnapshot } from '../../../src/engine'
import { INLINE } from '../../../src/editor/protocol/codec'
import { inParts, joined } from '../../../src/editor/protocol/snapshot-codec'

/** On the other side of a wire. */
function crossed(snapshot: NetworkSnapshot): NetworkSnapshot {
  const { rest, parts } = inParts(snapshot)
  return joined(structuredClone(rest), structuredClone([...parts]))
}

test.each(['llama-4-plugin', 'llama-4-plain', 'cnn-small', 'gpt-4-padded'] as const)(
  '%s crosses as it is but for large constants',
  (id) => {
    const snapshot = snapshotOf(GALLERY_NETWORKS[id]())
    const large = (x: unknown): boolean => x instanceof ConstantValue && (x.byteLength ?? 0) > INLINE
    const strip = ({ layers, tensors, ...rest }: NetworkSnapshot) => ({
      ...rest,
      layers: layers.map((l) => ({
        ...l,
        attributes: Object.fromEntries(
          Object.entries(l.attributes).map(([k, v]) => [k, v instanceof ConstantValue ? [v.dtype, v.shape] : v]),
        ),
      })),
      tensors: tensors.map((t) => (t.value ? { ...t, value: [t.value.dtype, t.value.shape] } : t)),
    })
    const there = crossed(snapshot)
    expect(strip(there)).toEqual(strip({ ...snapshot, properties: {} }))
    snapshot.layers.forEach((layer, i) => {
      const weights = layer.attributes['weights']
      if (weights instanceof ConstantValue && !large(weights))
        expect(there.layers[i]!.attributes['weights']).toEqual(weights)
    })
  },
)

test('numbers that JSON has not, names that come again and all that few layers have cross too', () => {
  const network = new Network(tensorrtDialect, { name: 'odd' })
  const x = network.addInput('x', 'float32', ['batch', -1, 2])
  const first = network.addLayer({
    kind: 'ACTIVATION',
    inputs: [x],
    attributes: { type: 'CLIP', alpha: -0, beta: Infinity, gamma: NaN, list: [1, -Infinity] },
    scope: 'a/b',
    outputs: [{ dtype: null, shape: null }],
    flayer: {
      kind: 'clip',
      rawInputs: { x: { tensor: x.id }, alpha: -0, deep: [{ tensor: x.id }, null] },
      rawOutputs: null,
    },
  })
  const held = network.addConstant(ConstantValue.of('float32', [2], [1, NaN]))
  const second = network.addLayer({
    kind: 'ELEMENTWISE',
    inputs: [first.result(), held],
    attributes: { op: 'SUM' },
    scope: 'a/b',
    outputs: [{ dtype: 'float32', shape: [1, 2] }],
  })
  network.markOutput(second.result(), 'y')
  network.markRemovedLayer(first)
  expect(crossed(snapshotOf(network))).toEqual(snapshotOf(network))
})
