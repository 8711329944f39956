import { describe, expect, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const NUMBERS = ['n0 = 0', 'n1 = 1', 'n2 = 2', 'n3 = 3', 'n5 = 5', 'm1 = -1', 'all = 9223372036854775807']
const X = `in x float32[4,5]\n${NUMBERS.map((n) => n.replace(/(\w+)/, 'const $1 int64[1]')).join('\n')}`
const CHAIN = 'Slice chain'
const SPLIT = 'Slices to Split'

describe('Slice chain', () => {
  test.each([
    ['a piece of a piece', 'y = Slice(Slice(x, n1, n5, n1), n1, n3, m1)', '2'],
    ['up to the end', 'y = Slice(Slice(x, n1, all, n1), n1, all, n1)', '3'],
    ['past the end of the first', 'y = Slice(Slice(x, n1, n3, n1), n1, n5, n1)', '1'],
    ['nothing left', 'y = Slice(Slice(x, n1, n3, n1), n2, n5, n1)', '0'],
    ['steps of 1', 'y = Slice(Slice(x, n0, n5, n1, n1), n1, n5, n1, n1)', '4'],
  ])('%s', async (_, body, size) => {
    const after = await expectRewrite(CHAIN, net(`${X}\n${body}\ny2 = Concat<axis=1>(y, x)\nout y2`), 'Concat, Slice')
    expect(after.layersOfKind('Slice')[0]!.output()!.shape?.[1]).toBe(Number(size))
  })
  test('symbolic sizes', async () => {
    const text = `${X}\nin z float32[N,3]\ny = Slice(Slice(z, n1, all, n0), n2, all, n0)\nout y`
    await expectRewrite(
      CHAIN,
      net(text),
      'const a int64[1] = 3\nconst b int64[1] = ?\nconst c int64[1] = 0\ny = Slice(z, a, b, c)',
    )
  })
  test.each([
    ['two axes', 'y = Slice(Slice(x, n1, n3, n0), n1, n3, n1)', /is 0, the rule needs .*axis2.*, 1/],
    [
      'counted from behind',
      'y = Slice(Slice(x, n1, m1, n1), n1, n3, n1)',
      /start.value is 1, the rule needs at most end.value, -1/,
    ],
    ['a step of 2', 'y = Slice(Slice(x, n0, n5, n1, n2), n1, n3, n1)', /step.value .* is 2, the rule needs 1/],
    [
      'bounds that are computed',
      'in s int64[1]\ny = Slice(Slice(x, n1, n5, n1), s, n3, n1)',
      /expected a constant start2/,
    ],
    [
      'a piece with other users',
      'p = Slice(x, n1, n5, n1)\ny = Add(Slice(p, n0, n2, n1), Slice(p, n1, n3, n1))',
      /also used by/,
    ],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch(CHAIN, net(`${X}\n${body}\nout y`), reason)
  })
})

describe('Slices to Split', () => {
  test('two parts, of 2 and 3: the sizes are told', async () => {
    const text = `${X}\np = Slice(x, n0, n2, n1)\nq = Slice(x, n2, n5, n1)\ny = Relu(p)\nz = Neg(q)\nout y, z`
    const after = await expectRewrite(
      SPLIT,
      net(text),
      'const c int64[2] = 2 3\na, b = Split<axis=1>(x, c)\ny = Relu(a)\nz = Neg(b)',
    )
    const split = after.layersOfKind('Split')[0]!
    expect(Array.from(split.input(1)!.value!.numbers())).toEqual([2, 3])
    expect(split.attribute('num_outputs')).toBeUndefined()
  })
  test.each([
    [
      'three, the last first',
      'p = Slice(x, n3, all, n1)\nq = Slice(x, n0, n2, m1)\nr = Slice(x, n2, n3, n1)\ny = Add(Exp(p), Mul(q, r))',
      'y',
      `const d int64[3] = 2 1 2
        a, b, c = Split<axis=1>(x, d)
        e = Exp(c)
        f = Mul(a, b)
        y = Add(e, f)`,
    ],
    [
      'a piece along another axis stays',
      'p = Slice(x, n0, n2, n0)\nq = Slice(x, n2, all, n0)\nr = Slice(x, n1, n3, n1)\ny = Mul(p, q)',
      'y, r',
      'const c int64[2] = 2 2\na, b = Split(x, c)\nr = Slice(x, n1, n3, n1)\ny = Mul(a, b)',
    ],
    [
      'parts that are outputs',
      'p = Slice(x, n0, n1, n1)\nq = Slice(x, n1, all, n1)\ny = Concat<axis=1>(q, p)',
      'y, p, q',
      'const a int64[2] = 1 4\np, q = Split<axis=1>(x, a)\ny = Concat<axis=1>(q, p)',
    ],
  ])('%s', async (_, body, outputs, after) => {
    await expectRewrite(SPLIT, net(`${X}\n${body}\nout ${outputs}`), after)
  })
  test.each([
    ['a gap', 'p = Slice(x, n0, n2, n1)\nq = Slice(x, n3, n5, n1)'],
    ['an overlap', 'p = Slice(x, n0, n3, n1)\nq = Slice(x, n2, n5, n1)'],
    ['an end that is missing', 'p = Slice(x, n0, n2, n1)\nq = Slice(x, n2, n3, n1)'],
    [
      'two that begin at one place',
      'p = Slice(x, n0, n2, n1)\nr = Slice(x, n0, n3, n1)\nq = Concat<axis=1>(r, Slice(x, n2, n5, n1))',
    ],
    ['one that is everything', 'p = Slice(x, n0, n5, n1)\nq = Exp(x)'],
    ['two axes', 'p = Slice(x, n0, n2, n1)\nq = Slice(x, n2, n5, n0)'],
    ['two values', 'in w float32[4,5]\np = Slice(x, n0, n2, n1)\nq = Slice(w, n2, n5, n1)'],
    ['a step', 'p = Slice(x, n0, n2, n1, n2)\nq = Slice(x, n2, n5, n1)'],
    ['sizes of a shape', 's = Shape(x)\np = Slice(s, n0, n1, n0)\nq = Slice(s, n1, n2, n0)'],
    ['a symbolic size', 'in w float32[4,N]\np = Slice(w, n0, n2, n1)\nq = Slice(w, n2, n5, n1)'],
  ])('near twin: %s', (_, body) => {
    expectNoMatch(SPLIT, net(`${X}\n${body}\nout p, q`))
  })
  test('near twin: an operator set whose Split has no sizes', () => {
    const text = `${X}\np = Slice(x, n0, n2, n1)\nq = Slice(x, n2, n5, n1)\nout p, q`
    expectNoMatch(SPLIT, net(text, 11), /opset 13/)
  })
})
