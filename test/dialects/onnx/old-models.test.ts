/** Files of early ONNX: operator sets 6 to 8, and IR version 3, whose initializers are all listed as inputs. */
import { describe, expect, test } from 'vitest'
import { importOnnx, onnxDialect } from '../../../src/dialects/onnx'
import { networkFromSnapshot, verifyNetwork } from '../../../src/engine'
import type { Network } from '../../../src/engine'
import type { NodeProto, TensorProto } from '../../../src/dialects/onnx/proto/messages'
import { attributeProto, modelBytes, node, tensorProto, value } from './support'

const int = (name: string, i: number) => attributeProto(name, { type: 2, i })
const floats = (name: string, list: number[]) => attributeProto(name, { type: 6, floats: list })
const constant = (name: string, dims: number[]): TensorProto => {
  const numbers = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i)
  return tensorProto(name, 'float32', dims, { raw_data: new Uint8Array(numbers.buffer) })
}

function opened(nodes: NodeProto[], initializer: TensorProto[], version: number, overridable = false): Network {
  const listed = initializer.map((t) => value(t.name!, 'float32', t.dims.map(Number)))
  const graph = {
    input: [value('x', 'float32', [2, 3, 4, 4]), ...listed],
    output: [value('y')],
    node: nodes,
    initializer,
  }
  const bytes = modelBytes(graph, { ir_version: 3, opset_import: [{ domain: '', version }] })
  const network = networkFromSnapshot(importOnnx(bytes, { overridable }).snapshot, onnxDialect)
  expect(verifyNetwork(network)).toEqual([])
  return network
}

const only = (network: Network) => network.getLayers()[0]!

describe('operator sets 6 to 8', () => {
  test('a sum at an axis has its constant lined up there', () => {
    const network = opened([node('y = Add(x, c)', [int('axis', 1), int('broadcast', 1)])], [constant('c', [3])], 6)
    expect(network.opsets['']).toBe(9)
    expect(only(network).input(1)!.shape).toEqual([3, 1, 1])
    expect(only(network).output()!.shape).toEqual([2, 3, 4, 4])
  })
  test('a sum that lines up at the end is as it was', () => {
    const network = opened([node('y = Mul(x, c)', [int('broadcast', 1)])], [constant('c', [4])], 6)
    expect(only(network).input(1)!.shape).toEqual([4])
    expect(only(network).attribute('broadcast')).toBeUndefined()
  })
  test('a slope a channel belongs to axis 1', () => {
    expect(only(opened([node('y = PRelu(x, c)')], [constant('c', [3])], 6)).input(1)!.shape).toEqual([3, 1, 1])
  })
  test('scales of Upsample become an operand', () => {
    const up = only(opened([node('y = Upsample(x)', [floats('scales', [1, 1, 2, 2])])], [], 7))
    expect(Array.from(up.input(1)!.value!.numbers())).toEqual([1, 1, 2, 2])
  })
  test.each([
    ['BatchNormalization(x, c, c, c, c)', 6, [], /trains/],
    ['BatchNormalization(x, c, c, c, c)', 8, [int('spatial', 0)], /not by channel/],
    ['Dropout(x)', 6, [], /trains/],
  ])('%s of operator set %i, which means something else by now, is refused', (call, version, attributes, message) => {
    expect(() => opened([node(`y = ${call}`, attributes)], [constant('c', [3])], version)).toThrow(message)
  })
})

describe('IR version 3', () => {
  const add = [node('y = Add(x, c)')]
  test('initializers that are listed as inputs are constants', () => {
    const network = opened(add, [constant('c', [4])], 9)
    expect(network.getInputs().map((t) => t.name)).toEqual(['x'])
    expect(only(network).input(1)!.isConstant).toBe(true)
  })
  test('unless a caller may give others', () => {
    const network = opened(add, [constant('c', [4])], 9, true)
    expect(network.getInputs().map((t) => t.name)).toEqual(['x', 'c'])
    expect(only(network).input(1)!.isConstant).toBe(false)
  })
})
