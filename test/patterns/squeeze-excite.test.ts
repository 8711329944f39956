/** Squeeze and excite is shown as a group: all of its parts, before and after fusion, and nothing that only looks like it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { Match, networkFromSnapshot } from '../../src/engine'
import type { Network } from '../../src/engine'
import { optimize, upgradeForTarget, SqueezeExcite } from '../../src/patterns'
import { net } from './notation'

function blocks(network: Network): Match[] {
  const analyzer = new SqueezeExcite()
  const roots = network.getLayers().filter((l) => analyzer.accepts(l.kind))
  return roots.map((l) => analyzer.match(l)).filter((m) => m instanceof Match)
}

const W = 'in x float32[1,4,5,5]\nconst w float32[2,4,1,1]\nconst v float32[4,2,1,1]\nconst v1 float32[4,4,1,1]'

describe('squeeze and excite', () => {
  test.each([
    ['as MobileNetV3 has it', 'y = Mul(HardSigmoid(Conv(Relu(Conv(GlobalAveragePool(x), w)), v)), x)', 6],
    [
      'as EfficientNet has it',
      's = Conv(GlobalAveragePool(x), w)\ny = Mul(x, Sigmoid(Conv(Mul(s, Sigmoid(s)), v)))',
      6,
    ],
    [
      'with a mean instead of the pool',
      'const a int64[2] = 2 3\ny = Mul(Sigmoid(Conv(Relu(Conv(ReduceMean(x, a), w)), v)), x)',
      6,
    ],
  ])('%s', (_, body, parts) => {
    const [match] = blocks(net(`${W}\n${body}\nout y`))
    expect(match?.layers.size).toBe(parts)
    expect([...match!.layers.keys()]).toContain('squeeze')
  })

  test.each([
    ['scaling another value', 'z = Relu(x)\ny = Mul(HardSigmoid(Conv(Relu(Conv(GlobalAveragePool(z), w)), v)), x)'],
    ['one convolution only', 'y = Mul(HardSigmoid(Conv(GlobalAveragePool(x), v1)), x)'],
    ['no pool', 'y = Mul(HardSigmoid(Conv(Relu(Conv(x, w)), v)), x)'],
  ])('not %s', (_, body) => {
    expect(blocks(net(`${W}\n${body}\nout y`))).toEqual([])
  })

  test('MobileNetV3 has nine, before and after the whole library', () => {
    const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/mobilenetv3-small.torchscript.onnx')))
    const network = networkFromSnapshot(upgradeForTarget(snapshot, 'ort').snapshot, onnxDialect)
    expect(blocks(network).length).toBe(9)
    optimize(network)
    expect(blocks(network).length).toBe(9)
  })
})
