/** Every pattern of the library on networks made for it, for both targets: before and after are equal, as its class says. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import {
  findMatches,
  Match,
  networkFromSnapshot,
  PatternRewriter,
  RewriteLimitError,
  RulePattern,
  snapshotOf,
} from '../../src/engine'
import { onnxLibrary } from '../../src/patterns'
import type { NetworkSnapshot } from '../../src/engine'
import type { LibraryEntry, Target } from '../../src/patterns'
import {
  holds,
  instanceOf,
  networkFromText,
  ruleVerdictText,
  speaksAgainst,
  testPattern,
  testRule,
} from '../../src/verify'
import type { Claim, Runtime } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { MOTIFS } from '../../src/verify/instances/motifs'
import { QUANTIZATION } from '../../src/verify/instances/motifs/quantization'
import { NO_KERNEL, subjectOf } from './library-instances'

const runtime = await nodeRuntime()
/** A runtime that gives up after so many networks were compared, each opened before and after. */
function runtimeThatRuns(times: number): Runtime {
  let opened = 0
  const load: Runtime['load'] = (model) =>
    opened++ < 2 * times ? runtime.load(model) : Promise.reject(new Error('tired'))
  return { ...runtime, load }
}

const ENTRIES = (['ort', 'onnx'] as const).flatMap((target) =>
  onnxLibrary(target).map((e): [string, Target, LibraryEntry] => [e.label, target, e]),
)

describe('twenty instances, seeds 1 to 20', () => {
  test.each(ENTRIES)('%s for %s', async (label, target, entry) => {
    const { verdict, matched, compared, counterexample, reasons } = await testPattern(
      subjectOf(entry, target),
      runtime,
      {
        instances: 20,
      },
    )
    expect(counterexample && `seed ${counterexample.seed}: ${counterexample.reason}`).toBeNull()
    expect(matched, 'instances that matched').toBeGreaterThan(0)
    if (!NO_KERNEL.has(label)) expect([verdict, compared > 0, [...reasons]]).toEqual(['equal', true, [...reasons]])
  })
})

describe('an instance', () => {
  const gelu = subjectOf(
    onnxLibrary('ort').find((e) => e.label === 'Gelu (erf)')!,
    'ort',
  )
  test('is the same for the same seed, and others for others', () => {
    expect(instanceOf(gelu, 5)).toEqual(instanceOf(gelu, 5))
    expect(instanceOf(gelu, 5)).not.toEqual(instanceOf(gelu, 6))
  })
  test('says whether it matches', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { snapshot, matches } = instanceOf(gelu, seed)!
      const found = [...findMatches(networkFromSnapshot(snapshot, onnxDialect), { ...gelu, benefit: 1 })]
      expect(found.some((m) => m instanceof Match)).toBe(matches)
    }
  })
  test('is of other forms, types, ranks and variants', () => {
    const drawn = Array.from({ length: 60 }, (_, i) => instanceOf(gelu, i + 1)!)
    const input = drawn.map(({ snapshot }) => snapshot.tensors.find((t) => t.id === snapshot.inputs[0])!)
    expect(new Set(input.map((t) => t.dtype)).size).toBeGreaterThan(1)
    expect(new Set(input.map((t) => t.shape?.length)).size).toBeGreaterThan(2)
    expect(new Set(drawn.map((i) => i.snapshot.layers.map((l) => l.kind).join())).size).toBeGreaterThan(5)
    expect(new Set(drawn.map((i) => i.variant))).toEqual(
      new Set(['plain', 'shared', 'output', 'constants', 'rank', 'names']),
    )
  })
  test('has a size of 0 now and then', () => {
    const drawn = Array.from({ length: 100 }, (_, i) => instanceOf(gelu, i + 1)!)
    const hasNothing = drawn.filter(({ snapshot }) => snapshot.tensors.some((t) => t.shape?.includes(0)))
    expect(hasNothing.length).toBeGreaterThan(0)
    expect(hasNothing.length).toBeLessThan(20)
  })
  test('is drawn from motifs for patterns in code, and for rules of quantized operands, which go together in few ways', () => {
    const ofRules = ENTRIES.filter(([, target, e]) => e.make(target) instanceof RulePattern).map(([label]) => label)
    expect(new Set(ofRules.filter((label) => label in MOTIFS))).toEqual(new Set(Object.keys(QUANTIZATION)))
  })
  test('of a pattern in code that nobody knows is an error', () => {
    const { pattern } = onnxLibrary('ort')
      .find((e) => e.label === 'No-op')!
      .make('ort') as never
    expect(() => instanceOf({ label: 'my own', pattern, claim: 'exact' }, 1)).toThrow(/my own is a pattern in code/)
  })
})

describe('a rule of one’s own', () => {
  const tried = (text: string, claim: Claim = 'rounding') =>
    testPattern({ label: 'own', pattern: new RulePattern(text), claim }, runtime, { instances: 40 })
  test.each([
    ['that is right', 'y = Mul(x, Sigmoid(x))\n=>\ny = Swish<alpha=1>(x)\nwhere x.dtype == float32', 'equal'],
    ['that is right and exact', 'y = Neg(Neg(x))\n=>\ny = x', 'equal'],
    ['with Sub for Add', 'y = Add(Neg(x), z)\n=>\ny = Sub(x, z)', 'differs'],
    ['that swaps what may be swapped again', 'y = Add(a, b)\n=>\ny = Add(b, a)', 'endless'],
    ['that makes its own left side, and is wrong', 'y = Relu(x)\n=>\ny = Relu(Neg(x))', 'differs'],
    ['that is wrong where operands tie', 'y = Not(Greater(a, b))\n=>\ny = Less(a, b)', 'differs'],
    ['that is right where operands tie', 'y = Not(Greater(a, b))\n=>\ny = LessOrEqual(a, b)', 'equal'],
    [
      'that takes another of the largest',
      'y = ArgMax<axis=$a, keepdims=$k, select_last_index=0>(x)\n=>\ny = ArgMax<axis=$a, keepdims=$k, select_last_index=1>(x)',
      'differs',
    ],
    [
      'that loses a switch',
      'y = Neg(CumSum<exclusive=$e, reverse=$r>(x, a))\n=>\ny = CumSum<exclusive=$e>(Neg(x), a)',
      'differs',
    ],
    ['that is wrong at 0', 'y = Sign(Abs(x))\n=>\ny = Add(Sub(x, x), 1)\nwhere x.dtype == float32', 'differs'],
    ['that loses NaN', 'y = Max(x, x)\n=>\ny = Relu(x)', 'differs'],
    ['with a Gemm of any rank', 'y = Add(MatMul(a, b), c)\n=>\ny = Gemm(a, b, c)', 'differs'],
    [
      'with a Gemm of rank 2',
      'y = Add(MatMul(a, b), c)\n=>\ny = Gemm(a, b, c)\nwhere a.rank == 2, b.rank == 2, c.rank <= 2',
      'equal',
    ],
    ['nearly right', 'y = Relu(x)\n=>\ny = LeakyRelu<alpha=0.01>(x)', 'differs'],
    ['that passes attributes on', 'y = Relu(Relu(Softmax<...$a>(x)))\n=>\ny = Softmax<...$a>(x)', 'equal'],
    ['of a commutative layer', 'y = Add(Mul(a, b), Mul(a, c))\n=>\ny = Mul(a, Add(b, c))', 'equal'],
    [
      'whose constants conditions name',
      'y = Div(Clip(Add(x, @b), @l, @h), @s)\n=>\ny = HardSigmoid<alpha=0.16666667, beta=0.5>(x)\n' +
        'where b.size == 1, b.value == 3, l.value == 0, abs(h.value - 6) <= 0.001, s.size == 1, s.value == 6, x.dtype == float32',
      'equal',
    ],
    [
      'with a bias as long as what a Conv makes',
      'y = Conv<...$at>(x, @w, @b)\n=>\ny = Conv<...$at>(x, w)\nwhere all(b.value == 0)',
      'equal',
    ],
    [
      'of a padding that the layer works out',
      'y = Conv<...$at, auto_pad="VALID", pads=none>(x, w)\n=>\ny = Conv<...$at>(x, w)\nwhere x.dtype == float32',
      'equal',
    ],
    [
      'of a tensor that is an attribute',
      'y = Cast<to=$t>(ConstantOfShape<value=$v>(s))\n=>\ny = ConstantOfShape<value={tensor($v, $t)}>(s)',
      'equal',
    ],
    [
      'of what is true or false',
      'y = And(Expand(x, s), z)\n=>\ny = And(x, z)\nwhere And(x, z).shape == y.shape',
      'equal',
    ],
    ['of kind variables alone', 'y = $f:(Add | Sub)(x, 0)\n=>\ny = Identity(x)', 'equal'],
    ['of kind variables alone, of which one is wrong', 'y = $f:(Add | Mul)(x, 0)\n=>\ny = Identity(x)', 'differs'],
    ['of an attribute by its name', 'y = Gelu<approximate=$a>(x)\n=>\ny = Gelu(x)\nwhere $a == "tanh"', 'differs'],
    ['of one of several results', 'a, b = Split<axis=0, num_outputs=2>(x)\n=>\na = Relu(x)', 'differs'],
    ['that holds of floats alone', 'y = Mul(Div(x, 2), 2)\n=>\ny = x', 'differs'],
    ['that holds of them, and says so', 'y = Mul(Div(x, 2), 2)\n=>\ny = x\nwhere x.dtype == float32', 'equal'],
    ['that leaves out what is drawn at random', 'y = Dropout(x, r?, t?)\n=>\ny = x', 'differs'],
    ['of whole numbers', 'y = BitwiseAnd(x, x)\n=>\ny = x', 'equal'],
    ['of bytes', 'y = Abs(Abs(ConvInteger<...$a>(x, w)))\n=>\ny = Abs(ConvInteger<...$a>(x, w))', 'equal'],
    [
      'that pads with 0, and not with the zero point',
      'y = ConvInteger<pads=none, auto_pad="NOTSET", ...$a>(Pad(x, @p), w, z)\n=>\n' +
        'y = ConvInteger<pads={p.value[2:4] ++ p.value[6:8]}, ...$a>(x, w, z)\n' +
        'where x.rank == 4, p.value[:2] == [0, 0], p.value[4:6] == [0, 0]',
      'differs',
    ],
    [
      'of a shape that must be computed',
      'y = Reshape<allowzero=0>(x, s)\n=>\ny = Reshape(x, {y.shape})\nwhere not s.isConstant, all(known(y.shape))',
      'equal',
    ],
    ['with a limit that is infinite', 'y = Max(x, 0)\n=>\ny = Clip(x, 0, inf)\nwhere x.dtype == float32', 'equal'],
    ['on an operator that no runtime has', 'y = my.Own(x)\n=>\ny = my.Other(x)', 'not-proved'],
    ["to an operator of somebody's own", 'y = Add(MatMul(x, w), b)\n=>\ny = com.mine.Linear(x, w, b)', 'not-proved'],
  ] as const)('%s: %j is %s', async (_, text, verdict) => {
    const found = await tried(text)
    expect(found.matched).toBeGreaterThan(0)
    expect(found.verdict).toBe(verdict)
    expect(found.counterexample === null).toBe(!speaksAgainst(verdict))
  })
  test('that never ends is told as that, with the numbers of its first rewrite', async () => {
    const pattern = new RulePattern('y = Add(a, b)\n=>\ny = Add(b, a)')
    const tested = await testRule({ label: 'own', pattern, claim: 'rounding' }, runtime, { instances: 5 })
    expect(ruleVerdictText(tested)).toMatch(
      /^never ends: it matches what it makes, and was stopped after 200 rewrites; .*By numbers: after its first rewrite equal on 3 networks$/,
    )
    expect([holds(tested), tested.counterexample!.before.layers.length]).toEqual([false, 1])
    expect(tested.counterexample!.after!.layers).toHaveLength(1)
  })
  test('that never ends and is wrong is told as both', async () => {
    const pattern = new RulePattern('y = Relu(x)\n=>\ny = Relu(Neg(x))')
    const tested = await testRule({ label: 'own', pattern, claim: 'rounding' }, runtime, { instances: 5 })
    expect(ruleVerdictText(tested)).toMatch(/^differs: out_y differs.*It also never ends: it matches what it makes$/)
    expect(tested.counterexample!.after!.layers).toHaveLength(2)
  })
  test('in code that never ends is asked for its first rewrite', async () => {
    const before = snapshotOf(networkFromText('in a float32[2]\nin b float32[2]\ny = Add(a, b)\nout y'))
    const verdictOf = async (made: (given: NetworkSnapshot) => NetworkSnapshot) => {
      const elsewhere = (given: NetworkSnapshot, first?: boolean) =>
        first ? Promise.resolve(made(given)) : Promise.reject(new RewriteLimitError(10, ['own']))
      const pattern = new PatternRewriter('own')
      const subject = { label: 'own', pattern, claim: 'rounding', networks: [before], elsewhere } as const
      return testPattern(subject, runtime, { instances: 3 })
    }
    expect(await verdictOf((same) => same)).toMatchObject({ verdict: 'endless', endless: true, compared: 3 })
    const otherwise = (given: NetworkSnapshot) => ({
      ...given,
      layers: given.layers.map((l) => ({ ...l, kind: 'Sub' })),
    })
    expect(await verdictOf(otherwise)).toMatchObject({ verdict: 'differs', endless: true })
  })
  test('of which no network can be made is not proved, and says so', async () => {
    const pattern = new RulePattern(
      'y = MatMul(Transpose<perm=[1,0,2,4,3]>(x), w)\n=>\ny = MatMul(x, w)\nwhere x.rank == 2',
    )
    const tested = await testRule({ label: 'own', pattern, claim: 'rounding' }, runtime, { instances: 5 })
    expect([tested.verdict, tested.matched]).toEqual(['not-proved', 0])
    expect(tested.reason).toMatch(/no network could be made for it|its conditions ask for more than is drawn/)
  })
  test('of which few networks can be compared is not proved, and says of how many', async () => {
    const pattern = new RulePattern('y = Neg(Neg(x))\n=>\ny = x\nwhere x.dtype == float32')
    const elsewhere = runtimeThatRuns(2)
    const tested = await testRule({ label: 'own', pattern, claim: 'rounding' }, elsewhere, { instances: 40 })
    expect([tested.verdict, tested.compared]).toEqual(['not-proved', 2])
    expect(tested.reason).toMatch(/^compared on only 2 of \d+ networks that it matches; of the others mostly: /)
    expect(tested.instances).toBe(200)
  })
  test('that gives 0 for -0 where operands are equal is not exact', async () => {
    const text = 'y = Neg(Sub(a, b))\n=>\ny = Sub(b, a)'
    expect((await tried(text)).verdict).toBe('equal')
    expect((await tried(text, 'exact')).verdict).toBe('differs')
  })
  test('that rounds is not exact', async () => {
    const text = 'y = Div(x, 3)\n=>\ny = Mul(x, 0.3333333333333333)\nwhere x.dtype == float32'
    expect((await tried(text)).verdict).toBe('equal')
    const { verdict, counterexample } = await tried(text, 'exact')
    expect(verdict).toBe('differs')
    expect(counterexample!.before.layers.length).toBeLessThan(3)
    expect(counterexample!.after!.layers.some((l) => l.kind === 'Mul' && !l.removed)).toBe(true)
  })
  test('stops when it is told to, and tells how far it is', async () => {
    const stop = new AbortController()
    const seen: number[] = []
    const pattern = new RulePattern('y = Neg(Neg(x))\n=>\ny = x')
    const progress = (done: number): void => {
      seen.push(done)
      if (done === 3) stop.abort()
    }
    const run = testPattern({ label: 'own', pattern, claim: 'exact' }, runtime, { signal: stop.signal, progress })
    await expect(run).rejects.toThrow(/abort/i)
    expect(seen).toEqual([1, 2, 3])
  })
})

test('a network in text: numbers have the type of the operand beside them', () => {
  const { tensors } = snapshotOf(networkFromText('in x float16[2]\ny = Mul(x, 2)\nout y'))
  expect(tensors.map((t) => t.dtype)).toEqual(['float16', 'float16', 'float16'])
  expect(() => networkFromText('y = Relu(x)\nout y')).toThrow(/nothing is called x/)
})
