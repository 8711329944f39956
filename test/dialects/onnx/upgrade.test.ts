import { describe, expect, it } from 'vitest'
import { ConstantValue, type Attributes, type NetworkSnapshot } from '../../../src/engine'
import { exportOnnx, importOnnx, OnnxExportError, upgradeOpset } from '../../../src/dialects/onnx'
import { attributeProto, graphBytes, modelBytes, networkOfOne, node, run, value, type OneLayer } from './support'

const f = (shape: number[]): ConstantValue =>
  ConstantValue.of(
    'float32',
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(3 * i + 1)),
  )
const fixed = (...x: number[]): ConstantValue => ConstantValue.of('float32', [x.length], x)
const one = (
  kind: string,
  opset: number,
  inputs: ConstantValue[],
  attributes: Attributes = {},
  outputs = 1,
): OneLayer => ({
  kind,
  opset,
  inputs,
  attributes,
  outputs,
})
const title = (l: OneLayer): string => `${l.kind} of opset ${l.opset} ${JSON.stringify(l.attributes)}`

/** A layer of the operator set before each change, in each form that the change concerns. */
const CASES: OneLayer[] = [
  one('Slice', 9, [f([4, 5])], { starts: [1, -3], ends: [3, 9], axes: [0, 1] }),
  one('TopK', 9, [f([2, 5])], { k: 2 }, 2),
  one('Clip', 10, [f([5])], { min: -0.5, max: 0.5 }),
  one('Clip', 10, [f([5])], {}),
  one('Pad', 10, [f([2, 2])], { pads: [1, 0, 0, 1], value: 3 }),
  one('Resize', 10, [f([1, 1, 3, 3]), fixed(1, 1, 2, 1.5)], { mode: 'linear' }),
  one('Upsample', 9, [f([1, 1, 3, 3]), fixed(1, 1, 2, 3)], { mode: 'nearest' }),
  one('Scatter', 10, [f([3, 3]), ConstantValue.of('int64', [1, 2], [0, 2]), f([1, 2])]),
  one('Dropout', 11, [f([3])], { ratio: 0.25 }),
  one('Squeeze', 12, [f([1, 3, 1])], { axes: [0, -1] }),
  one('Squeeze', 12, [f([1, 3, 1])]),
  one('Unsqueeze', 12, [f([3])], { axes: [0] }),
  one('ReduceSum', 12, [f([2, 3])], { axes: [1], keepdims: 0 }),
  one('Split', 12, [f([5])], { split: [2, 3] }, 2),
  one('Split', 12, [f([6])], {}, 3),
  one('Softmax', 12, [f([2, 3, 4])], { axis: 1 }),
  one('Softmax', 12, [f([2, 3, 4])]),
  one('Softmax', 12, [f([2, 3])]),
  one('LogSoftmax', 12, [f([2, 3, 4])], { axis: -1 }),
  one('Hardmax', 12, [f([2, 3, 4])], { axis: 0 }),
  one('BatchNormalization', 13, [f([2, 3]), f([3]), f([3]), f([3]), fixed(1, 2, 3)]),
  one('RoiAlign', 10, [
    f([1, 1, 5, 5]),
    ConstantValue.of('float32', [1, 4], [0, 0, 3, 3]),
    ConstantValue.of('int64', [1], [0]),
  ]),
  one('ReduceMean', 17, [f([2, 3])], { axes: [-1] }),
  one('ReduceMax', 17, [f([2, 3])]),
  one('Split', 17, [f([6])], {}, 2),
  one('GridSample', 16, [f([1, 1, 4, 4]), f([1, 2, 2, 2])], { mode: 'bicubic' }),
]

const feedsOf = (l: OneLayer) => Object.fromEntries(l.inputs.map((v, i) => [`x${i}`, v!]))

describe('an operator keeps its meaning when its operator set is raised', () => {
  it.each(CASES.map((l) => [title(l), l] as const))('%s', async (_, l) => {
    const old = networkOfOne(l)
    const raised = upgradeOpset(old, 21)
    expect(raised.opsets['']).toBe(21)
    expect(await run(exportOnnx(raised).bytes, feedsOf(l))).toEqual(await run(exportOnnx(old).bytes, feedsOf(l)))
  })
  it('GroupNormalization of opset 18 gets a scale for each channel', () => {
    const s = networkOfOne(one('GroupNormalization', 18, [f([1, 4, 3]), fixed(1, 2), fixed(3, 4)], { num_groups: 2 }))
    const tensors = s.tensors.map((t) =>
      t.name === 'x1' ? { ...t, value: fixed(1, 2) } : t.name === 'x2' ? { ...t, value: fixed(3, 4) } : t,
    )
    const raised = upgradeOpset({ ...s, tensors, inputs: [0] }, 21)
    const [scale, bias] = raised.layers[0]!.inputs.slice(1).map((id) => raised.tensors[id]!.value!)
    expect([Array.from(scale!.numbers()), Array.from(bias!.numbers())]).toEqual([
      [1, 1, 2, 2],
      [3, 3, 4, 4],
    ])
  })
})

describe('raising the operator set', () => {
  const relu = (): NetworkSnapshot => networkOfOne(one('Relu', 13, [f([2])]))
  it('to the one it has changes nothing', () => {
    const s = relu()
    expect(upgradeOpset(s, 13)).toBe(s)
  })
  it('keeps layers that mean the same', () => {
    const s = relu()
    expect(upgradeOpset(s, 24).layers[0]).toBe(s.layers[0])
  })
  it('is an option of export', () => {
    const { bytes } = exportOnnx(relu(), { targetOpset: 21 })
    expect(importOnnx(bytes).snapshot.opsets['']).toBe(21)
  })
  it.each<[string, () => NetworkSnapshot, number, RegExp]>([
    ['to a lower one', relu, 12, /cannot be lowered/],
    ['beyond what is known', relu, 99, /newer than 24/],
    [
      'of training statistics',
      () => networkOfOne(one('BatchNormalization', 9, [f([2, 3]), f([3]), f([3]), f([3]), f([3])], {}, 3)),
      14,
      /BatchNormalization layer cannot be written for operator set 14/,
    ],
    [
      'with a body that would have to change',
      () => {
        const g = graphBytes({ node: [node('r = Squeeze(x)')], output: [value('r')] })
        const graph = {
          input: [value('x', 'float32', [1]), value('c', 'bool', [])],
          output: [value('y')],
          node: [node('y = If(c)', [attributeProto('then_branch', { type: 5, g })])],
        }
        return importOnnx(modelBytes(graph, { opset_import: [{ version: 12 }] })).snapshot
      },
      13,
      /its body uses Squeeze/,
    ],
  ])('%s is refused', (_, snapshot, version, message) => {
    expect(() => upgradeOpset(snapshot(), version)).toThrow(OnnxExportError)
    expect(() => upgradeOpset(snapshot(), version)).toThrow(message)
  })
})
