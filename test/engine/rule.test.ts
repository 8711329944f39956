import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  findMatches,
  look,
  Match,
  MatchFailure,
  parseRule,
  printRule,
  RewriteLimitError,
  RewritePatternManager,
  RuleError,
  RulePattern,
  RuleSyntaxError,
  snapshotOf,
} from '../../src/engine'
import type { Network, RuleGraph, RuleMatch, RuleOptions } from '../../src/engine'
import { expectNoMatch, expectRewrite } from '../patterns/expect-rewrite'
import { net } from '../patterns/notation'

const X = 'in x float32[4]\nin z float32[4]'
const entry = (text: string, options?: RuleOptions) => ({
  label: 'rule',
  benefit: 1,
  pattern: new RulePattern(text, options),
})
const matches = (text: string, network: Network, options?: RuleOptions): RuleMatch[] =>
  [...findMatches(network, entry(text, options))] as RuleMatch[]

describe('rule text', () => {
  test.each([
    ['y = Relu(x', 1, 11, '")"', 'the end'],
    ['y = Relu(x)', 1, 12, '"=>"', 'the end'],
    ['y Relu(x)\n=>\ny = x', 1, 3, '"="', '"Relu"'],
    ['y = Relu(x)\n=>\ny = ^', 3, 5, 'a name, a number, a string or a symbol', '"^"'],
    ['y = Relu(x)\n⇒\ny = x', 2, 1, '"=>"', '"⇒"'],
    ['y = Softmax<axis=“a”>(x)\n=>\ny = x', 1, 18, 'straight quotes', '"“"'],
    ["y = Softmax<axis='a'>(x)\n=>\ny = x", 1, 18, 'straight double quotes', `"'"`],
    ['y = Relu(ñ)\n=>\ny = x', 1, 10, 'a name of the letters a to z', '"ñ"'],
    ['y = Re\u200blu(x)\n=>\ny = x', 1, 7, 'a name, a number', 'the character U+200B'],
    ['\ufffd\ufffdy\0 = Relu(x)', 1, 1, 'text: save the file as UTF-8', 'the character U+FFFD'],
    ['// a comment\ny = Relu(x)\n=>\ny = x', 1, 1, '#, which begins a comment', '"/"'],
    ['y = Relu(x)\n=>\ny = x\nwhere x.rank ≥ 2', 4, 14, '">="', '"≥"'],
    ['y = Relu(x)\n=>\ny = x\nwhere !x.isConstant', 4, 7, 'not, as in not x.isConstant', '"!"'],
    ['y = Relu(x)\n=>\nz = Abs(x)', 2, 1, 'a right side that gives one of y', '"=>"'],
    ['y = x\n=>\ny = Relu(x)', 2, 1, 'a layer, as in Relu(x)', '"=>"'],
    ['a = Abs(x)\na = Relu(x)\n=>\na = x', 2, 1, 'a name that is not defined yet', '"a"'],
    ['y = Concat(...r, ...s)\n=>\ny = x', 1, 18, 'an operand between two rests', '"..."'],
    ['y = Relu(x)\n=>\ny = x\nwhere x.colour == 3', 4, 7, 'one of dtype, rank', '"x.colour"'],
    ['y = Softmax<axis=>(x)\n=>\ny = x', 1, 17, '"="', '"=>"'],
    ['y = Softmax<axis=x>(x)\n=>\ny = x', 1, 18, 'a number, a string, true, false or a list', '"x"'],
    ['y = Relu(x)\n=>\ny = x\nwhere x.rank == 3 y', 4, 19, '"," or the end', '"y"'],
    ['y.a = Relu(x)\n=>\ny = x', 1, 1, 'a name without a dot', '"y.a"'],
    ['y = Mul(x, {2})\n=>\ny = x', 1, 12, 'a number as it is, without braces', '"{"'],
    ['y = Mul(x, @c)\n=>\ny = Div(x, {1 / c.value)', 3, 24, '"}"', '")"'],
    ['y = Mul(x, @c)\n=>\ny = Div(x, {1 / c.worth})', 3, 17, 'one of dtype, rank', '"c.worth"'],
  ])('%j', (text, line, column, expected, found) => {
    let error: unknown
    try {
      parseRule(text)
    } catch (e) {
      error = e
    }
    expect(error).toBeInstanceOf(RuleSyntaxError)
    const e = error as RuleSyntaxError
    expect([e.line, e.column]).toEqual([line, column])
    expect(e.expected).toContain(expected)
    expect(e.found).toBe(found)
  })

  test.each([
    ['y = Relu(x)\n=>\ny = Abs(w)', /uses w, which the left side does not bind/],
    ['y = Softmax(x)\n=>\ny = Softmax<axis=$a>(x)', /uses \$a/],
    ['y = Softmax(x)\n=>\ny = Softmax<axis={$a + 1}>(x)', /uses \$a/],
    ['y = Abs(x)\n=>\ny = Mul(x, {[1, c.value]})', /uses c, which the left side does not bind/],
  ])('well-formed, but without a meaning: %j', (text, why) => {
    expect(() => new RulePattern(text)).toThrow(RuleError)
    expect(() => new RulePattern(text)).toThrow(why)
  })

  test('comments, semicolons, negative and exponent numbers', () => {
    const rule = parseRule('# a comment\nrule "r" a = Abs(x); y = Mul(a, -1.5e-3 ~ 1e-2) # twice\n=> y = Neg(x)')
    expect(rule.name).toBe('r')
    expect(rule.left).toHaveLength(2)
    expect(rule.left[1]!.value).toMatchObject({ operands: [{}, { type: 'number', value: -0.0015, tolerance: 0.01 }] })
  })

  const name = fc.constantFrom('a', 'b', 'c', 'x1', 'w_2')
  const number = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  )
  const plain = fc.oneof(
    name.map((n) => ({ type: 'name' as const, name: n })),
    name.map((n) => ({ type: 'name' as const, name: n, constant: true })),
    name.map((n) => ({ type: 'name' as const, name: n, optional: true })),
    number.map((n) => ({ type: 'number' as const, value: n === 0 ? 0 : n })),
    fc.constant({ type: 'absent' as const }),
  )
  const attribute = fc.oneof(
    name.map((variable) => ({ variable })),
    fc.oneof(number, fc.boolean(), fc.constantFrom('text', 'a b')).map((literal) => ({ literal })),
    fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 3 }).map((literal) => ({ literal })),
  )
  const call = (operands: fc.Arbitrary<readonly unknown[]>): fc.Arbitrary<unknown> =>
    fc.record(
      {
        type: fc.constant('call'),
        kind: fc.constantFrom('Add', 'com.microsoft.Gelu', 'Cast'),
        operands,
        attributes: fc.dictionary(fc.constantFrom('axis', 'to', 'mode'), attribute, { maxKeys: 2 }),
        maybe: fc.constant(true),
      },
      { requiredKeys: ['type', 'kind', 'operands', 'attributes'] },
    )
  const computed = fc.oneof(
    number.map((value) => ({ type: 'literal' as const, value: value === 0 ? 0 : value })),
    fc.tuple(fc.constantFrom('+', '-', '*', '/', '%'), name, name).map(([op, a, b]) => ({
      type: 'arithmetic',
      op,
      left: { type: 'property', of: a, name: 'value' },
      right: { type: 'attribute', name: b },
    })),
  )
  const { layer } = fc.letrec((tie) => ({
    layer: call(fc.array(fc.oneof({ depthSize: 'small' }, plain, tie('layer'), tie('either')), { maxLength: 3 })),
    either: fc.array(tie('layer'), { minLength: 2, maxLength: 3 }).map((of) => ({ type: 'either', of })),
  }))
  const term = fc.oneof(
    number.map((value) => ({ type: 'literal' as const, value: value === 0 ? 0 : value })),
    fc.tuple(name, fc.constantFrom('rank', 'dtype', 'shape')).map(([of, n]) => ({ type: 'property', of, name: n })),
    name.map((n) => ({ type: 'attribute', name: n })),
  )
  const compare = fc.record({
    type: fc.constant('compare'),
    op: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
    left: term,
    right: term,
  })
  const condition = fc.oneof(
    compare,
    fc.array(compare, { minLength: 2, maxLength: 3 }).map((of) => ({ type: 'and', of })),
    fc.array(compare, { minLength: 2, maxLength: 3 }).map((of) => ({ type: 'or', of })),
    compare.map((of) => ({ type: 'not', of })),
  )
  const rule = fc.record({
    name: fc.constant('r'),
    left: fc.tuple(layer).map(([value]) => [{ names: ['y'], value }]),
    right: computed.map((term) => [
      {
        names: ['y'],
        value: {
          type: 'call',
          kind: 'Mul',
          operands: [
            { type: 'name', name: 'y' },
            { type: 'computed', term },
          ],
          attributes: { axis: { computed: term } },
        },
      },
    ]),
    where: fc.array(condition, { maxLength: 3 }),
  }) as unknown as fc.Arbitrary<RuleGraph>

  test('printing and reading give the rule back (seed 7)', () => {
    fc.assert(
      fc.property(rule, (r) => {
        expect(plainly(parseRule(printRule(r)))).toEqual(plainly(r))
      }),
      { seed: 7, numRuns: 300 },
    )
  })
  const plainly = (r: RuleGraph): unknown => JSON.parse(JSON.stringify(r))
})

describe('a right side that computes', () => {
  test('a scalar constant of the type of the result', async () => {
    const rule = 'rule "r"\ny = Mul(Mul(x, @c), @d)\n=>\ny = Mul(x, {c.value * d.value})'
    const after = await expectRewrite(entry(rule), net(`${X}\ny = Mul(Mul(x, 3), 0.5)\nout y`), 'y = Mul(x, 1.5)')
    expect(after.layersOfKind('Mul')[0]!.input(1)!.value!.scalar()).toBe(1.5)
  })

  test('an attribute', async () => {
    const rule =
      'rule "r"\ny = LeakyRelu<alpha=$a>(Mul(x, @c))\n=>\ny = Mul(LeakyRelu<alpha={$a * 1}>(x), c)\nwhere c.value > 0'
    const after = await expectRewrite(
      entry(rule),
      net(`${X}\ny = LeakyRelu<alpha=0.25>(Mul(x, 2))\nout y`),
      'a = LeakyRelu<alpha=0.25>(x)\ny = Mul(a, constant_2)',
    )
    expect(after.layersOfKind('LeakyRelu')[0]!.attribute('alpha')).toBe(0.25)
  })

  test('a list of sizes', async () => {
    const rule = 'rule "r"\ny = Flatten<axis=1>(x)\n=>\ny = Reshape(x, {[x.shape[0], x.size / x.shape[0]]})'
    const after = await expectRewrite(
      entry(rule),
      net('in x float32[2,3,4]\ny = Flatten<axis=1>(x)\nout y'),
      'const a int64[2] = 2 12\ny = Reshape(x, a)',
    )
    expect(Array.from(after.layersOfKind('Reshape')[0]!.input(1)!.value!.numbers())).toEqual([2, 12])
  })

  test('what is not known of a match gives up, says so in its log, and nothing changes', () => {
    const rule = 'rule "r"\ny = Flatten<axis=1>(x)\n=>\ny = Reshape(x, {[x.shape[0], x.size / x.shape[0]]})'
    const network = net('in x float32[N,3,4]\ny = Flatten<axis=1>(x)\nout y')
    const before = snapshotOf(network)
    const pattern = new RulePattern(rule)
    expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(0)
    expect(snapshotOf(network)).toEqual(before)
    expect(pattern.log).toEqual([
      { level: 'warning', message: expect.stringMatching(/^matched at \S+, and left it: .* is /) as string },
    ])
  })
})

describe('matching', () => {
  test('commutative operands match either way, others do not', () => {
    const rule = 'y = Sub(Add(Relu(x), z), x)\n=>\ny = Relu(z)'
    expect(matches(rule, net(`${X}\ny = Sub(Add(z, Relu(x)), x)\nout y`))).toHaveLength(1)
    expect(matches(rule, net(`${X}\ny = Sub(x, Add(z, Relu(x)))\nout y`))).toHaveLength(0)
  })

  test('a: a condition holds inside an alternative too (onnxscript: never called)', () => {
    const rule = 'y = (Relu(x) | Abs(x))\n=>\ny = Neg(x)'
    const never = { check: () => 'never' }
    expect(matches(rule, net(`${X}\ny = Abs(x)\nout y`), never)).toHaveLength(0)
  })

  test('b: where a condition fails, other alternatives are tried', () => {
    const rule = 'y = Add((Relu(x) | Relu(z)), (x | z))\n=>\ny = Neg(x)\nwhere x.isInput'
    const asked: string[] = []
    const wanted = {
      check: (m: RuleMatch) => {
        asked.push(m.tensor('p').name)
        return m.tensor('p').name === 'z' || 'not z'
      },
    }
    const found = matches('y = Add(p, q)\n=>\ny = Neg(p)', net(`${X}\ny = Add(x, z)\nout y`), wanted)
    expect(asked).toEqual(['x', 'z'])
    expect(found.map((m) => m.tensor('p').name)).toEqual(['z'])
    expect(matches(rule, net(`${X}\ny = Add(Relu(x), x)\nout y`))).toHaveLength(1)
  })

  test('b: with several results, another combination is tried where a check fails', () => {
    const rule = 'b = Abs(x)\na = Relu(x)\n=>\na = Neg(x)\nb = Neg(x)'
    const third = { check: (m: RuleMatch) => m.tensor('b').name === 'second' || 'not the second one' }
    const network = net(`${X}\nfirst = Abs(x)\nsecond = Abs(x)\na = Relu(x)\ny = Sum(a, first, second)\nout y`)
    network.renameTensor(network.layersOfKind('Abs')[1]!.output()!, 'second')
    expect(matches(rule, network, third).map((m) => m.tensor('b').name)).toEqual(['second'])
  })

  test('c: a match is refused where one result feeds what the other needs (not convex)', () => {
    const pair = 'b = Mul(x, z)\na = Add(x, w)\n=>\na = Neg(x)\nb = Neg(z)'
    const cyclic = net(`${X}\nb = Mul(x, z)\nw = Exp(b)\na = Add(x, w)\nout a, b`)
    expect(matches(pair, cyclic)).toHaveLength(0)
    expect(String(look(entry(pair), cyclic.layersOfKind('Add')[0]!))).toMatch(
      /do not depend|that no other part|which does/,
    )
    expect(matches(pair, net(`${X}\nb = Mul(x, z)\nw = Exp(z)\na = Add(x, w)\nout a, b`))).toHaveLength(1)
  })

  test('g: different layers of a rule match different layers of the network', () => {
    const rule = 'y = Add(Relu(x), Relu(z))\n=>\ny = Neg(x)'
    expect(matches(rule, net(`${X}\nr = Relu(x)\ny = Add(r, r)\nout y`))).toHaveLength(0)
    expect(matches(rule, net(`${X}\ny = Add(Relu(x), Relu(x))\nout y`))).toHaveLength(1)
  })

  test('E5: an interior value that others use is refused, and handed on where it is marked', async () => {
    const network = () => net(`${X}\nr = Relu(x)\ny = Neg(r)\nout y, r`)
    expectNoMatch(entry('y = Neg(Relu(x))\n=>\ny = Abs(x)'), network(), /also used by network output r/)
    expect(matches('&r = Relu(x)\ny = Neg(r)\n=>\ny = Abs(x)', network())).toHaveLength(1)
    await expectRewrite(
      entry('r = Relu(x)\ny = Neg(r)\n=>\nr = Max(x, 0)\ny = Neg(r)'),
      network(),
      'r = Max(x, 0)\ny = Neg(r)',
    )
  })

  test('optional layers, operands and further operands', () => {
    const cast = 'y = Relu(Cast?(x))\n=>\ny = Abs(x)'
    expect(matches(cast, net(`${X}\ny = Relu(x)\nout y`)).map((m) => m.layers.size)).toEqual([1])
    expect(matches(cast, net(`${X}\ny = Relu(Cast<to=1>(x))\nout y`)).map((m) => m.layers.size)).toEqual([2])
    const clip = 'y = Clip(x, none, high?)\n=>\ny = Min(x, x)'
    expect(matches(clip, net(`${X}\ny = Clip(x)\nout y`))[0]!.optional('high')).toBeNull()
    expect(matches(clip, net(`${X}\ny = Clip(x, none, 1)\nout y`))[0]!.scalar('high')).toBe(1)
    expect(matches(clip, net(`${X}\ny = Clip(x, 0, 1)\nout y`))).toHaveLength(0)
    const rest = 'y = Sum(x, ...others)\n=>\ny = Abs(x)'
    expect(matches(rest, net(`${X}\ny = Sum(x, z, x)\nout y`))[0]!.rests.get('others')).toHaveLength(2)
  })

  test('numbers match rounded to the type of the constant, however it is shaped; attributes with their defaults', () => {
    const half = 'in h float16[4]\nconst c float16[1] = 1.702\ny = Mul(h, c)\nout y'
    expect(matches('y = Mul(x, 1.702)\n=>\ny = Abs(x)', net(half))).toHaveLength(1)
    expect(matches('y = Mul(x, 1.7)\n=>\ny = Abs(x)', net(half))).toHaveLength(0)
    expect(matches('y = Mul(x, 1.7 ~ 1e-2)\n=>\ny = Abs(x)', net(half))).toHaveLength(1)
    expect(matches('y = Softmax<axis=-1>(x)\n=>\ny = Abs(x)', net(`${X}\ny = Softmax(x)\nout y`))).toHaveLength(1)
    const same = 'y = Softmax<axis=$a>(Softmax<axis=$a>(x))\n=>\ny = Softmax<axis=$a>(x)'
    expect(matches(same, net('in q float32[2,2]\ny = Softmax<axis=0>(Softmax<axis=1>(q))\nout y'))).toHaveLength(0)
  })

  test.each([
    ['x.rank == 2 and x.shape[0] == 3', 1],
    ['x.shape[-1] == w.shape[0], w.isConstant', 1],
    ['x.rank in [1, 3] or x.dtype == float16', 0],
    ['not x.isInput', 0],
    ['w.size == 4 * 2', 1],
    ['x.shape[0] == x.shape[5]', 0],
    ['y.isOutput, y.uses == 0', 1],
  ])('where %s', (where, count) => {
    const network = net('in x float32[3,4]\nconst w float32[4,2]\ny = MatMul(x, w)\nout y')
    expect(matches(`y = MatMul(x, w)\n=>\ny = Neg(x)\nwhere ${where}`, network)).toHaveLength(count)
  })

  test('an unknown size equals nothing, not even itself', () => {
    const network = net('in x float32[N,4]\nin s int64[2]\ny = Relu(Reshape(x, s))\nout y')
    expect(matches('y = Relu(x)\n=>\ny = Abs(x)\nwhere x.shape[0] == x.shape[0]', network)).toHaveLength(0)
  })
})

describe('explain', () => {
  const gelu = 'e = Erf(Div(x, 1.4142135))\ny = Mul(Mul(x, Add(e, 1)), 0.5)\n=>\ny = com.microsoft.Gelu(x)'
  const at = (text: string): MatchFailure => {
    const network = net(`${X}\n${text}\nout y`)
    return look(entry(gelu), network.getOutputs()[0]!.parent!) as MatchFailure
  }
  test('names the part that stopped the deepest partial match, and what stands there', () => {
    const failure = at('y = Mul(Mul(x, Add(Erf(Div(x, 2)), 1)), 0.5)')
    expect(failure).toBeInstanceOf(MatchFailure)
    expect([...failure.matched.keys()].sort()).toEqual(['add', 'div', 'e', 'mul', 'y'])
    expect(failure.layer!.kind).toBe('Div')
    expect(String(failure)).toMatch(/expected a constant near 1\.414214, found 2, from constant_\d+ at/)
    expect(failure.parts).toBe(5)
  })
  test('goes as deep as the best of the orders of commutative operands', () => {
    expect(String(at('y = Mul(0.5, Mul(Add(1, Sin(x)), x))'))).toMatch(/e: expected Erf, found Sin/)
  })
  test('at a layer of another kind it says so', () => {
    expect(String(at('y = Relu(x)'))).toMatch(/root: expected Mul, found Relu/)
  })
  test('where it matches, it is the match', () => {
    const network = net(`${X}\ny = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)\nout y`)
    expect(look(entry(gelu), network.getOutputs()[0]!.parent!)).toBeInstanceOf(Match)
  })
})

describe('rewriting by rules', () => {
  test('a layer that nobody uses is rewritten once', () => {
    const network = net('in x float32[4]\nd = Abs(x)\ny = Neg(x)\nout y')
    const manager = new RewritePatternManager().add('a', new RulePattern('y = Abs(x)\n=>\ny = Relu(x)'))
    expect(manager.rewrite(network).rewrites).toBe(1)
    expect(network.getLayers().map((l) => l.kind)).toEqual(['Relu', 'Neg'])
  })

  test('d, MLIR: a rule that undoes itself ends in an error that names it', () => {
    const swap = new RulePattern('rule "swap"\ny = Sub(a, b)\n=>\ny = Sub(b, a)')
    const network = net(`${X}\ny = Sub(x, z)\nout y`)
    const run = () => new RewritePatternManager().add('swap', swap).rewrite(network, null, { maxRewrites: 20 })
    expect(run).toThrow(RewriteLimitError)
    expect(run).toThrow(/swap/)
  })
  test('several results, computed in one layer', async () => {
    const rule = 'a = Slice(x, @p, @q)\nb = Slice(x, @q, @r)\n=>\na = Neg(x)\nb = Neg(x)'
    const build: RuleOptions = {
      build: (b, m) => {
        const split = b.layer('Split', [m.tensor('x'), b.ints(2, 2)], { axis: 0 }, 2)
        return { a: split.output(0)!, b: split.output(1)! }
      },
    }
    const text = `${X}\nconst p int64[1] = 0\nconst q int64[1] = 2\nconst r int64[1] = 4\na = Slice(x, p, q)\nb = Slice(x, q, r)\nout a, b`
    await expectRewrite(entry(rule, build), net(text), 'const c int64[2] = 2 2\na, b = Split(x, c)')
  })
  test('a right side that gives up leaves everything as it was', () => {
    const network = net(`${X}\ny = Relu(x)\nout y`)
    const before = snapshotOf(network)
    const rule = new RulePattern('y = Relu(x)\n=>\ny = Abs(x)', { build: () => null })
    expect(new RewritePatternManager().add('r', rule).rewrite(network).rewrites).toBe(0)
    expect(snapshotOf(network)).toEqual(before)
  })
})
