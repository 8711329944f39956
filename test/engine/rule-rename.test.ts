/** A value of a rule gets another name wherever it is spoken of, and nowhere else. */
import { describe, expect, test } from 'vitest'
import { parseRule, renameValue, RulePattern, printRule } from '../../src/engine'
import { onnxLibrary } from '../../src/patterns'

describe('a value is renamed', () => {
  test.each([
    [
      'both sides, conditions, terms',
      'y = Mul(x, @c)\n=>\ny = Mul(x, {x.rank + c.value}) # x\nwhere x.rank == c.rank',
      'x',
      'z',
      'y = Mul(z, @c)\n=>\ny = Mul(z, {z.rank + c.value}) # x\nwhere z.rank == c.rank',
    ],
    [
      'not an attribute that is called so',
      'y = Softmax<axis=$axis>(axis)\n=>\ny = axis\nwhere axis.rank < $axis, axis.rank == 2',
      'axis',
      'a',
      'y = Softmax<axis=$axis>(a)\n=>\ny = a\nwhere a.rank < $axis, a.rank == 2',
    ],
    [
      'in a term of an attribute',
      'y = Gelu(Add(x, alpha))\n=>\ny = QuickGelu<alpha={alpha.value}, beta=1>(x)',
      'alpha',
      'b',
      'y = Gelu(Add(x, b))\n=>\ny = QuickGelu<alpha={b.value}, beta=1>(x)',
    ],
    [
      'a rest, a shared layer, an operand that may be absent',
      '&s = Max(...x, b?)\ny = Neg(s)\n=>\ny = Min(...x, b)',
      'x',
      'l',
      '&s = Max(...l, b?)\ny = Neg(s)\n=>\ny = Min(...l, b)',
    ],
    [
      'not in an example',
      'y = Neg(x)\n=>\ny = x\nexample matches {\n  in x float32[2]\n  y = Neg(x)\n  out y\n}',
      'x',
      'z',
      'y = Neg(z)\n=>\ny = z\nexample matches {\n  in x float32[2]\n  y = Neg(x)\n  out y\n}',
    ],
  ])('%s', (_, text, from, to, expected) => {
    expect(renameValue(text, from, to)).toBe(expected)
  })
  test.each([
    ['y', /another value already/],
    ['Relu', /no name of a value/],
    ['where', /no name of a value/],
    ['a b', /no name of a value/],
  ])('not to %s', (to, reason) => {
    expect(() => renameValue('y = Neg(x)\n=>\ny = x', 'x', to)).toThrow(reason)
  })
})

const texts = onnxLibrary('ort').flatMap((e) => {
  const pattern = e.make('ort')
  return pattern instanceof RulePattern ? [[e.label, printRule(pattern.graph)] as const] : []
})
test.each(texts)('there and back, the rule of the library is what it was: %s', (_, text) => {
  const there = renameValue(text, 'x', 'quite_another')
  expect(there).not.toMatch(/(?<![\w$.])x(?![\w(])/)
  parseRule(there)
  expect(renameValue(there, 'quite_another', 'x')).toBe(text)
})
