/** What a right side makes has the type and the shape that its place asks for, or the rule gives up. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import { RewritePatternManager, RulePattern, Schemas, snapshotOf, verifyNetwork } from '../../src/engine'
import type { Network } from '../../src/engine'
import { expectRewrite } from '../patterns/expect-rewrite'
import { net } from '../patterns/notation'

const entry = (text: string) => ({
  label: 'rule',
  benefit: 1,
  pattern: new RulePattern(text, { schemas: Schemas.newest(onnxDialect) }),
})
const constants = (network: Network, kind: string) =>
  network
    .layersOfKind(kind)[0]!
    .getInputs()
    .flatMap((t) => (t.value ? [`${t.dtype}[${t.value.shape.join()}] ${Array.from(t.value.numbers()).join()}`] : []))

function expectGivenUp(text: string, network: Network, why: RegExp): void {
  const before = snapshotOf(network)
  const { pattern } = entry(text)
  expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(0)
  expect(snapshotOf(network)).toEqual(before)
  expect(pattern.log.map((l) => l.message).join()).toMatch(why)
}

describe('numbers have the type of where they stand, or the one that is written', () => {
  test('that of the operand beside them, not of the result', async () => {
    const after = await expectRewrite(
      entry('y = Not(LessOrEqual(x, 0))\n=>\ny = Greater(x, 0)'),
      net('in x int32[3]\nconst z int32[] = 0\ny = Not(LessOrEqual(x, z))\nout y'),
      'Greater',
    )
    expect(constants(after, 'Greater')).toEqual(['int32[] 0'])
  })
  test('of an operand that is a condition they take nothing', async () => {
    const after = await expectRewrite(
      entry('y = Mul(x, Cast(c))\n=>\ny = Where(c, x, 0)'),
      net('in x int32[3]\nin c bool[3]\ny = Mul(x, Cast<to=6>(c))\nout y'),
      'Where',
    )
    expect(constants(after, 'Where')).toEqual(['int32[] 0'])
  })
  test('sizes and positions are int64', async () => {
    const after = await expectRewrite(
      entry('y = Squeeze(Slice(x, 0, 1, 0), 0)\n=>\ny = Gather<axis=0>(x, 0)'),
      net('in x float32[3,4]\nconst p int64[1] = 0\nconst q int64[1] = 1\ny = Squeeze(Slice(x, p, q, p), p)\nout y'),
      'Gather',
    )
    expect(constants(after, 'Gather')).toEqual(['int64[] 0'])
  })
  test('the type that is written', async () => {
    const after = await expectRewrite(
      entry('y = Mul(x, x)\n=>\ny = Pow(x, 2: int64)'),
      net('in x float32[3]\ny = Mul(x, x)\nout y'),
      'Pow',
    )
    expect(constants(after, 'Pow')).toEqual(['int64[] 2'])
    const list = await expectRewrite(
      entry('y = Add(x, x)\n=>\ny = Mul(x, {[1 + 1]}: float32)'),
      net('in x float32[3]\ny = Add(x, x)\nout y'),
      'Mul',
    )
    expect(constants(list, 'Mul')).toEqual(['float32[1] 2'])
  })
  test('a type that there is not, and one on the left', () => {
    expect(() => entry('y = Relu(x)\n=>\ny = Max(x, 0: flout)')).toThrow(/line 3, column 15: expected one of float32/)
    expect(() => entry('y = Max(x, 0: float32)\n=>\ny = Relu(x)')).toThrow(/line 1, column 13/)
  })
  test('a computed number that is none of that type', () => {
    const network = net('in x int32[3]\ny = Neg(x)\nout y')
    expectGivenUp('y = Neg(x)\n=>\ny = Mul(x, {x.size / 2})', network, /is 1\.5, and no int32/)
    expectGivenUp('y = Neg(x)\n=>\ny = Reshape(x, {[x.size / 2, 2]})', network, /is \[1\.5, 2\], and no int64/)
    expectGivenUp('y = Neg(x)\n=>\ny = Mul(x, {1 / 0})', network, /is Infinity/)
    const soft = net('in x float32[3]\ny = Neg(x)\nout y')
    expectGivenUp(
      'y = Neg(x)\n=>\ny = Softmax<axis={x.size / 2}>(x)',
      soft,
      /axis of Softmax would be 1\.5, which is no INT/,
    )
  })
})

describe('where it is not known whether a value keeps its shape', () => {
  const unknownRank = 'in u float32[2]\nin s int64[K]\nx = Reshape(u, s)\nconst c float32[1,1,1] = 0'
  test.each([
    ['a rank, and a constant of three', `${unknownRank}\ny = Add(x, c)`, 'y = Add(x, @c)\n=>\ny = x'],
    [
      'the same in a new layer',
      `${unknownRank}\ny = Mul(Mul(x, c), 2)`,
      'y = Mul(Mul(x, @c), 2)\n=>\ny = Mul(x, {c.value * 2})',
    ],
    ['two sizes', 'in x float32[N]\nin z float32[M]\ny = Add(x, z)', 'y = Add(x, z)\n=>\ny = x'],
  ])('%s: the rule gives up', (_, network, rule) => {
    expectGivenUp(rule, net(`${network}\nout y`), /y has shape .*would get .*not known whether that is the same/)
  })
  test('one operand, and constants that cannot stretch it, keep it', () => {
    const network = net('in u float32[2]\nin s int64[K]\nx = Reshape(u, s)\ny = Mul(Mul(x, 2), 3)\nout y')
    const { pattern } = entry('y = Mul(Mul(x, @a), @b)\n=>\ny = Mul(x, {a.value * b.value})')
    expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(1)
    expect(verifyNetwork(network)).toEqual([])
  })
})

describe('sizes and counts are equal only to themselves', () => {
  test.each([
    ['x.shape[0] == 1000000', 'in x float32[1000001]'],
    ['x.size in [2000000]', 'in x float32[2000001]'],
    ['x.shape == [1000000]', 'in x float32[1000001]'],
  ])('%s does not hold of %s', (where, input) => {
    const network = net(`${input}\ny = Relu(x)\nout y`)
    const { pattern } = entry(`y = Relu(x)\n=>\ny = Max(x, 0)\nwhere ${where}`)
    expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(0)
  })
  test('an unsigned constant is the number or it is not', () => {
    const network = net('in x uint32[2]\nconst c uint32[] = 4000000001\ny = Add(x, c)\nout y')
    const { pattern } = entry('y = Add(x, 4000000000)\n=>\ny = Add(x, 1)')
    expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(0)
  })
})
