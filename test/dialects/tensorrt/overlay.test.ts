/** An engine laid over a network, by the names that its kernels tell. */
import { readFileSync } from 'node:fs'
import { timeText } from '../../../src/editor/view/engine-view'
import { describe, expect, test } from 'vitest'
import {
  fusionDifferences,
  kernelsOf,
  lowerOnnx,
  overlayOf,
  readLayerInformation,
  readProfile,
  timesOf,
} from '../../../src/dialects/tensorrt'
import type { Kernel } from '../../../src/dialects/tensorrt'
import { onnxDialect } from '../../../src/dialects/onnx'
import { networkFromSnapshot, snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'

const read = (name: string): string => readFileSync(`test/cases/engine/${name}`, 'utf8')
const fp16 = kernelsOf(
  readLayerInformation(read('resnet-fp16.graph.json')),
  readProfile(read('resnet-fp16.profile.json')),
)
const kernel = (name: string, more: object = {}): Kernel =>
  kernelsOf(readLayerInformation(JSON.stringify({ Layers: [{ Name: name, LayerType: 'x', ...more }] })))[0]!

describe('kernels', () => {
  test('have precision, tactic and time, and the layers that they were made of', () => {
    const conv = fp16.find((k) => k.name === 'Conv_0 + Relu_1')!
    expect(conv).toMatchObject({
      type: 'CaskConvolution',
      precision: 'float16',
      layers: ['Conv_0', 'Relu_1'],
      copies: false,
    })
    expect(conv.time).toBeCloseTo(0.112, 3)
    expect(fp16.filter((k) => k.copies).map((k) => k.type)).toContain('Reformat')
  })

  test.each([
    ['a + b', {}, ['a', 'b']],
    ['PWN(/act/Sigmoid, /act/Mul)', {}, ['/act/Sigmoid', '/act/Mul']],
    ['a + PWN(b, PWN(c))', {}, ['a', 'b', 'c']],
    ['{ForeignNode[/ln/Sub.../ln/Add_1]}', {}, ['/ln/Sub', '/ln/Add_1']],
    [
      '__myl_ConvMul_0',
      { Metadata: '[ONNX Layer: /a/Conv]\u001e[ONNX Layer: /a/Mul]\u001e[ONNX Layer: /a/Conv]' },
      ['/a/Conv', '/a/Mul'],
    ],
  ])('%s', (name, more, layers) => {
    expect(kernel(name, more).layers).toEqual(layers)
  })
})

const TEXT = `
in x float32[2,4]
a = Relu(x)
b = Sigmoid(a)
c = Tanh(b)
d = Neg(c)
out d
`
function network() {
  const made = net(TEXT)
  for (const [i, layer] of made.getLayers().entries()) made.renameLayer(layer, `/m/${'abcd'[i]!}`)
  return made
}
const told = (names: readonly string[], over = network()) =>
  fusionDifferences(
    overlayOf(
      over,
      names.map((n) => kernel(n)),
    ),
  ).map(
    ({ type, kernels, layers }) =>
      `${type}: ${kernels.map((k) => k.name).join(' | ')}: ${layers.map((l) => l.name).join(' ')}`,
  )

describe('differences', () => {
  test('a kernel that runs several layers, and one that runs none', () => {
    expect(told(['/m/a + /m/b', '/m/c', '/m/d', '/other/e'])).toEqual([
      'theirs: /m/a + /m/b: /m/a /m/b',
      'lone: /other/e: ',
    ])
  })

  test('a layer that was made of what TensorRT runs apart', () => {
    const snapshot = snapshotOf(network())
    const layers = snapshot.layers.map((l) =>
      l.name === '/m/b' ? { ...l, name: 'fused', origin: ['/m/a', '/m/b'] } : l,
    )
    const over = networkFromSnapshot({ ...snapshot, layers }, onnxDialect)
    expect(told(['/m/a', '/m/b', '/m/c', '/m/d'], over)).toEqual(
      ['theirs: /m/a: /m/a fused', 'ours: /m/a | /m/b: fused'].reverse(),
    )
  })

  test('none where both are fused alike, and copies are none', () => {
    expect(told(['/m/a', '/m/b', '/m/c', 'Reformatting CopyNode for Input Tensor 0 to /m/d', '/m/d'])).toEqual([])
  })
})

test('what a lowered operator is made of belongs to its kernel', () => {
  const onnx = net('in x float32[2,4]\nconst w float32[3]\ny = Mul(x, 2.0)\nout y')
  const [mul] = onnx.getLayers()
  onnx.renameLayer(mul!, '/m/Mul')
  const { network: lowered } = lowerOnnx(snapshotOf(onnx))
  const overlay = overlayOf(lowered, [kernel('/m/Mul')])
  expect(overlay.layers[0]!.map((l) => l.kind)).toContain('ELEMENTWISE')
  const left = lowered.getLayers().filter((l) => !overlay.of.has(l.id))
  expect(left.every((l) => l.kind === 'CONSTANT')).toBe(true)
})

test('times are shared out among the layers of a kernel', () => {
  const over = network()
  const timed = (name: string, time: number): Kernel => ({ ...kernel(name), time })
  const times = timesOf(overlayOf(over, [timed('/m/a + /m/b', 2), timed('/m/c', 3), timed('/other', 9)]))
  expect(over.getLayers().map((l) => times.get(l.id) ?? null)).toEqual([1, 1, 3, null])
})

test('times of an engine are all in milliseconds, as in its profile', () => {
  expect([0.0143, 0.112, 12.34, null].map(timeText)).toEqual(['0.0143 ms', '0.112 ms', '12.3 ms', ''])
})
