import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importOnnx, TensorRtDumpError } from '../../../src/dialects/onnx'
import { attributeProto, modelBytes, node, value } from './support'

const said = (name: string, text: string) => attributeProto(name, { type: 3, s: new TextEncoder().encode(text) })
const open = (...attributes: ReturnType<typeof said>[]) =>
  importOnnx(
    modelBytes({
      node: [node('y = Foo(x)', attributes, { name: 'GPT/attention/qkv/FOO_0' })],
      input: [value('x', 'float32', [2])],
      output: [value('y')],
    }),
  )

test.each(['llama-2layer', 'gpt-2layer'])('the dump of %s is no ONNX model, and says what it is', (name) => {
  const bytes = new Uint8Array(readFileSync(`test/cases/trtllm/${name}.plugin.network.onnx`))
  const opening = () => importOnnx(bytes)
  expect(opening).toThrow(TensorRtDumpError)
  expect(opening).toThrow(/TensorRT network, as trtllm-build --visualize_network writes it down \(node .*\)\. /)
})

test('one such layer among others is enough', () => {
  expect(() => open(said('type', 'LayerType.MATRIX_MULTIPLY'), said('op0', 'MatrixOperation.NONE'))).toThrow(
    /TensorRT network.*GPT\/attention\/qkv\/FOO_0/,
  )
})

test('an operator whose attribute is called type is not taken for one', () => {
  expect(() => open(said('type', 'linear'))).not.toThrow()
  expect(() => open(said('type', 'LayerType.X'), attributeProto('axis', { type: 2, i: 1n }))).not.toThrow()
})
