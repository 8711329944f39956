/** What a right side makes has the type and the shape that its place asks for, or the rule gives up. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import { RewritePatternManager, RuleError, RulePattern, Schemas, snapshotOf, verifyNetwork } from '../../src/engine'
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

function errorOf(text: string): RuleError {
  try {
    entry(text)
  } catch (error) {
    if (error instanceof RuleError) return error
  }
  throw new Error(`${text} was accepted`)
}

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
      entry('y = Mul(x, Cast<to=int32>(c))\n=>\ny = Where(c, x, 0)'),
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
      'const a float32[1] = 2\ny = Mul(x, a)',
    )
    expect(constants(list, 'Mul')).toEqual(['float32[1] 2'])
  })
  test('a list is of the type of the operand beside it, and sizes have one dimension', async () => {
    const list = await expectRewrite(
      entry('y = Mul(x, @s)\n=>\ny = Div(x, {1 / s.value})'),
      net('in x float32[3,3]\nconst s float32[3] = 1 2 4\ny = Mul(x, s)\nout y'),
      'const a float32[3] = 1 0.5 0.25\ny = Div(x, a)',
    )
    expect(constants(list, 'Div')).toEqual(['float32[3] 1,0.5,0.25'])
    const sizes = await expectRewrite(
      entry('y = Flatten<axis=0>(x)\n=>\ny = Reshape(x, [1, x.size])'),
      net('in x float32[2,3]\ny = Flatten<axis=0>(x)\nout y'),
      'const a int64[2] = 1 6\ny = Reshape(x, a)',
    )
    expect(constants(sizes, 'Reshape')).toEqual(['int64[2] 1,6'])
    const one = await expectRewrite(
      entry(
        'y = Reshape<allowzero=0>(Identity(x), @s)\n=>\ny = Reshape<allowzero=0>(x, {s.value})\nwhere x.kind == Abs',
      ),
      net('in x float32[2,3]\nconst s int64[1] = 6\ny = Reshape(Identity(Abs(x)), s)\nout y'),
      'const b int64[1] = 6\na = Abs(x)\ny = Reshape(a, b)',
    )
    expect(constants(one, 'Reshape')).toEqual(['int64[1] 6'])
  })
  test('a list made of a constant of several dimensions would lose them', () => {
    expectGivenUp(
      'y = Mul(x, @s)\n=>\ny = Div(x, {1 / s.value})',
      net('in x float32[3,3]\nconst s float32[3,1] = 1 2 4\ny = Mul(x, s)\nout y'),
      /s\.value is a list, and s has shape \[3, 1\]/,
    )
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

describe('operands that an operator does not take', () => {
  test('of two types, or of too many dimensions: the rule gives up', () => {
    expectGivenUp(
      'y = Add(Cast?<to=$t>(a), Cast?<to=$t>(b))\n=>\ny = Cast<to=$t>(Add(a, b))',
      net('in a float16[3]\nin b float32[3]\ny = Add(Cast<to=1>(a), b)\nout y'),
      /cannot be: operands of Add have one type, not float16 and float32/,
    )
    expectGivenUp(
      'y = Add(MatMul(a, b), c)\n=>\ny = Gemm(a, b, c)',
      net('in a float32[2,3,4]\nin b float32[4,5]\nin c float32[5]\ny = Add(MatMul(a, b), c)\nout y'),
      /cannot be: Gemm takes matrices, and one of its operands has 3 dimensions/,
    )
    expectGivenUp(
      'y = Add(Conv<...$at>(x, w), @b)\n=>\ny = Conv<...$at>(x, w, b)',
      net('in x float32[1,2,4]\nconst w float32[3,2,1]\nconst b float32[1,3,1]\ny = Add(Conv(x, w), b)\nout y'),
      /cannot be: the bias of Conv has one dimension, not 3/,
    )
  })
  test.each([
    ['y = Add(MatMul(a, b), c)\n=>\ny = Gemm(a, b, c)\nwhere a.rank == 3', '3:5', /Gemm takes matrices/],
    ['y = Relu(x)\n=>\ny = And(x, x)\nwhere x.dtype == float32', '3:5', /And takes bool, and its operand A is float32/],
    [
      'y = Relu(x)\n=>\ny = Add(Cast<to=int32>(x), x)\nwhere x.dtype == float',
      '3:5',
      /one type, not int32 and float32/,
    ],
    [
      'y = Relu(x)\n=>\ny = Cast<to=int32>(x)\nwhere x.dtype == float',
      '3:5',
      /y has type float32, and would get int32/,
    ],
    ['y = Relu(x)\n=>\ny = Flatten<axis=1>(x)\nwhere x.rank == 3', '3:5', /y has 3 dimensions, and would get 2/],
    [
      'y = Transpose<perm=[1,0]>(x)\n=>\ny = Transpose<perm=[2,1,0]>(x)\nwhere x.rank == 2',
      '3:5',
      /perm of Transpose has 3 places for 2/,
    ],
  ])('as far as the text tells it is an error: %j', (text, place, why) => {
    const error = errorOf(text)
    expect(`${error.place?.line}:${error.place?.column}`).toBe(place)
    expect(error.reason).toMatch(why)
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
    [
      'two sizes, of which a new layer has one',
      'in x float32[N,4]\nin z float32[M,4]\ny = Add(Sub(x, z), z)',
      'y = Add(Sub(x, z), z)\n=>\ny = Identity(x)',
    ],
    [
      'a size that may be 1 beside one that is known',
      'in x float32[N,4]\nin z float32[3,4]\ny = Add(Sub(x, z), z)',
      'y = Add(Sub(x, z), z)\n=>\ny = Identity(x)',
    ],
    [
      'a rank, and a constant of three on the right',
      `${unknownRank}\ny = Relu(x)`,
      'y = Relu(x)\n=>\ny = Max(x, full([1, 1, 1], 0))',
    ],
    ['a shape that cannot be', 'in x float32[2,4]\ny = Relu(x)', 'y = Relu(x)\n=>\ny = Max(x, full([999], 0))'],
    [
      'sizes that a caller gives, 0 and -1 among them',
      'in x float32[2,3]\nin s int64[2]\nin t int64[2]\ny = Reshape(Reshape(x, s), t)',
      'y = Reshape<allowzero=0>(Reshape<allowzero=0>(x, _), t)\n=>\ny = Reshape<allowzero=0>(x, t)',
    ],
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

describe('an operator that the dialect does not know', () => {
  test.each([
    ['alone', 'y = com.mine.Linear(x, w, b)'],
    ['behind others', 'y = Relu(com.mine.Linear(x, w, b))'],
  ])('%s gives what it stands for', (_, right) => {
    const network = net('in x float32[2,3]\nin w float32[3,4]\nin b float32[4]\ny = Add(MatMul(x, w), b)\nout y')
    const { pattern } = entry(`y = Add(MatMul(x, w), b)\n=>\n${right}`)
    expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(1)
    const [out] = network.getOutputs()
    expect([out!.dtype, out!.shape]).toEqual(['float32', [2, 4]])
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

describe('a number that nobody had to round is that number or is not', () => {
  const beside = (dtype: string, value: string): Network =>
    net(`in x ${dtype}[2]\nconst c ${dtype}[] = ${value}\ny = Mul(x, c)\nout y`)
  const fires = (text: string, network: Network): boolean =>
    new RewritePatternManager().add('r', entry(text).pattern).rewrite(network).rewrites === 1
  test.each([
    ['y = Mul(x, 1)\n=>\ny = x', false],
    ['y = Mul(x, @c)\n=>\ny = x\nwhere c.value == 1', false],
    ['y = Mul(x, @c)\n=>\ny = x\nwhere c.value in [1, 2]', false],
    ['y = Mul(x, @c)\n=>\ny = x\nwhere all(c.value == 1)', false],
    ['y = Mul(x, 1 ~ 1e-6)\n=>\ny = x', true],
    ['y = Mul(x, @c)\n=>\ny = x\nwhere abs(c.value - 1) <= 1e-6', true],
    ['y = Mul(x, @c)\n=>\ny = x\nwhere c.value / 3 == 0.33333334', true],
  ])('%j beside 1.0000001: %s', (text, expected) => {
    expect(fires(text, beside('float32', '1.0000001'))).toBe(expected)
  })
  test('an attribute too', () => {
    const network = (alpha: string) => net(`in x float32[2]\ny = LeakyRelu<alpha=${alpha}>(x)\nout y`)
    const text = 'y = LeakyRelu<alpha=1>(x)\n=>\ny = x'
    expect([fires(text, network('1.0000001')), fires(text, network('1'))]).toEqual([false, true])
  })
  test('of an exact rule every number is as its type has it', () => {
    const rule = (claim: string) => `rule "r" ${claim}\ny = Mul(x, 0.1)\n=>\ny = Mul(0.1, x)\nwhere x.isInput`
    const one = (claim: string, c: string): number =>
      new RewritePatternManager()
        .add('r', entry(rule(claim)).pattern)
        .rewrite(beside('float32', c), undefined, { maxRewrites: 1 }).rewrites
    expect(() => one('exact', '0.1')).toThrow(/keeps matching/)
    expect(one('exact', '0.10000001')).toBe(0)
    expect(() => one('rounding', '0.10000001')).toThrow(/keeps matching/)
  })
})

describe('a number that its type does not hold is none', () => {
  test.each([
    ['below 0', 'uint8', '5', 'Sub(x, {0 - c.value})', /is -5, and no uint8/],
    ['too large', 'int32', '100000', 'Add(x, {c.value * c.value})', /is 10000000000, and no int32/],
    ['that would be infinite', 'float16', '300', 'Add(x, {c.value * c.value})', /is 90000, and no float16/],
    ['of more digits than are reckoned with', 'int64', '9007199254740993', 'Sub(x, {0 - c.value})', /and no int64/],
    ['as it is written', 'int32', '2', 'Mul(x, 0.5)', /0\.5 is no int32/],
    ['as it is written, too large', 'uint8', '2', 'Mul(x, 300)', /300 is no uint8/],
  ])('%s', (_, dtype, value, right, why) => {
    const network = net(`in x ${dtype}[2]\nconst c ${dtype}[] = ${value}\ny = Add(x, c)\nout y`)
    expectGivenUp(`y = Add(x, @c)\n=>\ny = ${right}`, network, why)
  })
  test('the ends of int64 stand for no end at all', () => {
    const text =
      'y = Slice(x, @s, @e, @a, @t)\n=>\ny = Slice(x, s, {[min(e.value, 9223372036854775807)]}, a, t)\nwhere x.isInput'
    const network = net(
      'in x float32[4]\nconst s int64[1] = 1\nconst e int64[1] = 9223372036854775807\nconst a int64[1] = 0\nconst t int64[1] = 1\ny = Slice(x, s, e, a, t)\nout y',
    )
    expect(() =>
      new RewritePatternManager().add('r', entry(text).pattern).rewrite(network, undefined, { maxRewrites: 1 }),
    ).toThrow(/keeps matching/)
    expect(constants(network, 'Slice')[1]).toBe(`int64[1] ${2 ** 63}`)
  })
})
