/** Which operator set a model is rewritten under: what its patterns may make of it asks for one, what it has may not exist there. */
import { expect, test } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import { upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import { modelBytes, node, value } from '../dialects/onnx/support'

const GELU = ['a = Erf(x)', 'y = Relu(a)']

test.each<[what: string, nodes: readonly string[], from: number, target: Target, to: number, refused: string | null]>([
  ['what nothing is made of stays', ['y = Relu(x)'], 17, 'ort', 17, null],
  ['an old one is raised to what patterns write', ['y = Relu(x)'], 9, 'ort', 13, null],
  ['Gelu needs 20', GELU, 17, 'onnx', 20, null],
  ['and nothing of ONNX where it is one of ONNX Runtime', GELU, 17, 'ort', 17, null],
  [
    'an operator of the first years stays where runtimes know it',
    ['a = Erf(x)', 'y = ImageScaler(a)'],
    9,
    'onnx',
    9,
    'The model stays at operator set 9: ImageScaler is no operator of ONNX under 20.',
  ],
])('%s', (_, nodes, from, target, to, refused) => {
  const opsets = [{ domain: '', version: BigInt(from) }]
  const graph = { input: [value('x', 'float32', [2])], output: [value('y')], node: nodes.map((n) => node(n)) }
  const { snapshot } = importOnnx(modelBytes(graph, { opset_import: opsets }))
  const raised = upgradeForTarget(snapshot, target)
  expect([raised.snapshot.opsets[''], raised.refused]).toEqual([to, refused])
})
