/** What a rule leaves open of a layer it keeps: passed on, named, or an error before the rule is used. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import {
  genericDialect,
  Network,
  parseRule,
  printRule,
  RewritePatternManager,
  RuleError,
  RulePattern,
  Schemas,
  snapshotOf,
} from '../../src/engine'
import { expectNoMatch, expectRewrite } from '../patterns/expect-rewrite'
import { net } from '../patterns/notation'
import { F32 } from './support'

const schemas = Schemas.newest(onnxDialect)
const entry = (text: string) => ({ label: 'rule', benefit: 1, pattern: new RulePattern(text, { schemas }) })
const errorOf = (text: string): RuleError => {
  try {
    new RulePattern(text, { schemas })
  } catch (error) {
    if (error instanceof RuleError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('an attribute that the left leaves open and the right does not name is an error with its place', () => {
  const wrong: readonly (readonly [text: string, line: number, column: number, reason: RegExp])[] = [
    [
      'y = Relu(Conv(x, w))\n=>\ny = Conv(x, w)',
      3,
      5,
      /^Conv would lose auto_pad, dilations, kernel_shape, pads, strides, group of Conv, which the left side leaves open: pass them on, as Conv<\.\.\.\$at>\(…\) on the left and Conv<\.\.\.\$at>\(…\) on the right, or name them/,
    ],
    ['y = Relu(Gemm(a, b))\n=>\ny = Gemm(a, b)', 3, 5, /Gemm would lose alpha, beta, transA, transB/],
    ['y = Relu(Gemm<transA=0>(a, b))\n=>\ny = Gemm<alpha=1, beta=1>(a, b)', 3, 5, /Gemm would lose transB of Gemm/],
    [
      'y = Gemm(a, b)\n=>\ny = MatMul(a, b)',
      1,
      5,
      /leaves alpha, beta, transA, transB of Gemm open.*Gemm<alpha=1, beta=1, transA=0, transB=0>/,
    ],
    ['y = Relu(LeakyRelu(x))\n=>\ny = Relu(x)', 1, 10, /leaves alpha of LeakyRelu open.*LeakyRelu<\.\.\.\$any>/],
    ['y = Concat(a, b)\n=>\ny = a', 1, 5, /leaves axis of Concat open.*Concat<axis=…>/],
    ['y = Neg(Softmax(x))\n=>\n  s = Neg(x)\n  y = Softmax(s)', 4, 7, /lose axis of Softmax.*pass it on/],
    ['y = (Relu(Softmax<axis=0>(x)) | Neg(Softmax(x)))\n=>\ny = Softmax(x)', 3, 5, /would lose axis/],
    [
      'y = Relu(Conv(x, w))\n=>\ny = com.microsoft.FusedConv<activation="Relu">(x, w)',
      3,
      5,
      /com\.microsoft\.FusedConv would lose auto_pad, .* of Conv/,
    ],
    [
      'y = Add(LayerNormalization(x, s), b)\n=>\ny = com.microsoft.SkipLayerNormalization<epsilon=1>(x, b, s)',
      3,
      5,
      /say on the left what axis is, as LayerNormalization<axis=…>.*has no such attribute/,
    ],
    ['y = Relu(Conv<...$at>(x, w))\n=>\ny = Conv(x, w)', 3, 5, /would lose what \.\.\.\$at stands for/],
    ['y = Conv<...$a>(Conv(x, v), w)\n=>\ny = Conv<...$a>(x, w)', 3, 5, /would lose auto_pad/],
  ]
  test.each(wrong)('%j', (text, line, column, reason) => {
    const error = errorOf(text)
    expect(error.place).toEqual({ line, column })
    expect(error.reason).toMatch(reason)
    expect(error.message).toBe(`line ${line}, column ${column}: ${error.reason}`)
  })

  test.each([
    'y = Relu(Conv<...$at>(x, w))\n=>\ny = Conv<...$at>(x, w)',
    'y = Relu(Softmax<axis=$a>(x))\n=>\ny = Softmax<axis=$a>(x)',
    'y = Relu(Softmax<axis=-1>(x))\n=>\ny = Softmax(x)',
    'y = Relu(Softmax<axis=$a>(x))\n=>\ny = Softmax(x)\nwhere $a == -1',
    'p = Conv<...$a>(x, v)\nq = Conv<...$b>(x, w)\n=>\np = Conv<...$a>(x, v)\nq = Conv<...$b>(x, w)',
    'y = Relu(Relu(x))\n=>\ny = Relu(x)',
    'y = Relu(Conv<...$any>(x, w))\n=>\ny = Neg(x)',
    'y = Size(Transpose<perm=$any?>(x))\n=>\ny = Size(x)',
    't = Softmax(x)\ny = Relu(Relu(t))\n=>\ny = Relu(t)',
    'y = Softmax(x)\n=>\ny = my.Softmax<axis=-1>(x)',
    'y = Cast<to=$b>(Cast<to=$a>(x))\n=>\ny = Cast<to=$b>(x)',
    'y = Reshape(Cast<to=float16>(x), s)\n=>\ny = x',
  ])('%j is fine', (text) => {
    expect(() => new RulePattern(text, { schemas })).not.toThrow()
  })

  test('where code makes the right side, the text of it is for people', () => {
    const build = () => null
    expect(() => new RulePattern('y = Relu(Conv(x, w))\n=>\ny = Conv(x, w)', { schemas, build })).not.toThrow()
  })

  test('without schemas a match tells what would be lost: the rule gives up, and nothing changes', () => {
    const network = new Network(genericDialect)
    const x = network.addInput('x', 'float32', [4])
    const foo = network.addLayer({ kind: 'my.Foo', inputs: [x], attributes: { level: 3 }, outputs: F32 })
    const y = network.addLayer({ kind: 'Relu', inputs: [foo.output()], outputs: F32 })
    network.markOutput(y.output()!, 'y')
    const before = snapshotOf(network)
    const pattern = new RulePattern('y = Relu(my.Foo(x))\n=>\ny = my.Foo(x)')
    expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(0)
    expect(snapshotOf(network)).toEqual(before)
    expect(pattern.log.map((l) => l.message).join()).toMatch(/my\.Foo would lose level of/)
    const passed = new RulePattern('y = Relu(my.Foo<...$a>(x))\n=>\ny = my.Foo<...$a>(x)')
    expect(new RewritePatternManager().add('r', passed).rewrite(network).rewrites).toBe(1)
    expect(network.getOutputs()[0]!.parent!.record.attributes).toEqual({ level: 3 })
  })
})

test('an attribute that only an older operator has is seen at a match', () => {
  const { pattern } = entry('y = Relu(ReduceMean<keepdims=1>(x))\n=>\ny = ReduceMax<keepdims=1>(x)')
  const network = net('in x float32[2,3]\ny = Relu(ReduceMean<axes=[1]>(x))\nout y', 13)
  expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites).toBe(0)
  expect(pattern.log.map((l) => l.message).join()).toMatch(/has axes, of which the rule says nothing/)
})

describe('attributes that are passed on', () => {
  const CONV = 'in x float32[1,2,6,6]\nconst w float32[2,2,3,3]'

  test('arrive whole, the defaults as defaults', async () => {
    const after = await expectRewrite(
      entry('y = Relu(Relu(Conv<...$at>(x, @w)))\n=>\ny = Relu(Conv<...$at>(x, w))'),
      net(`${CONV}\ny = Relu(Relu(Conv<pads=[1,0,1,0], strides=[2,1]>(x, w)))\nout y`),
      'y = Relu(Conv<pads=[1,0,1,0], strides=[2,1]>(x, w))',
    )
    expect(after.layersOfKind('Conv')[0]!.record.attributes).toEqual({ pads: [1, 0, 1, 0], strides: [2, 1] })
  })

  test('what the right names stands in the place of what is passed on', async () => {
    await expectRewrite(
      entry(
        'y = Conv<...$at, pads=[0,0,0,0]>(Pad<mode="constant">(x, @p), @w)\n=>\ny = Conv<...$at, pads={[p.value[2], p.value[3], p.value[6], p.value[7]]}>(x, w)',
      ),
      net(`${CONV}\nconst p int64[8] = 0 0 1 2 0 0 1 2\ny = Conv<pads=[0,0,0,0], strides=[2,2]>(Pad(x, p), w)\nout y`),
      'y = Conv<pads=[1,2,1,2], strides=[2,2]>(x, w)',
    )
  })

  test('to a kind that has the same and more', async () => {
    await expectRewrite(
      entry('y = Relu(Conv<...$at>(x, @w))\n=>\ny = com.microsoft.FusedConv<...$at, activation="Relu">(x, w)'),
      net(`${CONV}\ny = Relu(Conv<pads=[1,1,1,1]>(x, w))\nout y`),
      'y = com.microsoft.FusedConv<pads=[1,1,1,1], activation="Relu">(x, w)',
    )
  })

  const NORM = 'in x float32[2,3,4]\nin r float32[2,3,4]\nconst s float32[4]\nconst b float32[4]'
  const skip = entry(
    't = Add(x, r)\ny = LayerNormalization<...$at, axis=-1, stash_type=1>(t, s, b)\n=>\ny = com.microsoft.SkipLayerNormalization<...$at>(x, r, s, b)',
  )
  test('to a kind with another default: what the first has by default is written', async () => {
    const after = await expectRewrite(
      skip,
      net(`${NORM}\ny = LayerNormalization(Add(x, r), s, b)\nout y`),
      'y = com.microsoft.SkipLayerNormalization<epsilon=0.00001>(x, r, s, b)',
    )
    expect(after.getLayers()[0]!.record.attributes).toEqual({ epsilon: 1e-5 })
  })

  test('the same name twice asks for the same attributes, defaults included', () => {
    const twice = entry('y = Softmax<...$a>(Softmax<...$a>(x))\n=>\ny = Softmax<...$a>(Neg(x))')
    const of = (a: string, b: string) => net(`in x float32[2,3]\ny = Softmax${a}(Softmax${b}(x))\nout y`)
    expectNoMatch(twice, of('<axis=0>', '<axis=1>'))
    for (const [a, b] of [
      ['<axis=0>', '<axis=0>'],
      ['<axis=-1>', ''],
      ['', ''],
    ] as const)
      expect(new RewritePatternManager().add('r', twice.pattern).rewrite(of(a, b)).rewrites).toBe(1)
  })

  test('from a layer that is missing, or of which the other kind knows nothing: it gives up and says why', () => {
    const tries: readonly (readonly [rule: string, network: string, why: RegExp])[] = [
      [
        'y = Relu(Softmax?<...$a>(x))\n=>\ny = Softmax<...$a>(Neg(x))',
        'y = Relu(x)',
        /\.\.\.\$a is bound by another alternative, or a layer that is missing/,
      ],
      ['y = LeakyRelu<...$a>(x)\n=>\ny = Relu<...$a>(x)', 'y = LeakyRelu<alpha=0.5>(x)', /Relu has no attribute alpha/],
    ]
    for (const [rule, text, why] of tries) {
      const network = net(`in x float32[2,3]\n${text}\nout y`)
      const { pattern } = entry(rule)
      expect(new RewritePatternManager().add('r', pattern).rewrite(network).rewrites, rule).toBe(0)
      expect(pattern.log.map((l) => l.message).join()).toMatch(why)
    }
  })

  test('print as they are read', () => {
    const text =
      'rule "r"\ny = Relu?<...$a, axis=1>(x)\n=>\ny = Foo<...$a, axis=2>(x, 0: int64, {[1, x.rank]}: int32)\n'
    expect(printRule(parseRule(text))).toBe(text)
  })

  test.each([
    ['y = Relu<...$a>(Foo<b=$a>(x))\n=>\ny = Neg(x)', /\$a for one attribute and \.\.\.\$a for several/],
    ['y = Relu<...$a>(x)\n=>\ny = Neg<...$b>(x)', /uses \.\.\.\$b, which the left side does not bind/],
    ['y = my.Foo<...$a>(x)\n=>\ny = my.Bar<axis=$a>(x)', /\$a stands for several attributes: write \.\.\.\$a/],
  ])('used as what they are not: %j', (text, why) => {
    expect(() => new RulePattern(text)).toThrow(why)
  })
})

describe('operators are what the dialect has', () => {
  test.each([
    ['y = Sigmoyd(x)\n=>\ny = Relu(x)', 1, 5, 'there is no operator Sigmoyd: do you mean Sigmoid?'],
    ['y = Relu(relu(x))\n=>\ny = Relu(x)', 1, 10, 'there is no operator relu: do you mean Relu?'],
    ['y = Relu(x)\n=>\ny = Qwertyuiop(x)', 3, 5, 'there is no operator Qwertyuiop'],
    ['y = Relu(x)\n=>\ny = Softmax<axes=1>(x)', 3, 5, 'Softmax has no attribute axes: do you mean axis?'],
    ['y = Relu(x)\n=>\ny = Softmax<axis="x">(x)', 3, 5, 'attribute axis of Softmax is a whole number, not "x"'],
    ['y = Relu(x)\n=>\ny = Softmax<axis=0.5>(x)', 3, 5, 'attribute axis of Softmax is a whole number, not 0.5'],
    [
      'y = Relu(x)\n=>\ny = Transpose<perm=1>(x)',
      3,
      5,
      'attribute perm of Transpose is a list of whole numbers, not 1',
    ],
    ['y = Relu(x)\n=>\ny = Concat(x, x)', 3, 5, 'attribute axis of Concat is not given'],
    ['y = Relu(x)\n=>\ny = Neg(Abs(x, x))', 3, 9, 'Abs takes at most 1 operands, not 2'],
  ])('%j', (text, line, column, reason) => {
    expect(errorOf(text)).toMatchObject({ place: { line, column }, reason })
  })

  test.each([
    [
      'y = com.microsoft.Gellu(x)\n=>\ny = Relu(x)',
      1,
      5,
      /^there is no operator com\.microsoft\.Gellu: do you mean com\.microsoft\.Gelu\?/,
    ],
    [
      'y = Relu(x)\n=>\ny = com.microsoft.Gellu(x)',
      3,
      5,
      /do you mean com\.microsoft\.Gelu\? If it is meant, write operator com\.microsoft\.Gellu/,
    ],
    ['y = $f:(Relu | com.microsoft.Gellu)(x)\n=>\ny = x', 1, 5, /do you mean com\.microsoft\.Gelu\?/],
    ['y = Relu(x)\n=>\ny = x\nwhere x.kind == "com.microsoft.Gellu"', 4, 17, /do you mean com\.microsoft\.Gelu\?/],
    [
      'y = Relu(x)\n=>\ny = com.microsoft.Qwertyuiop(x)',
      3,
      5,
      /^there is no operator com\.microsoft\.Qwertyuiop: write operator com/,
    ],
    ['operator com.microsoft.Other\ny = Relu(x)\n=>\ny = com.microsoft.Gellu(x)', 4, 5, /do you mean/],
    ['operator com.microsoft.Relu\ny = Rellu(x)\n=>\ny = Relu(x)', 2, 5, /do you mean Relu\?/],
  ])('of a domain that is known: %j', (text, line, column, reason) => {
    expect(errorOf(text)).toMatchObject({ place: { line, column }, reason: expect.stringMatching(reason) })
  })

  test.each([
    'operator com.microsoft.Gellu\ny = com.microsoft.Gellu(x)\n=>\ny = Relu(x)',
    'rule "A" exact benefit 3\nlet f(x) = Relu(x)\noperator com.microsoft.Gellu, com.microsoft.Own\ny = f(x)\n=>\ny = com.microsoft.Own(com.microsoft.Gellu(x))',
    'operator com.microsoft.Gellu\ny = $f:(Relu | com.microsoft.Gellu)(x)\n=>\ny = x\nwhere x.kind == "com.microsoft.Gellu"',
  ])('one that the rule declares is meant, and stays declared: %j', (text) => {
    expect(() => new RulePattern(text, { schemas })).not.toThrow()
    expect(parseRule(printRule(parseRule(text)))).toEqual(parseRule(text))
    expect(() => new RulePattern(printRule(parseRule(text)), { schemas })).not.toThrow()
  })
  test('what ONNX Runtime has is known without a schema, and a value may be called operator', () => {
    const rule = 'rule "A"\noperator = Relu(x)\ny = com.microsoft.MoE(operator)\n=>\ny = com.microsoft.QMoE(x)'
    expect(() => new RulePattern(rule, { schemas })).not.toThrow()
  })
  test('only operators with a domain are declared', () => {
    expect(() => parseRule('operator Gellu\ny = Relu(x)\n=>\ny = x')).toThrow(/expected an operator with its domain/)
  })

  test('those of other domains may be anyone’s', () => {
    expect(() => new RulePattern('y = my.Own(x)\n=>\ny = my.Other<a="b">(x)', { schemas })).not.toThrow()
  })
})

describe('a right side is made as the operator set of the network has it', () => {
  const halves = {
    rule: `y1 = Slice(x, @b1, @e1, @a)
y2 = Slice(x, @b2, @e2, @a)
=>
y1, y2 = Split<num_outputs=2, axis=0>(x)
where e1.value == b2.value`,
    network: `in x float32[4,2]
const b int64[1] = 0
const m int64[1] = 2
const e int64[1] = 4
const a int64[1] = 0
p = Slice(x, b, m, a)
q = Slice(x, m, e, a)
out p
out q`,
  }
  const swish = {
    rule: 'y = Mul(x, Sigmoid(x))\n=>\ny = Swish(x)',
    network: 'in x float32[4]\ny = Mul(x, Sigmoid(x))\nout y',
  }
  const squeeze = {
    rule: 'y = Reshape(x, @s)\n=>\ny = Squeeze(x, {[0]})\nwhere x.shape == [1, N]',
    network: 'in x float32[1,4]\nconst s int64[1] = 4\ny = Reshape(x, s)\nout y',
  }
  test.each([
    ['an attribute that came later', halves, 10, 'Split of operator set 10 has no attribute num_outputs'],
    ['an attribute that came later', halves, 17, 'Split of operator set 17 has no attribute num_outputs'],
    ['an attribute that came later', halves, 18, null],
    ['an operator that came later', swish, 6, 'Swish is not in operator set 6'],
    ['an operator that came later', swish, 23, 'Swish is not in operator set 23'],
    ['an operator that came later', swish, 24, null],
    ['an operand that was an attribute', squeeze, 12, 'Squeeze of operator set 12 takes 1 operands, not 2'],
    ['an operand that was an attribute', squeeze, 13, null],
  ])('%s: %j in operator set %i', (_, { rule, network }, opset, why) => {
    const { label, pattern } = entry(rule)
    const { rewrites } = new RewritePatternManager().add(label, pattern).rewrite(net(network, opset))
    const said = pattern.log.at(-1)?.message.replace(/^.* and left it: /, '') ?? null
    expect([rewrites, said]).toEqual([why === null ? 1 : 0, why])
  })
})
