import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importOnnx, OnnxImportError } from '../../../src/dialects/onnx'
import type { GraphProto, ModelProto } from '../../../src/dialects/onnx/proto/messages'
import { attributeProto, graphBytes, int64s, modelBytes, node, tensorProto, value } from './support'

const io = { input: [value('x', 'float32', [2])], output: [value('y')] }
const text = (s: string): Uint8Array => new TextEncoder().encode(s)
const graph = (also: Partial<GraphProto>, model?: Partial<ModelProto>) => modelBytes({ ...io, ...also }, model)
const chain = (n: number) =>
  Array.from({ length: n }, (_, i) => node(`${i === n - 1 ? 'y' : `t${i}`} = Relu(${i === 0 ? 'x' : `t${i - 1}`})`))

describe('a file that is no ONNX model is called by its name', () => {
  it.each([
    ['nothing', new Uint8Array(0), /empty/],
    ['a ZIP archive', text('PK\u0003\u0004rest'), /ZIP/],
    ['a web page', text('  <!DOCTYPE html><html>'), /web page/],
    ['JSON', text('{ "a": 1 }'), /JSON/],
    ['a Git LFS pointer', text('version https://git-lfs.example/spec/v1\n'), /Git LFS/],
    ['a pickle', new Uint8Array([0x80, 0x02, 0x7d]), /pickle/],
    ['plain text', text('hello world, this is a text'), /Not readable as ONNX|no graph/],
  ])('%s', (_, bytes, message) => expect(() => importOnnx(bytes)).toThrow(message))
})

describe('a broken model is refused with what is wrong and where', () => {
  const w = (also: Parameters<typeof tensorProto>[3], dims = [2]) =>
    graph({ initializer: [tensorProto('w', 'float32', dims, also)], node: [node('y = Foo(x, w)')] })
  const deep = (levels: number): Uint8Array => {
    let g = graphBytes({ node: [node('r = Relu(x)')], output: [value('r')] })
    for (let i = 0; i < levels; i++) {
      g = graphBytes({
        node: [node('r = If(x)', [attributeProto('then_branch', { type: 5, g })])],
        output: [value('r')],
      })
    }
    return g
  }
  it.each<[string, Uint8Array, RegExp]>([
    ['no graph', modelBytes({}).slice(0, 4), /no graph|Not readable/],
    ['no operator set', graph({ node: [node('y = Relu(x)')] }, { opset_import: [] }), /which operator set/],
    [
      'an operator set too old',
      graph({ node: chain(1) }, { opset_import: [{ version: 5 }] }),
      /Operator set 5 is too old/,
    ],
    ['a cycle', graph({ node: [node('a = Foo(y)'), node('y = Foo(a)')] }), /cycle.*Foo number/],
    ['a cycle of one', graph({ node: [node('y = Foo(y)', [], { name: 'n' })] }), /cycle \(n <- n\)/],
    [
      'a value that nothing makes',
      graph({ node: [node('y = Foo(z)', [], { name: 'n' })] }),
      /makes the value z \(node n\)/,
    ],
    ['an output that nothing makes', graph({ node: [] }), /makes the value y \(graph output y\)/],
    ['two makers of one value', graph({ node: [node('y = Foo(x)'), node('y = Foo(x)')] }), /Two values are named y/],
    [
      'two initializers of one name',
      graph({ initializer: [int64s('w', [1]), int64s('w', [1])] }),
      /Two values are named w/,
    ],
    ['too few bytes', w({ raw_data: new Uint8Array(7) }), /7 in place of 8 bytes of float32 \[2\].*initializer w/],
    ['too many bytes', w({ raw_data: new Uint8Array(9) }), /9 in place of 8/],
    ['a negative dimension', w({}, [-1]), /dimension of -1/],
    ['a shape beyond all memory', w({}, [2 ** 40, 2 ** 40]), /too large/],
    ['an unknown element type', w({ data_type: 99 }), /Element type 99 is unknown \(initializer w\)/],
    ['external data without a place', w({ data_location: 1 }), /place of external data/],
    [
      'bodies too deep',
      graph({ node: [node('y = If(x)', [attributeProto('then_branch', { type: 5, g: deep(40) })])] }),
      /nested more than 32 deep/,
    ],
    [
      'a reference outside a function',
      graph({ node: [node('y = Foo(x)', [attributeProto('a', { ref_attr_name: 'b' })])] }),
      /reference/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => importOnnx(bytes)).toThrow(OnnxImportError)
    expect(() => importOnnx(bytes)).toThrow(message)
  })

  it('a hostile length does not allocate', () => {
    // Field 7 (graph), wire type 2, a length of 4 GB.
    const bytes = new Uint8Array([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00])
    expect(() => importOnnx(bytes)).toThrow(/longer than the data.*byte/)
  })
})

describe('size does not overflow the stack', () => {
  it('a chain of 50,000 layers, the wrong way around', () => {
    const nodes = chain(50_000).reverse()
    expect(importOnnx(graph({ node: nodes })).snapshot.layers.at(-1)?.name).toBe('Relu_0')
  })
  it('a cycle of 50,000 layers is named in short', () => {
    const nodes = chain(50_000)
    nodes[0]!.input[0] = 'y'
    expect(() => importOnnx(graph({ node: nodes }))).toThrow(/cycle.{0,400}49995 more/)
  })
})

/** Either a network or an error for people: nothing else, whatever the bytes. */
function opensOrRefuses(bytes: Uint8Array): void {
  try {
    importOnnx(bytes)
  } catch (error) {
    if (!(error instanceof OnnxImportError)) throw error
  }
}

const SEED = 20260
describe(`damage (seed ${SEED})`, () => {
  const small = graph({
    initializer: [int64s('w', [1, -1])],
    node: [
      node('a = Reshape(x, w)'),
      node('b = Softmax(a)', [attributeProto('axis', { type: 2, i: 1 })]),
      node('y = Add(a, b)'),
    ],
  })
  const check = (property: fc.IProperty<[Uint8Array]>) => fc.assert(property, { seed: SEED, numRuns: 400 })

  it('random bytes', () => check(fc.property(fc.uint8Array({ maxLength: 200 }), opensOrRefuses)))

  it('any truncation', () => {
    for (let n = 0; n <= small.length; n++) opensOrRefuses(small.subarray(0, n))
  })

  it('any three bytes changed', () => {
    const change = fc.tuple(fc.nat(small.length - 1), fc.nat(255))
    const damaged = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
      const bytes = small.slice()
      for (const [at, byte] of changes) bytes[at] = byte
      return bytes
    })
    check(fc.property(damaged, opensOrRefuses))
  })

  it('a real model with bytes changed near its graph structure', () => {
    const file = new URL('../../../public/models/mobilenetv3-small.torchscript.onnx', import.meta.url)
    const real = new Uint8Array(readFileSync(file))
    const tail = real.length - 1
    const property = fc.property(fc.nat(30_000), fc.nat(tail), fc.nat(255), (head, anywhere, byte) => {
      const bytes = real.slice()
      bytes[head] = byte
      bytes[anywhere] = byte
      opensOrRefuses(bytes)
    })
    fc.assert(property, { seed: SEED, numRuns: 40 })
  })
})
