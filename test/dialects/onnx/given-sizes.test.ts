/** Sizes that a caller gives as data are not what the file states: that is what they were in the exporter's example. */
import { expect, test } from 'vitest'
import { inferShapes } from '../../../src/dialects/onnx/infer/infer-shapes'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'

/** The network with `shape` stated for its output y. */
function stating(text: string, shape: readonly (number | string)[]) {
  const network = net(text, 20)
  const y = network.getOutputs()[0]!
  network.setTensorType(y, 'float32', shape)
  const inferred = inferShapes(snapshotOf(network))
  return inferred.tensors.find((t) => t.id === y.id)!.shape
}

test.each([
  ['where it is put', 'in x float32[3,4]\nin a int64[1]\ny = Unsqueeze(x, a)\nout y', [1, 3, 4], [null, null, null]],
  ['what it is made of', 'in x float32[3,4]\nin s int64[2]\ny = Reshape(x, s)\nout y', [4, 3], [null, null]],
  ['what the rest depends on', 'in x float32[n]\nin s int64[1]\ny = Neg(Tile(x, s))\nout y', [8], [null]],
  ['how much is found', 'in x float32[n]\ny = Cast<to=1>(NonZero(x))\nout y', [1, 5], [1, null]],
])('of a caller, %s: no number is taken from the file', (_, text, stated, expected) => {
  expect(stating(text, stated)).toEqual(expected)
})

test.each([
  ['a constant', 'in x float32[n]\nconst s int64[1] = 2\ny = Tile(x, s)\nout y', [8]],
  ['a shape', 'in x float32[n]\nin z float32[m]\ny = Reshape(x, Shape(z))\nout y', [8]],
  ['nothing that a caller gives', 'in x float32[n]\nin z float32[n]\ny = Add(x, z)\nout y', [8]],
])('by %s: what the file states stands', (_, text, stated) => {
  expect(stating(text, stated)).toEqual(stated)
})
