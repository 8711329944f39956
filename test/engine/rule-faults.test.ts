import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  compileRule,
  ConstantValue,
  genericDialect,
  Match,
  MatchFailure,
  Network,
  parseRule,
  parseRules,
  printRule,
  RewritePatternManager,
  RuleError,
  RulePattern,
  RuleSyntaxError,
  Schemas,
  snapshotOf,
} from '../../src/engine'
import type { NewLayer, Tensor } from '../../src/engine'
import { onnxDialect } from '../../src/dialects/onnx'
import { F32 } from './support'

const read = (text: string) => compileRule(parseRule(text))
const nested = (n: number): string => `y = ${'Relu('.repeat(n)}x${')'.repeat(n)}\n=>\ny = Neg(x)`

/** One layer on `x` and other operands, its results outputs. */
function one(
  kind: string,
  more: readonly Tensor[],
  spec: Partial<NewLayer> = {},
  network = new Network(genericDialect),
) {
  const x = network.addInput('x', 'float32', [4])
  const layer = network.addLayer({ kind, inputs: [x, ...more], outputs: F32, ...spec })
  layer.getOutputs().forEach((t, i) => network.markOutput(t, `out${i}`))
  return layer
}

test('a file has as many rules as one likes: layers are counted for each', () => {
  const file = Array.from({ length: 400 }, (_, i) => `rule "r${i}"\ny = Relu(x)\n=>\ny = Neg(x)\n`).join('')
  expect(parseRules(file)).toHaveLength(400)
})

describe('a rule that would go on for ever is an error with its place', () => {
  const cases: readonly (readonly [what: string, text: string, line: number, column: number, expected: RegExp])[] = [
    ['a value made of itself', 'y = Relu(y)\n=>\ny = Neg(y)', 1, 1, /not computed from itself/],
    ['two made of each other', 'a = Relu(b)\nb = Relu(a)\n=>\nb = Neg(b)', 1, 1, /not computed from itself/],
    ['one made of itself by an alternative', 'a = Neg(x)\nb = Relu((a | Cast?(b)))\n=>\nb = a', 2, 1, /from itself/],
    ['20,000 layers, one in the other', nested(20_000), 1, 505, /nests no deeper than 100/],
    [
      '20,000 layers in a row',
      `${Array.from({ length: 20_000 }, (_, i) => `x${i + 1} = Relu(x${i})`).join('\n')}\n=>\nx9 = Neg(x0)`,
      301,
      8,
      /at most 300 layers/,
    ],
    [
      '50,000 times not',
      `y = Relu(x)\n=>\ny = x\nwhere ${'not '.repeat(50_000)}x.isConstant`,
      4,
      407,
      /nests no deeper/,
    ],
    ['50,000 parentheses', `y = Relu(x)\n=>\ny = x\nwhere ${'('.repeat(50_000)}`, 4, 107, /nests no deeper/],
    [
      '50,000 summands',
      `y = Relu(x)\n=>\ny = x\nwhere x.rank == ${'1 + '.repeat(50_000)}1`,
      4,
      1217,
      /300 signs in a row/,
    ],
    [
      '50,000 factors',
      `y = Relu(x)\n=>\ny = x\nwhere x.rank == ${'1 * '.repeat(50_000)}1`,
      4,
      1217,
      /300 signs in a row/,
    ],
    [
      '50,000 elements',
      `y = Relu(x)\n=>\ny = x\nwhere x.shape${'[0]'.repeat(50_000)} == 1`,
      4,
      915,
      /300 signs in a row/,
    ],
    ['50,000 lists', `y = Relu<a=${'['.repeat(50_000)}`, 1, 13, /a number or a string/],
  ]
  test.each(cases)('%s', (_, text, line, column, expected) => {
    const error = failureOf(() => read(text))
    expect(error).toBeInstanceOf(RuleSyntaxError)
    const { line: l, column: c, expected: e } = error as RuleSyntaxError
    expect([l, e]).toEqual([line, expect.stringMatching(expected) as string])
    expect(Math.abs(c - column)).toBeLessThan(8)
  })

  test('two rules of one name: the name stands in one pair of quotes', () => {
    const twice = 'rule "A"\ny = Neg(x)\n=>\ny = x\n'.repeat(2)
    expect(failureOf(() => parseRules(twice))).toMatchObject({ line: 5, found: '"A"' })
  })
  test('sixty alternatives that refer to each other are read at once, not once for each way through them', () => {
    const forms = (i: number) => `v${i + 1} = (Add(v${i}, c${i}) | Mul(v${i}, c${i}) | Sub(v${i}, c${i}))`
    const text = `${Array.from({ length: 60 }, (_, i) => forms(i)).join('\n')}\n=>\nv60 = Identity(v0)`
    expect(new RulePattern(text, { schemas: Schemas.newest(onnxDialect) }).accepts('Sub')).toBe(true)
  })
  test('a rule of forty nested layers is none', () => {
    expect(read(nested(40)).parts).toBe(40)
  })

  test('a rule that doubles what a layer takes gives up long before memory ends', () => {
    const network = new Network({ ...genericDialect })
    const x = network.addInput('x', 'float32', [4])
    const sum = network.addLayer({ kind: 'Sum', inputs: [x, x], outputs: F32 })
    network.markOutput(sum.output()!, 'out')
    const pattern = new RulePattern('y = Sum(...a)\n=>\ny = Sum(...a, ...a)')
    new RewritePatternManager().add('r', pattern).rewrite(network)
    expect(pattern.log.at(-1)!.message).toMatch(/Sum would take 8192 operands: 4096 are enough/)
  })

  test('a graph from elsewhere that computes a value from itself', () => {
    const { left, ...rest } = parseRule('y = Relu(x)\n=>\ny = Neg(x)')
    const value = { type: 'call', kind: 'Relu', operands: [{ type: 'name', name: 'y' }], attributes: {} } as const
    expect(() => compileRule({ ...rest, left: [{ ...left[0]!, value }] })).toThrow(/computes y from itself/)
  })
})

describe('a search whose alternatives multiply gives up', () => {
  const text = readFileSync('test/cases/rules/exponential20.txt', 'utf8')
  const chainOf = (n: number): Network => {
    const network = new Network({ ...genericDialect })
    const x = network.addInput('x', 'float32', [4])
    let y = network.addLayer({ kind: 'Add', inputs: [x, x], outputs: F32 }).output()!
    for (let i = 0; i < n; i++) y = network.addLayer({ kind: 'Add', inputs: [x, y], outputs: F32 }).output()!
    network.markOutput(y, 'out')
    return network
  }

  test('after a number of steps, and says so with or without being asked', () => {
    const network = chainOf(20)
    const rule = new RulePattern(text)
    const root = network.getLayers().at(-1)!
    for (const found of [rule.match(root), rule.explain(root)]) {
      expect(found).toBeInstanceOf(MatchFailure)
      expect(String(found)).toMatch(/search of at most 5000 steps, found alternatives that multiply: the rule gives up/)
    }
  })

  test('and the run goes on: the matcher forgets what it bound', () => {
    const network = chainOf(20)
    const plain = new RulePattern('y = Add(x, x)\n=>\ny = Double(x)')
    const manager = new RewritePatternManager().add('tangled', new RulePattern(text), 2).add('plain', plain)
    expect([...manager.rewrite(network).byLabel]).toEqual([['plain', 1]])
    const tangled = new RulePattern(text)
    const layers = chainOf(3).getLayers()
    const before = layers.map((l) => String(tangled.match(l)))
    expect(tangled.match(chainOf(20).getLayers().at(-1)!)).toBeInstanceOf(MatchFailure)
    expect(layers.map((l) => String(tangled.match(l)))).toEqual(before)
  })
})

describe('what operators are known to be is held against conditions and right sides', () => {
  const wrong: readonly (readonly [rule: string, why: RegExp])[] = [
    ['y = Add(x)\n=>\ny = x', /Add takes at least 2 operands, not 1/],
    ['y = Relu(x)\n=>\ny = x\nwhere x.kind == Convv', /no operator Convv: do you mean Conv/],
    ['y = Relu(x)\n=>\ny = x\nwhere not x.kind in [Relu, Abss]', /no operator Abss: do you mean Abs/],
    ['y = Relu(x)\n=>\ny = x\nwhere Ad(x, x).rank == 2', /no operator Ad: do you mean A(d)?d/],
    ['y = Relu(x)\n=>\ny = x\nwhere MatMul(x).rank == 2', /MatMul takes at least 2 operands/],
    ['y = Pad<mode=$a>(x, p)\n=>\ny = x\nwhere $a == wrapp', /\$a is one of .*wrap.*do you mean wrap/],
    ['y = Gelu<approximate=$a>(x)\n=>\ny = x\nwhere $a == 1', /\$a is a string, and never 1/],
    ['y = Softmax<axis=$a>(x)\n=>\ny = x\nwhere $a in [last]', /\$a is a number, and never last/],
    ['y = LeakyRelu<alpha=$a>(x)\n=>\ny = Softmax<axis=$a>(x)', /axis of Softmax is a whole number, and \$a a number/],
    ['y = Transpose<perm=$p>(x)\n=>\ny = Elu<alpha=$p>(x)', /alpha of Elu is a number, and \$p a list of whole/],
    ['y = Add(a, b)\n=>\ny = Equal(a, b)', /y is a number, and would get bool/],
    ['y = Add(a, b)\n=>\ny = Add(a, {b.dtype})', /b\.dtype is a type, and no number/],
    ['y = Add(a, b)\n=>\ny = Add(a, {b.rank[0]})', /b\.rank is no list/],
    ['y = Elu(x)\n=>\ny = Elu<alpha={x.shape}>(x)', /alpha of Elu is a number, and x\.shape a list: .* x\.shape\[0\]/],
    ['y = Elu(x)\n=>\ny = Elu<alpha={x.dtype}>(x)', /alpha of Elu is a number, and x\.dtype is none/],
    ['y = Elu(x)\n=>\ny = Elu<alpha={x.shape * 2 + 1}>(x)', /alpha of Elu is a number, and .* a list/],
    ['y = Elu(x)\n=>\ny = Elu<alpha={"one"}>(x)', /alpha of Elu is a number, and one is none/],
    [
      'y = Relu(x)\n=>\ny = Transpose<perm={x.rank}>(x)',
      /perm of Transpose is a list.* x\.rank is no list: write \[x\.rank\]/,
    ],
    ['y = Relu(x)\n=>\ny = Transpose<perm={[float32]}>(x)', /perm of Transpose is a list.* \[float32\] is none/],
    ['y = Transpose<perm=$p>(x)\n=>\ny = Elu<alpha={$p}>(x)', /alpha of Elu is a number, and \$p a list of whole/],
    ['y = Gelu(x)\n=>\ny = Gelu<approximate={x.rank}>(x)', /approximate of Gelu is a string, and x\.rank is none/],
    ['y = Sum(...c)\n=>\ny = Elu<alpha={c.rank}>(...c)', /alpha of Elu is a number, and c\.rank a list/],
    ['y = Add(a, b)\n=>\ny = Sum(a, b)\nwhere a.kind == com.microsoft.Gelo', /do you mean com\.microsoft\.Gelu/],
    ['y = Add(a, b)\n=>\ny = Sum(a, b)\nwhere a.rank == com.microsoft.Gelu', /com\.microsoft\.Gelu is no value/],
    ['y = $f:(Add | Mul)(a, b)\n=>\ny = $f(b, a)\nwhere $f == Sub', /no kind .* is what its conditions ask for/],
  ]
  test.each(wrong)('%s', (rule, why) => {
    const act = () => new RulePattern(rule, { schemas: Schemas.newest(onnxDialect) })
    expect(act).toThrow(RuleError)
    expect(act).toThrow(why)
  })
  test.each([
    'y = Identity(x)\n=>\ny = Cast<to=9>(x)\nwhere x.dtype == bool',
    'y = Where(c, a, b)\n=>\ny = Or(And(c, a), And(Not(c), b))',
    'y = Cast<to=$t>(x)\n=>\ny = x\nwhere $t == float16, x.dtype == float16',
    'y = Slice(x)\n=>\ny = x',
    'y = Add(a, b)\n=>\ny = Sum(a, b)\nwhere a.kind in [com.microsoft.Gelu, my.Own, Relu]',
    'y = Mul(x, @c)\n=>\ny = Elu<alpha={c.value}>(x)',
    'y = Relu(x)\n=>\ny = Transpose<perm={reversed(range(x.rank))}>(x)',
    'y = Relu(x)\n=>\ny = Cast<to={x.dtype}>(x)',
    'y = Relu(x)\n=>\ny = Elu<alpha={min(x.shape) + max(x.rank, 2)}>(x)',
    'y = Sum(...c)\n=>\ny = Softmax<axis={c.rank[0] - 1}>(Sum(...c))',
  ])('%s may be', (rule) => {
    expect(() => new RulePattern(rule, { schemas: Schemas.newest(onnxDialect) })).not.toThrow()
  })
})

describe('a condition speaks of what the left side binds', () => {
  const wrong: readonly (readonly [where: string, why: RegExp])[] = [
    ['rank == 1', /rank is no value of the left side/],
    ['opsets >= 20', /opsets is no value/],
    ['x.dtype == floaty', /there is no type floaty/],
    ['x.dtype in [float32, int9]', /there is no type int9: do you mean int\d/],
    ['z.rank == 1', /the left side binds no z; it has y, x/],
    ['not z.isConstant', /the left side binds no z/],
    ['$b == 1', /the left side binds no \$b/],
    ['x', /x is no value/],
    ['x.rank + one == 2', /one is no value/],
    ['x.rank == 1 or rank == 2', /rank is no value/],
    ['x == y', /x is no value to compare/],
    ['x.shape == [B, 3], B == C', /no size is called C/],
    ['x.shape[0] == N or x.rank == 0', /no size is called N/],
    ['x.shape[0] == "N"', /no size is called N/],
    ['x.rank', /x\.rank is a number: compare it with something/],
    ['x.dtype', /x\.dtype is a type: compare it/],
    ['not x.shape', /x\.shape is a number: compare it/],
    ['x.dtype == 1', /types have names: float32/],
    ['x.dtype < float32', /a type is neither above nor below/],
    ['x.isConstant == 1', /x\.isConstant is true or false, and 1 a number/],
    ['x.kind == x.dtype', /x\.kind is an operator, and x\.dtype a type/],
    ['x.dtype + 1 == 2', /x\.dtype is a type, and no number/],
    ['x.rank[0] == 3', /x\.rank is no list/],
    ['x.rank in 3', /a list stands behind in/],
    ['Transpose<perm=$p>(x).rank == 2', /the left side binds no \$p/],
    ['Conv<...$at>(x, x).rank == 2', /the left side binds no \.\.\.\$at/],
    ['choose(x.dtype == flot, 1, 2) == 1', /there is no type flot/],
  ]
  test.each(wrong)('%s', (where, why) => {
    const act = () => read(`y = Relu<a=$a>(x)\n=>\ny = Neg(x)\nwhere ${where}`)
    expect(act).toThrow(RuleError)
    expect(act).toThrow(why)
  })

  test.each([
    'x.rank == 1',
    'opset >= 20',
    'x.dtype == float',
    'x.dtype in [float32, int8]',
    'x.kind == Relu',
    '$a == same',
    'not x.isConstant',
    'x.isConstant == true',
    'y.shape[0] == N',
    'x.rank in [x.shape[0], 2]',
    'x.shape == 3',
    'known(x.shape[0])',
    'powerOfTwo(x.value)',
  ])('%s is one', (where) => {
    expect(read(`y = Relu<a=$a>(x)\n=>\ny = Neg(x)\nwhere ${where}`).graph.where).toHaveLength(1)
  })
})

describe('numbers that arithmetic treats in its own way', () => {
  const { MAX_VALUE } = Number
  const constant = (value: number, dtype: 'float32' | 'float64' = 'float32') => {
    const network = new Network(genericDialect)
    return one('Foo', [network.addConstant(ConstantValue.scalarOf(dtype, value))], {}, network)
  }
  const matches = (layer: ReturnType<typeof one>, operand: string, where = ''): boolean =>
    new RulePattern(`y = Foo(x, ${operand})\n=>\ny = Bar(x)${where && `\nwhere ${where}`}`).match(layer) instanceof
    Match

  test.each([
    [Infinity, 'inf', true],
    [-Infinity, '-inf', true],
    [Infinity, '-inf', false],
    [Infinity, '0', false],
    [Infinity, '3', false],
    [3, 'inf', false],
    [NaN, '0', false],
    [NaN, 'inf', false],
    [-0, '0', true],
    [0, '-0', true],
    [3.4028234663852886e38, 'inf', false],
    [3.4028234663852886e38, '3.4028235e38', true],
  ])('%d written as %s, with and without a tolerance, and in a condition: %s', (value, written, expected) => {
    const layer = constant(value)
    expect([matches(layer, written), matches(layer, `${written} ~ 1e-3`)]).toEqual([expected, expected])
    expect(matches(layer, '@c', `c.value == ${written}`)).toBe(expected)
    expect(matches(layer, '@c', `c.value != ${written}`)).toBe(!expected)
  })
  test.each(['c.value < 1', 'c.value >= 1', 'not c.value < 1', 'not c.value >= 1'])('NaN: %s is not known', (where) => {
    expect(matches(constant(NaN), '@c', where)).toBe(false)
  })
  test('the largest float64 is no infinity', () => {
    const layer = constant(MAX_VALUE, 'float64')
    expect(matches(layer, '@c', 'c.value < inf')).toBe(true)
    expect(matches(layer, '@c', 'c.value == inf')).toBe(false)
    expect(matches(layer, '@c', 'c.value * 2 == inf')).toBe(true)
  })
  test('they are written as they are read', () => {
    const text = 'rule "a"\ny = Where(c, x, -inf)\n=>\ny = Add(x, -0)\nwhere x.size < inf\n'
    expect(printRule(parseRule(text)).trim()).toBe(text.trim())
    expect(() => read('inf = Relu(x)\n=>\ninf = Neg(x)')).toThrow(RuleSyntaxError)
  })
  test('0 and -0 are not the same where a condition that is not known chooses', () => {
    const right = (yes: string, no: string): string =>
      `y = Foo(x, s)\n=>\ny = Bar(x, {choose(s.shape[0] == 2, ${yes}, ${no})}: float32)`
    const made = (text: string): boolean => {
      const network = new Network(genericDialect)
      const s = network.addInput('s', 'int64', ['N'])
      one('Foo', [s], { outputs: [{ dtype: 'float32', shape: [4] }] }, network)
      return new RewritePatternManager().add('a', new RulePattern(text)).rewrite(network).rewrites === 1
    }
    expect([made(right('0', '0')), made(right('0', '-0'))]).toEqual([true, false])
  })
})

describe('what is not known decides nothing, and its opposite neither', () => {
  const rule = (where: string) => new RulePattern(`y = Foo(x, s?)\n=>\ny = Bar(x)\nwhere ${where}`)
  const withConstant = (values: readonly number[]) => {
    const network = new Network(genericDialect)
    return one('Foo', [network.addConstant(ConstantValue.of('int64', [values.length], values))], {}, network)
  }
  const matches = (where: string, layer: ReturnType<typeof one>) => rule(where).match(layer) instanceof Match

  test('a constant of one element is a list of one, and that element', () => {
    expect(matches('not 0 in s.value', withConstant([0]))).toBe(false)
    expect(matches('0 in s.value', withConstant([0]))).toBe(true)
    expect(matches('not 0 in s.value', withConstant([3]))).toBe(true)
    expect(matches('s.value == 3', withConstant([3]))).toBe(true)
    expect(matches('s.value == [3]', withConstant([3]))).toBe(true)
    expect(matches('s.value == [3]', withConstant([3, 3]))).toBe(false)
    expect(matches('not 0 in s.value', withConstant([1, 0]))).toBe(false)
  })

  test('a value that is no constant, an operand that is absent, a size that is a name', () => {
    const network = new Network(genericDialect)
    const free = one('Foo', [network.addInput('s', 'int64', ['N'])], {}, network)
    for (const where of [
      '0 in s.value',
      'not 0 in s.value',
      'not s.value == 1',
      'not (s.value > 1)'.replace(/[()]/g, ''),
    ])
      expect(matches(where, free), where).toBe(false)
    expect(matches('not s.isConstant', free)).toBe(true)
    const absent = one('Foo', [])
    for (const where of ['s.isConstant', 'not s.isConstant', 'not s.rank == 1', 'not s.rank == 1 and x.rank == 1'])
      expect(matches(where, absent), where).toBe(false)
    expect(matches('not s.rank == 1 or x.rank == 1', absent)).toBe(true)
  })
})

describe('a right side gives what stands for what it replaces', () => {
  test('several operands are not one', () => {
    expect(() => read('y = Foo(x, ...c)\n=>\ny = Bar(x, c)')).toThrow(/c stands for several operands: write \.\.\.c/)
    expect(() => read('y = Foo(x)\n=>\ny = Bar(...x)')).toThrow(/uses \.\.\.x, which the left side does not bind/)
    expect(() => read('y = Foo(Baz(c), ...c)\n=>\ny = Bar(...c)')).toThrow(/c for one value and \.\.\.c for several/)
  })

  const changes: readonly (readonly [what: string, text: string, layer: () => ReturnType<typeof one>])[] = [
    [
      'the shape of an output',
      'y = Sub(x, x)\n=>\ny = {0}',
      () => {
        const network = new Network(genericDialect)
        const x = network.addInput('a', 'float32', [4])
        const layer = network.addLayer({ kind: 'Sub', inputs: [x, x], outputs: F32 })
        network.markOutput(layer.output()!, 'out')
        return layer
      },
    ],
    [
      'the type of an output',
      'y = Cast(x)\n=>\ny = x',
      () => one('Cast', [], { outputs: [{ dtype: 'int64', shape: [4] }] }),
    ],
    [
      'the rank of an output',
      'y = Squeeze(x)\n=>\ny = x',
      () => one('Squeeze', [], { outputs: [{ dtype: 'float32', shape: [] }] }),
    ],
  ]
  test.each(changes)('%s is kept: the rule gives up, and says why', (_, text, make) => {
    const { network } = make()
    const before = snapshotOf(network)
    const pattern = new RulePattern(text)
    const summary = new RewritePatternManager().add('rule', pattern).rewrite(network)
    expect(summary.rewrites).toBe(0)
    expect(snapshotOf(network)).toEqual(before)
  })

  const onnx = () => new Network(onnxDialect, { opsets: { '': 17 } })
  const unbound: readonly (readonly [what: string, text: string, make: () => Network, why: RegExp])[] = [
    [
      'a name of the alternative that was not taken',
      'y = (Neg(a) | Abs(b))\n=>\ny = Relu(a)',
      () => one('Abs', [], {}, onnx()).network,
      /a is bound by another alternative only/,
    ],
    [
      'an attribute of a layer that is missing',
      'y = Relu(Softmax<axis=$a>?(x))\n=>\ny = Softmax<axis=$a>(x)'.replace('Softmax<axis=$a>?', 'Softmax?<axis=$a>'),
      () => one('Relu', [], {}, onnx()).network,
      /\$a is bound by another alternative, or a layer that is missing/,
    ],
    [
      'an operand that is absent',
      'y = Clip(x, a?, c)\n=>\ny = Max(a, c)',
      () => {
        const network = onnx()
        const x = network.addInput('x', 'float32', [4])
        const clip = network.addLayer({ kind: 'Clip', inputs: [x, null, x], outputs: F32 })
        network.markOutput(clip.output()!, 'out')
        return network
      },
      /operand data_0 of Max is not given/,
    ],
  ]
  test('further operands of which there are none', () => {
    const network = one('Relu', [], {}, onnx()).network
    const pattern = new RulePattern('y = Relu(x, ...more)\n=>\ny = Add(x, ...more)')
    expect(new RewritePatternManager().add('rule', pattern).rewrite(network).rewrites).toBe(0)
    expect(pattern.log.map((l) => l.message).join()).toMatch(/operand B of Add is not given/)
  })
  test.each(unbound)('%s is not there: the rule gives up, and says why', (_, text, make, why) => {
    const network = make()
    const before = snapshotOf(network)
    const pattern = new RulePattern(text)
    expect(new RewritePatternManager().add('rule', pattern).rewrite(network).rewrites).toBe(0)
    expect(snapshotOf(network)).toEqual(before)
    expect(pattern.log.map((l) => l.message).join()).toMatch(why)
  })

  test('a Split of three whose third result is used is no Split of two', () => {
    const layer = one('Split', [], { outputs: [F32[0], F32[0], F32[0]] })
    const rule = new RulePattern('a, b = Split(x)\n=>\na, b = Two(x)')
    expect(String(rule.explain(layer))).toMatch(/also used by network output out2/)
  })
})

function failureOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('it was accepted')
}
