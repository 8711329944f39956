/** A model that is read from a source of bytes is the one that its bytes hold, without its weights having been read. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exportOnnx, importOnnx } from '../../../src/dialects/onnx'
import { ByteRange, ByteSource, ConstantValue, fingerprint, networkFromSnapshot } from '../../../src/engine'
import { onnxDialect } from '../../../src/dialects/onnx'
import { random } from '../../engine/support'
import { modelBytes, node, tensorProto, value } from './support'

function sourceOf(bytes: Uint8Array) {
  const read: number[] = []
  const source = new ByteSource(bytes.length, (from, length) => {
    read.push(length)
    return bytes.slice(from, from + length)
  })
  return { source, total: () => read.reduce((a, b) => a + b, 0) }
}

/** However small the file is, its weights stay in it. */
const IN_PLACE = { wholeBelow: 0 }

const LARGE = new Float32Array(200_000).map((_, i) => i)
const WITH_WEIGHTS = modelBytes({
  input: [value('x', 'float32', [200_000])],
  output: [value('y', 'float32', [200_000])],
  node: [
    node('k = Constant()', [
      {
        ...{ floats: [], ints: [], strings: [], tensors: [], graphs: [], sparse_tensors: [], type_protos: [] },
        name: 'value',
        type: 4,
        t: tensorProto('', 'float32', [200_000], { raw_data: new Uint8Array(LARGE.buffer) }),
      },
    ]),
    node('h = Mul(x, w)'),
    node('y = Add(h, k)'),
  ],
  initializer: [tensorProto('w', 'float32', [200_000], { raw_data: new Uint8Array(LARGE.buffer) })],
})

test('large initializers and Constant nodes stay in the file until somebody asks', () => {
  const { source, total } = sourceOf(WITH_WEIGHTS)
  const { snapshot } = importOnnx(source, IN_PLACE)
  expect(total()).toBeLessThan(WITH_WEIGHTS.length)
  const stored = snapshot.tensors.flatMap((t) => (t.value?.data instanceof ByteRange ? [t.value] : []))
  expect(stored).toHaveLength(2)
  for (const constant of stored) {
    expect(constant.external).toBeNull()
    expect(constant.byteLength).toBe(800_000)
    expect(constant.numbers()[199_999]).toBe(199_999)
  }
  expect(stored[0]!.equals(stored[1]!)).toBe(true)
})

test('a small file is read whole, and at once', () => {
  const { source, total } = sourceOf(WITH_WEIGHTS)
  const { snapshot } = importOnnx(source)
  expect(total()).toBe(WITH_WEIGHTS.length)
  expect(snapshot.tensors.some((t) => t.value?.data instanceof ByteRange)).toBe(false)
})

test.each(['bert-12.torchscript', 'gpt2-12.torchscript', 'vit-12.dynamo', 'resnet-50.torchscript'])(
  '%s is the same network, and is written as the same bytes',
  (name) => {
    const bytes = new Uint8Array(readFileSync(`public/models/${name}.onnx`))
    const [whole, stored] = [importOnnx(bytes).snapshot, importOnnx(sourceOf(bytes).source, IN_PLACE).snapshot]
    const of = (snapshot: typeof whole) => fingerprint(networkFromSnapshot(snapshot, onnxDialect))
    expect(of(stored)).toBe(of(whole))
    expect(Buffer.from(exportOnnx(stored).bytes).equals(exportOnnx(whole).bytes)).toBe(true)
  },
)

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'a damaged model is refused or read alike, seed %i',
  (seed) => {
    const next = random(seed)
    const bytes = WITH_WEIGHTS.slice(0, next() < 0.3 ? Math.floor(next() * WITH_WEIGHTS.length) : undefined)
    // Where structure is, not in the middle of the weights.
    for (let n = 0; n < 4; n++) bytes[Math.floor(next() * 200)] = Math.floor(next() * 256)
    const outcome = (file: Uint8Array | ByteSource): string => {
      try {
        const { snapshot } = importOnnx(file, IN_PLACE)
        return Buffer.from(exportOnnx(snapshot).bytes).toString('base64')
      } catch (error) {
        expect((error as Error).name).toMatch(/^Onnx(Import|Export)Error$/)
        return 'refused'
      }
    }
    expect(outcome(sourceOf(bytes).source)).toBe(outcome(bytes))
  },
)

test('what is read is remembered up to a size, and a range beyond the end is refused', () => {
  const { source, total } = sourceOf(new Uint8Array(100))
  source.read(0, 50)
  source.read(0, 50)
  expect(total()).toBe(50)
  expect(() => source.read(60, 50)).toThrow(RangeError)
  const constant = new ConstantValue('uint8', [50], new ByteRange(source, 0, 50))
  expect(constant.reshaped([5, 10]).bytes).toHaveLength(50)
})
