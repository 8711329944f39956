/** What the inspector says of an operator comes from the schemas. */
import { expect, test } from 'vitest'
import { knownKinds, operatorNotes } from '../../../src/dialects/onnx'
import { operatorDocs } from '../../../src/editor'
import { net } from '../../patterns/notation'

test('every operator that Graft knows has a line that says what it does, and no line is of another', () => {
  const silent = knownKinds.filter((kind) => !operatorNotes(kind, 1000)?.summary)
  expect(silent).toEqual([])
})

test('a layer’s operator tells its operands, defaults, what the layer sets, and since when', () => {
  const layer = net('in x float32[2,4]\ny = Softmax<axis=0>(x)\nout y').getLayers()[0]!
  const docs = operatorDocs(layer)!
  expect(docs.since).toBe('Since ONNX operator set 1, in this form since 13')
  expect(docs.inputs).toEqual([{ name: 'input', note: '', given: true }])
  expect(docs.attributes).toEqual([{ name: 'axis', type: 'integer', usual: 'default −1', own: '0' }])
})

test('an operand that is left out is said to be, with its type', () => {
  const layer = net('in x float32[2,4]\ny = Clip(x, 0.0)\nout y').getLayers()[0]!
  const { inputs, attributes } = operatorDocs(layer)!
  expect(inputs.map((o) => [o.name, o.note, o.given])).toEqual([
    ['input', '', true],
    ['min', 'optional', true],
    ['max', 'optional', false],
  ])
  expect(attributes).toEqual([])
})

test('LayerNormalization is ONNX’s since 17, also where its schema is known before; a kind of nobody has no documentation', () => {
  expect(operatorNotes('LayerNormalization', 18)).toMatchObject({ since: 17, formSince: 17 })
  expect(operatorNotes('Nonsense', 18)).toBeNull()
})
