/** Rules that are wrong in one place alone, each for a class that networks or inputs have to be drawn of: none may pass for equal. */
import { describe, expect, test } from 'vitest'
import { parseRules, RulePattern, snapshotOf } from '../../src/engine'
import { networkFromText, speaksAgainst, testPattern, verifyNetworks } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'

const runtime = await nodeRuntime()

/** Whether a rule is caught on the hundred networks that it is tried on where nothing else is said. */
async function isCaught(text: string): Promise<boolean> {
  const graph = parseRules(`rule "own" ${text}`)[0]!
  const subject = { label: 'own', pattern: new RulePattern(graph), claim: graph.claim ?? 'rounding' } as const
  for (let seed = 1; seed <= 100; seed += 20) {
    const { verdict } = await testPattern(subject, runtime, { instances: 20, seed })
    if (speaksAgainst(verdict)) return verdict === 'differs'
  }
  return false
}

/** One layer whose attribute gets its default, or another value. */
const lost = (kind: string, attribute: string, operands = 'x', instead = ''): string =>
  `\ny = Identity(${kind}<${attribute}=$v?, ...$at>(${operands}))\n=>\n` +
  `y = ${kind}<...$at${instead && `, ${attribute}=${instead}`}>(${operands.replaceAll('?', '')})`

const WHOLE = '\nwhere x.dtype in [int32, int64]'

describe('attributes', () => {
  test.each([
    ['ArgMax', 'axis', 'x', ''],
    ['AveragePool', 'dilations', 'x', ''],
    ['AveragePool', 'strides', 'x', '[1,1]'],
    ['AveragePool', 'count_include_pad', 'x', ''],
    ['CenterCropPad', 'axes', 'x, s', ''],
    ['Conv', 'pads', 'x, w, b?', ''],
    ['Conv', 'group', 'x, w, b?', ''],
    ['ConvInteger', 'dilations', 'x, w, b?, c?', ''],
    ['ConvInteger', 'group', 'x, w, b?, c?', ''],
    ['ConvTranspose', 'output_padding', 'x, w, b?', ''],
    ['DepthToSpace', 'mode', 'x', ''],
    ['Gather', 'axis', 'x, i', ''],
    ['GatherElements', 'axis', 'x, i', ''],
    ['Gelu', 'approximate', 'x', ''],
    ['Gemm', 'transA', 'a, b, c?', '1'],
    ['Gemm', 'transB', 'a, b, c?', ''],
    ['IsInf', 'detect_negative', 'x', '0'],
    ['IsInf', 'detect_positive', 'x', ''],
    ['LpNormalization', 'p', 'x', ''],
    ['LpPool', 'p', 'x', ''],
    ['MaxPool', 'dilations', 'x', ''],
    ['MaxPool', 'strides', 'x', ''],
    ['QuantizeLinear', 'axis', 'x, s, z?', ''],
    ['ReduceL1', 'noop_with_empty_axes', 'x, a?', '1'],
    ['ReduceSum', 'noop_with_empty_axes', 'x, a?', '1'],
    ['Resize', 'mode', 'x, r?, s?, z?', ''],
    ['ScatterND', 'reduction', 'x, i, u', ''],
    ['com.microsoft.FusedConv', 'activation', 'x, w, b?, z?', ''],
    ['com.microsoft.FusedMatMul', 'transA', 'a, b', ''],
    ['com.microsoft.FusedMatMul', 'transBatchA', 'a, b', ''],
    ['com.microsoft.FusedMatMul', 'transBatchB', 'a, b', ''],
    ['com.microsoft.FusedMatMul', 'alpha', 'a, b', ''],
    ['com.microsoft.FusedConv', 'activation_params', 'x, w, b?, z?', ''],
    ['com.microsoft.FusedGemm', 'activation_alpha', 'a, b, c?', ''],
    ['LSTM', 'direction', 'x, w, r, ...b', ''],
    ['GRU', 'linear_before_reset', 'x, w, r, ...b', ''],
    ['RNN', 'activation_beta', 'x, w, r, ...b', ''],
    ['Attention', 'is_causal', 'q, k, v, ...m', ''],
    ['Attention', 'softcap', 'q, k, v, ...m', ''],
    ['GridSample', 'padding_mode', 'x, g', ''],
    ['GroupNormalization', 'epsilon', 'x, s, b', ''],
    ['HannWindow', 'periodic', 'n', ''],
    ['Resize', 'coordinate_transformation_mode', 'x, r?, s?, z?', ''],
    ['Resize', 'cubic_coeff_a', 'x, r?, s?, z?', ''],
    ['Resize', 'exclude_outside', 'x, r?, s?, z?', ''],
    ['Resize', 'extrapolation_value', 'x, r?, s?, z?', ''],
    ['TensorScatter', 'mode', 'x, u, w?', ''],
  ])('%s without its %s', async (kind, attribute, operands, instead) => {
    expect(await isCaught(lost(kind, attribute, operands, instead))).toBe(true)
  })
  test('a Split that is told to make fewer parts than it gives is no network, and ends no process', async () => {
    const text =
      '\na, b = Split<num_outputs=$n, ...$at>(x)\ny = Identity(a)\n=>\ny, b = Split<...$at, num_outputs=1>(x)'
    expect(await isCaught(text)).toBe(true)
  })
  test('the order of a TopK is not given up', async () => {
    const text = '\nv, i = TopK<sorted=1, ...$at>(x, k)\ny = Identity(v)\n=>\ny, i = TopK<...$at, sorted=0>(x, k)'
    expect(await isCaught(text)).toBe(true)
  })
  test('an InstanceNormalization of no elements is not run: it ends the process', async () => {
    expect(await isCaught(lost('InstanceNormalization', 'epsilon', 'x, s, b'))).toBe(true)
  })
})

describe('whole numbers', () => {
  test.each([
    ['that go round', `\ny = Div(Mul(x, 3), 3)\n=>\ny = x${WHOLE}`],
    [
      'below 0, rounded',
      `\ny = Div(x, 2)\n=>\ny = Cast<to=int32>(Floor(Div(Cast<to=float32>(x), 2)))\nwhere x.dtype == int32`,
    ],
    [
      'below 0, a remainder',
      `\ny = Mod<fmod=0>(x, @z)\n=>\ny = Sub(x, Mul(Div(x, z), z))${WHOLE}, z.rank == 0, z.value == 3`,
    ],
    ['below 0', `\ny = Abs(x)\n=>\ny = x${WHOLE}`],
    ['below 0 of 8 bits', '\ny = Abs(Abs(x))\n=>\ny = x\nwhere x.dtype == int8'],
    ['the least of 8 bits', '\ny = Cast<to=int32>(Neg(x))\n=>\ny = Neg(Cast<to=int32>(x))\nwhere x.dtype == int8'],
    [
      'that floats do not hold',
      '\ny = Less(x, z)\n=>\ny = Less(Cast<to=float32>(x), Cast<to=float32>(z))\nwhere x.dtype == int64',
    ],
    ['through 32 bits', '\ny = Cast<to=int64>(Cast<to=int32>(x))\n=>\ny = x\nwhere x.dtype == int64'],
    ['through 8 bits', '\ny = Cast<to=int32>(Cast<to=uint8>(x))\n=>\ny = x\nwhere x.dtype == int32'],
    [
      'from bytes without a sign to such with one',
      '\ny = Cast<to=int32>(Cast<to=int8>(x))\n=>\ny = Cast<to=int32>(x)\nwhere x.dtype == uint8',
    ],
    ['through bool', '\ny = Cast<to=int32>(Cast<to=bool>(x))\n=>\ny = x\nwhere x.dtype == int32'],
    ['through bool, cut off', '\ny = Cast<to=int32>(Cast<to=bool>(x))\n=>\ny = Min(x, 1)\nwhere x.dtype == int32'],
    ['shifted out', '\ny = BitShift<direction="RIGHT">(BitShift<direction="LEFT">(x, z), z)\n=>\ny = x'],
    ['beyond the largest', '\ny = Greater(Add(x, 1), x)\n=>\ny = LessOrEqual(x, x)\nwhere x.dtype in [int8, int32]'],
    [
      'of a product in float',
      '\ny = Cast<to=float32>(Mul(x, z))\n=>\ny = Mul(Cast<to=float32>(x), Cast<to=float32>(z))\nwhere x.dtype == int32',
    ],
    ['with a zero point', '\ny = Identity(MatMulInteger(a, b, z?, w?))\n=>\ny = MatMulInteger(a, b, z)'],
    [
      'with a zero point, convolved',
      '\ny = Identity(ConvInteger<...$t>(a, b, z?, w?))\n=>\ny = ConvInteger<...$t>(a, b)',
    ],
    ['quantized and back', '\ny = Identity(DequantizeLinear<...$q>(x, s, z))\n=>\ny = DequantizeLinear<...$q>(x, s)'],
  ])('%s: %j', async (_, text) => {
    expect(await isCaught(text)).toBe(true)
  })
})

describe('zeros, and what is no number', () => {
  test.each([
    ['exact\ny = Sub(x, @c)\n=>\ny = x\nwhere c.rank == 0, c.value == 0'],
    ['exact\ny = Sub(0, x)\n=>\ny = Neg(x)'],
    ['exact\ny = Where(Equal(a, b), a, b)\n=>\ny = b'],
    ['exact\ny = Neg(Sub(a, b))\n=>\ny = Sub(b, a)'],
    ['\ny = IsNaN(x)\n=>\ny = IsInf(x)'],
  ])('%j', async (text) => {
    expect(await isCaught(text)).toBe(true)
  })
})

describe('places and shapes', () => {
  test.each([
    ['\ny = Identity(Slice(x, s, e, a?, t?))\n=>\ny = Slice(x, s, e, a)'],
    ['\ny = Identity(Slice(x, s, e, a?, t?))\n=>\ny = Slice(x, s, e, none, t)'],
    ['\ny = Slice(x, s, e, a?, t?)\n=>\ny = x\nwhere x.shape == y.shape'],
    ['\ny = Identity(Gather<axis=$a>(x, i))\n=>\ny = Gather<axis=$a>(x, Abs(i))'],
    ['\ny = Identity(GatherElements<axis=$a>(x, i))\n=>\ny = GatherElements<axis=$a>(x, Abs(i))'],
    ['\ny = Identity(GatherND<...$t>(x, i))\n=>\ny = GatherND<...$t>(x, Abs(i))'],
    [
      '\ny = Identity(ScatterElements<axis=$a, reduction=$r>(x, i, u))\n=>\ny = ScatterElements<axis=0, reduction=$r>(x, i, u)',
    ],
    ['\ny = Squeeze(Transpose<perm=$p>(x), a)\n=>\ny = Squeeze(x, a)'],
    ['\ny = Identity(CumSum<...$t>(x, a))\n=>\ny = CumSum<...$t>(x, 0: int64)'],
    ['\ny = Identity(Pad<mode=$m>(x, p, c?, a?))\n=>\ny = Pad<mode=$m>(x, p, c)'],
    ['\ny = SpaceToDepth<blocksize=$b>(DepthToSpace<blocksize=$b, mode=$m>(x))\n=>\ny = x'],
    ['\ny = Identity(Gemm<transA=$s, transB=$t, ...$r>(a, b, c?))\n=>\ny = Gemm<transA=$t, transB=$s, ...$r>(a, b, c)'],
  ])('%j', async (text) => {
    expect(await isCaught(text)).toBe(true)
  })
})

test('what is negative is tried beside what is then no number', async () => {
  const [before, after] = ['b', 'Abs(b)'].map((b) =>
    snapshotOf(networkFromText(`in a float32[8,8]\nin b float32[8,8]\ny = Mul(Sqrt(a), ${b})\nout y`)),
  )
  const { verdict } = await verifyNetworks(before!, after!, runtime, { assumesFinite: true, ties: true })
  expect(verdict).toBe('different')
})
