import { net } from '../../patterns/notation'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dim, Shape } from '../../../src/engine'
import { importOnnx } from '../../../src/dialects/onnx'
import {
  addDims,
  divideExactly,
  floorDivDims,
  mulDims,
  productOf,
  subDims,
} from '../../../src/dialects/onnx/infer/dims'
import type { NodeProto, ValueInfoProto } from '../../../src/dialects/onnx/proto/messages'
import { attributeProto, int64s, modelBytes, node, value } from './support'

const ints = (name: string, list: number[]) => attributeProto(name, { type: 7, ints: list })
const int = (name: string, i: number) => attributeProto(name, { type: 2, i })

/** Type of `y` in a graph of these nodes over `x`, whose shape is given, and constants by name. */
function typeOf(
  x: Shape,
  nodes: NodeProto[],
  constants: Record<string, number[] | number> = {},
  also: ValueInfoProto[] = [],
) {
  const initializer = Object.entries(constants).map(([k, v]) =>
    typeof v === 'number' ? int64s(k, [v], []) : int64s(k, v),
  )
  const bytes = modelBytes({
    input: [value('x', 'float32', x)],
    output: [value('y')],
    node: nodes,
    initializer,
    value_info: also,
  })
  const { snapshot, warnings } = importOnnx(bytes)
  const y = snapshot.tensors.find((t) => t.name === 'y')!
  return { dtype: y.dtype, shape: y.shape, warnings }
}

const shapeAndSizes = [node('s = Shape(x)'), node('b = Gather(s, i0)'), node('n = Gather(s, i1)')]
const unsqueezed = [node('b1 = Unsqueeze(b, a0)'), node('n1 = Unsqueeze(n, a0)')]
const indices = { i0: 0, i1: 1, a0: [0], heads: [12], minus: [-1], wide: [64] }

describe('sizes are followed through shape computations', () => {
  it.each<[string, Shape, NodeProto[], Shape]>([
    [
      'heads split off',
      ['batch', 'seq', 768],
      [
        ...shapeAndSizes,
        ...unsqueezed,
        node('r = Concat(b1, n1, heads, wide)', [int('axis', 0)]),
        node('y = Reshape(x, r)'),
      ],
      ['batch', 'seq', 12, 64],
    ],
    [
      'the open size is what is left',
      ['batch', 'seq', 768],
      [
        ...shapeAndSizes,
        ...unsqueezed,
        node('r = Concat(b1, minus, wide)', [int('axis', 0)]),
        node('y = Reshape(x, r)'),
      ],
      ['batch', '12*seq', 64],
    ],
    ['a copied unknown size does no harm', [null, 768], [node('y = Reshape(x, t)')], [null, 768]],
    [
      'a slice of a shape',
      ['a', 'b', 'c'],
      [node('s = Shape(x)', [int('start', 1)]), node('y = ConstantOfShape(s)')],
      ['b', 'c'],
    ],
    ['a range up to a size', ['n', 4], [...shapeAndSizes, node('y = Range(i0, b, i1)')], ['n']],
    [
      'where a computed size is -1',
      ['n', 4],
      [
        node('s = Shape(x)'),
        node('k = Shape(s)'),
        node('ones = ConstantOfShape(k)', [attributeProto('value', { type: 4, t: int64s('', [1]) })]),
        node('m = Mul(ones, minus)'),
        node('e = Equal(s, m)'),
        node('w = Where(e, ones, s)'),
        node('y = Expand(x, w)'),
      ],
      ['n', 4],
    ],
    [
      'positions cut to the length of the input, then added to it',
      ['batch', 'seq'],
      [...shapeAndSizes, ...unsqueezed, node('p = Slice(table, a0, n1, a0)'), node('y = Add(x, p)')],
      ['batch', 'seq'],
    ],
  ])('%s', (_, x, nodes, shape) => {
    expect(typeOf(x, nodes, { ...indices, t: [0, -1], table: Array(64).fill(0) as number[] }).shape).toEqual(shape)
  })
})

describe('what the file states', () => {
  const relu = [node('a = Foo(x)'), node('y = Relu(a)')]
  it('stands, and is passed on', () => {
    expect(typeOf([2], relu, {}, [value('a', 'float16', [7, 'k'])])).toMatchObject({
      dtype: 'float16',
      shape: [7, 'k'],
    })
  })
  it('gives way to a number where it is a name', () => {
    const nodes = [node('a = Relu(x)'), node('y = Foo(a)')]
    const bytes = modelBytes({
      input: [value('x', 'float32', [2, 'n'])],
      output: [value('y')],
      node: nodes,
      value_info: [value('a', 'float32', ['unk__0', 'unk__1'])],
    })
    expect(importOnnx(bytes).snapshot.tensors.find((t) => t.name === 'a')?.shape).toEqual([2, 'n'])
  })
  it('is not taken where what the operator is given leads to none', () => {
    const { shape, warnings } = typeOf([1, 1, 3], [node('y = MaxPool(x)', [ints('kernel_shape', [7])])])
    expect([shape, warnings]).toEqual([
      null,
      ['MaxPool_0: what it is given leads to a result of float32 [1,1,-3]; its sizes are not taken'],
    ])
  })

  it('is not believed against the operator, nor is that, and a warning says so', () => {
    const { shape, warnings } = typeOf([2], [node('a = Relu(x)'), node('y = Relu(a)')], {}, [
      value('a', 'float32', [3]),
    ])
    expect([shape, warnings]).toEqual([
      [null],
      ['a is stated as float32 [3], but Relu_0 gives float32 [2]: neither is taken for certain'],
    ])
  })
  it('an operator that does not fit its operands leaves a gap, no crash', () => {
    expect(typeOf([2], [node('y = Transpose(x)', [ints('perm', [5, -1, 9])])]).shape).toBeNull()
  })
})

const SEED = 77
describe(`arithmetic on symbolic sizes agrees with that on numbers (seed ${SEED})`, () => {
  const symbols = { a: 3, b: 5, c: 7 }
  const dim = fc.oneof(fc.nat(9), fc.constantFrom('a', 'b', 'c'))
  type Tree = Dim | { op: '+' | '-' | '*'; l: Tree; r: Tree }
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      dim,
      fc.record({ op: fc.constantFrom('+', '-', '*'), l: tie('tree'), r: tie('tree') }),
    ),
  }))
  const apply = { '+': addDims, '-': subDims, '*': mulDims }
  const symbolic = (t: Tree): Dim =>
    t !== null && typeof t === 'object' ? apply[t.op](symbolic(t.l), symbolic(t.r)) : t
  const numeric = (t: Tree): number => {
    if (t !== null && typeof t === 'object') return apply[t.op](numeric(t.l), numeric(t.r)) as number
    return typeof t === 'string' ? symbols[t as 'a'] : (t as number)
  }
  /** Our expressions are JavaScript's too. */
  const valueOf = (d: Dim): number => Number(new Function('a', 'b', 'c', `return ${d}`)(3, 5, 7))

  it('sums, differences and products', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const d = symbolic(t)
        fc.pre(d !== null)
        expect(valueOf(d)).toBe(numeric(t))
      }),
      { seed: SEED },
    )
  })
  it('a product divided by one of its factors is the product of the others', () => {
    fc.assert(
      fc.property(fc.array(dim, { minLength: 1, maxLength: 5 }), ([first, ...rest]) => {
        fc.pre(first !== 0)
        expect(divideExactly(productOf([first!, ...rest]), first!)).toEqual(productOf(rest))
      }),
      { seed: SEED },
    )
  })
  it.each<[string, Dim, Dim]>([
    ['the order of a sum does not matter', addDims('b', 'a'), 'a + b'],
    ['nor that of a product', mulDims('b', mulDims(2, 'a')), '2*a*b'],
    ['what cancels is gone', subDims(addDims('a', 1), 'a'), 1],
    ['a quotient that is exact has no floor', floorDivDims(mulDims('a', 6), 3), '2*a'],
    ['one that is not is an atom', floorDivDims(addDims('a', 2), 4), 'floor((a + 2)/4)'],
    ['which multiplies like a name', mulDims('floor((a + 2)/4)', 'b'), 'b*floor((a + 2)/4)'],
    ['names with signs in them stay whole', addDims('past-seq+1', 'b'), 'b + past-seq+1'],
    ['endless expressions are given up', productOf(Array.from({ length: 60 }, (_, i) => `name${i}`)), null],
  ])('%s', (_, found, wanted) => expect(found).toEqual(wanted))
})

it('an RMS norm has the type of its scale, as ONNX says', () => {
  for (const [kind, opset] of [
    ['RMSNormalization', 23],
    ['SimplifiedLayerNormalization', 17],
  ] as const) {
    const network = net(`in x float16[2,3]\nin s float32[3]\ny = ${kind}<axis=-1>(x, s)\nout y`, opset)
    expect(network.getLayers()[0]!.output()!.dtype).toBe('float32')
  }
})
