import { describe, expect, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const X = 'in x float32[2,4,6,6]'
const BN = 'const g float32[6]\nconst t float32[6]\nconst m float32[6]\nconst v float32[6]'
const CONV = 'const w float32[6,4,3,3]\nconst b float32[6]\nc = Conv<pads=[1,1,1,1]>(x, w, b)'

/** The entry that takes up a scale of this kind. */
const entryOf = (body: string): string => (body.includes('BatchNormalization') ? 'Conv+BatchNorm' : 'Conv and scale')

describe('Conv and scale', () => {
  test.each([
    ['BatchNormalization', `${CONV}\n${BN}\ny = BatchNormalization<epsilon=0.01>(c, g, t, m, v)`],
    ['BatchNormalization, no bias', `const w float32[6,4,3,3]\n${BN}\ny = BatchNormalization(Conv(x, w), g, t, m, v)`],
    [
      'BatchNormalization behind a depthwise convolution',
      'const w float32[4,1,3,3]\nconst g float32[4]\nconst t float32[4]\nconst m float32[4]\nconst v float32[4]\ny = BatchNormalization(Conv<group=4>(x, w), g, t, m, v)',
    ],
    ['Mul [C,1,1]', `${CONV}\nconst k float32[6,1,1]\ny = Mul(c, k)`],
    ['Mul [1,C,1,1], swapped', `${CONV}\nconst k float32[1,6,1,1]\ny = Mul(k, c)`],
    ['Mul by a number', `${CONV}\ny = Mul(c, 0.5)`],
    ['Div [C,1,1]', `${CONV}\nconst k float32[6,1,1]\ny = Div(c, k)`],
    ['Add [C,1,1]', `${CONV}\nconst k float32[6,1,1]\ny = Add(c, k)`],
    ['Sub from a constant', `${CONV}\nconst k float32[6,1,1]\ny = Sub(k, c)`],
  ])('%s', async (_, body) => {
    await expectRewrite(entryOf(body), net(`${X}\n${body}\nout y`), 'Conv')
  })

  test.each([1, 2])('BatchNormalization behind a ConvTranspose of %i groups', async (groups) => {
    const body = `const w float32[4,3,3,3]\nc = ConvTranspose<group=${groups}, strides=[2,2]>(x, w)`
    const size = 3 * groups
    const norm = BN.replaceAll('[6]', `[${size}]`)
    const before = net(`${X}\n${body}\n${norm}\ny = BatchNormalization(c, g, t, m, v)\nout y`)
    await expectRewrite('Conv+BatchNorm', before, 'ConvTranspose')
  })

  test('weights that another convolution shares are cloned', async () => {
    const body = 'const w float32[6,4,3,3]\nconst k float32[6,1,1]\nz = Conv(x, w)\ny = Mul(Conv(x, w), k)'
    const after = await expectRewrite(
      'Conv and scale',
      net(`${X}\n${body}\nout y, z`),
      `const a float32[6,4,3,3] = ?
        const b float32[6] = 0 0 0 0 0 0
        z = Conv(x, w)
        y = Conv(x, a, b)`,
    )
    expect(after.getTensors().filter((t) => t.rank === 4 && t.isConstant)).toHaveLength(2)
  })

  test.each([
    ['a spatial factor', `${CONV}\nconst k float32[1,6]\ny = Mul(c, k)`, /one number a channel/],
    ['a factor of higher rank', `${CONV}\nconst k float32[1,1,6,1,1]\ny = Mul(c, k)`, /one number a channel/],
    [
      'a factor that enlarges the channels',
      'const w float32[1,4,3,3]\nconst k float32[6,1,1]\ny = Mul(Conv(x, w), k)',
      /one number/,
    ],
    [
      'weights that are computed',
      `in w float32[6,4,3,3]\n${BN}\ny = BatchNormalization(Conv(x, w), g, t, m, v)`,
      /computed/,
    ],
    ['a divisor that is the convolution', `${CONV}\nconst k float32[6,1,1]\ny = Div(k, c)`, /divides by x/],
    [
      'statistics that are computed',
      `${CONV}\nin g float32[6]\n${BN.split('\n').slice(1).join('\n')}\ny = BatchNormalization(c, g, t, m, v)`,
      /no constant/,
    ],
    ['training', `${CONV}\n${BN}\ny, p, q = BatchNormalization<training_mode=1>(c, g, t, m, v)`, /it trains/],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch(entryOf(body), net(`${X}\n${body}\nout y`), reason)
  })

  test('near twin: the convolution has another user', () => {
    expectNoMatch('Conv and scale', net(`${X}\n${CONV}\ny = Mul(c, 0.5)\nout y, c`), /one user/)
  })

  test('refuses weights that would not be finite', () => {
    const body = `${CONV}\nconst k float32[] = 0\ny = Div(c, k)`
    expectNoMatch('Conv and scale', net(`${X}\n${body}\nout y`), /not finite/)
  })
})

describe('Scale and Conv', () => {
  const W = 'const w float32[6,4,3,3]'
  test.each([
    ['a factor, padding or not', `${W}\nconst k float32[4,1,1]\ny = Conv<pads=[1,1,1,1]>(Mul(x, k), w)`],
    ['a shift where nothing is padded', `${W}\nconst k float32[4,1,1]\ny = Conv(Add(x, k), w)`],
    [
      'groups',
      'const w float32[6,2,3,3]\nconst k float32[4,1,1]\nconst b float32[6]\ny = Conv<group=2>(Sub(x, k), w, b)',
    ],
    [
      'BatchNormalization',
      `${W}\n${BN.replaceAll('[6]', '[4]')}\ny = Conv<auto_pad="VALID">(BatchNormalization(x, g, t, m, v), w)`,
    ],
  ])('%s', async (_, body) => {
    await expectRewrite('Scale and Conv', net(`${X}\n${body}\nout y`), 'Conv')
  })
  test.each([
    [
      'a shift that padding would not see',
      `${W}\nconst k float32[4,1,1]\ny = Conv<pads=[1,1,1,1]>(Add(x, k), w)`,
      /padding/,
    ],
    [
      'a shift under auto_pad',
      `${W}\nconst k float32[4,1,1]\ny = Conv<auto_pad="SAME_UPPER">(Add(x, k), w)`,
      /padding/,
    ],
    ['a spatial factor', `${W}\nconst k float32[1,6]\ny = Conv(Mul(x, k), w)`, /one number a channel/],
    [
      'a factor that gives the value its channels',
      `in q float32[2,1,6,6]\n${W}\nconst k float32[4,1,1]\ny = Conv(Mul(q, k), w)`,
      /gives \[2,1,6,6\] its channels/,
    ],
    [
      'a factor of rank 5 (onnxscript: rank error)',
      `${W}\nconst k float32[1,1,1,1,1]\ny = Conv(Squeeze(Mul(x, k)), w)`,
      undefined,
    ],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('Scale and Conv', net(`${X}\n${body}\nout y`), reason)
  })
})

describe('BatchNormalization and scale', () => {
  const NORM = BN.replaceAll('[6]', '[4]')
  test.each([
    ['Mul and Add behind it, as ONNX Runtime leaves 62 times in densenet', 'y = Add(Mul(n, k), l)'],
    ['Mul and Add in front of it', 'y = BatchNormalization(Add(Mul(x, k), l), g, t, m, v)'],
    ['another one', 'y = BatchNormalization(n, g, t, m, v)'],
  ])('%s', async (_, body) => {
    const n = /\bn\b/.test(body) ? 'n = BatchNormalization(x, g, t, m, v)\n' : ''
    const text = `${X}\n${NORM}\nconst k float32[4,1,1]\nconst l float32[4,1,1]\n${n}${body}\nout y`
    await expectRewrite(
      'BatchNormalization and scale',
      net(text),
      `const a float32[4] = ?
        const b float32[4] = ?
        const c float32[4] = 0 0 0 0
        y = BatchNormalization(x, a, b, c, v)`,
    )
  })
  test('near twin: a factor along space', () => {
    const text = `${X}\n${NORM}\nconst k float32[6]\ny = Mul(BatchNormalization(x, g, t, m, v), k)\nout y`
    expectNoMatch('BatchNormalization and scale', net(text), /one number a channel/)
  })
})

describe('Conv and activation', () => {
  test.each(['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu<alpha=0.2>', 'HardSigmoid<alpha=0.3, beta=0.4>', 'HardSwish'])(
    '%s',
    async (f) => {
      const before = net(`${X}\n${CONV}\ny = ${f.replace(/>?$/, (e) => e)}(c)\nout y`)
      await expectRewrite('Conv and activation', before, 'com.microsoft.FusedConv')
    },
  )
  test.each([
    ['both bounds', 'y = Clip(c, 0, 6)'],
    ['the lower one', 'y = Clip(c, -1)'],
    ['the upper one', 'y = Clip(c, none, 1)'],
  ])('Clip, %s', async (_, body) => {
    await expectRewrite('Conv and activation', net(`${X}\n${CONV}\n${body}\nout y`), 'com.microsoft.FusedConv')
  })
  test.each([
    ['a bound that is computed', `${CONV}\nin l float32[]\ny = Clip(c, l)`, /bounds are no constants/],
    ['another type', 'in h float16[1,4,6,6]\nconst w float16[6,4,3,3]\ny = Relu(Conv(h, w))', /float32 Conv/],
    [
      'an activation that is there',
      `${CONV}\ny = Relu(com.microsoft.FusedConv<activation="Relu">(x, w, b))`,
      /one user/,
    ],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('Conv and activation', net(`${X}\n${body}\nout y`), reason)
  })
  test('near twin: the convolution has another user', () => {
    expectNoMatch('Conv and activation', net(`${X}\n${CONV}\ny = Relu(c)\nout y, c`), /one user/)
  })
})

describe('Conv and residual', () => {
  test.each(['Add(c, z)', 'Add(z, c)', 'Sum(c, z)'])('%s', async (sum) => {
    const before = net(`${X}\nin z float32[2,6,6,6]\n${CONV}\ny = ${sum}\nout y`)
    await expectRewrite('Conv and residual', before, 'y = com.microsoft.FusedConv<pads=[1,1,1,1]>(x, w, b, z)')
  })
  test('of two convolutions the later one takes the other in, and an activation follows', async () => {
    const text = `${X}\n${CONV}\nd = Conv<pads=[1,1,1,1]>(x, w)\ny = Relu(Add(c, d))\nout y`
    const after = await expectRewrite(
      'Conv and residual',
      net(text),
      `a = Conv<pads=[1,1,1,1]>(x, w, b)
        c = com.microsoft.FusedConv<pads=[1,1,1,1]>(x, w, none, a)
        y = Relu(c)`,
    )
    await expectRewrite(
      'Conv and activation',
      after,
      `a = Conv<pads=[1,1,1,1]>(x, w, b)
        y = com.microsoft.FusedConv<pads=[1,1,1,1], activation="Relu">(x, w, none, a)`,
    )
  })
  test.each([
    ['a residual that broadcasts', 'in z float32[2,6,1,1]', 'y = Add(c, z)'],
    ['a residual of unknown size', 'in z float32[N,6,6,6]', 'y = Add(c, z)'],
  ])('near twin: %s', (_, z, body) => {
    expectNoMatch('Conv and residual', net(`${X}\n${z}\n${CONV}\n${body}\nout y`), /expected float32/)
  })
  test('near twin: the convolution twice', () => {
    expectNoMatch('Conv and residual', net(`${X}\n${CONV}\ny = Add(c, c)\nout y`))
  })
})

describe('Pad and window', () => {
  const W = 'const w float32[6,4,3,3]'
  const P = 'const p int64[8] = 0 0 1 2 0 0 2 1'
  const LOW = 'const low float32[] = -Infinity'
  test.each([
    ['Conv', `${W}\n${P}\ny = Conv<pads=[1,0,0,0]>(Pad(x, p), w)`, 'y = Conv<pads=[2,2,2,1]>(x, w)'],
    [
      'MaxPool',
      `${P}\n${LOW}\ny = MaxPool<kernel_shape=[3,3]>(Pad(x, p, low))`,
      'y = MaxPool<kernel_shape=[3,3], pads=[1,2,2,1]>(x)',
    ],
    [
      'AveragePool',
      `${P}\ny = AveragePool<kernel_shape=[3,3]>(Pad(x, p, 0))`,
      'y = AveragePool<kernel_shape=[3,3], pads=[1,2,2,1], count_include_pad=1>(x)',
    ],
  ])('%s', async (_, body, after) => {
    await expectRewrite('Pad and window', net(`${X}\n${body}\nout y`), after)
  })
  test.each([
    ['reflection', `${W}\n${P}\ny = Conv(Pad<mode="reflect">(x, p), w)`, /mode reflect/],
    ['another value', `${W}\n${P}\ny = Conv(Pad(x, p, 1), w)`, /padding by 1/],
    ['0 in front of MaxPool', `${P}\ny = MaxPool<kernel_shape=[3,3]>(Pad(x, p))`, /padding by 0/],
    [
      'channels',
      `${W}\nconst p int64[8] = 0 1 0 0 0 0 0 0\nconst u float32[6,5,3,3]\ny = Conv(Pad(x, p), u)`,
      /channels/,
    ],
    ['cropping', `${W}\nconst p int64[8] = 0 0 -1 0 0 0 0 0\ny = Conv(Pad(x, p), w)`, /cropping/],
    ['auto_pad', `${W}\n${P}\ny = Conv<auto_pad="SAME_UPPER">(Pad(x, p), w)`, /auto_pad/],
    [
      'an AveragePool whose own pads do not count',
      `${P}\ny = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(Pad(x, p))`,
      /do not count/,
    ],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('Pad and window', net(`${X}\n${body}\nout y`), reason)
  })
})

describe('means over space', () => {
  test.each([
    ['axes from the front', 'const a int64[2] = 2 3\ny = ReduceMean(x, a)'],
    ['axes from behind, in another order', 'const a int64[2] = -1 -2\ny = ReduceMean<keepdims=1>(x, a)'],
    ['AveragePool over everything', 'y = AveragePool<kernel_shape=[6,6]>(x)'],
  ])('Global average pool: %s', async (_, body) => {
    await expectRewrite('Global average pool', net(`${X}\n${body}\nout y`), 'y = GlobalAveragePool(x)')
  })
  test.each([
    ['one axis of space', `${X}\nconst a int64[1] = 3\ny = ReduceMean(x, a)`, /axes 3/],
    ['channels too', `${X}\nconst a int64[3] = 1 2 3\ny = ReduceMean(x, a)`, /axes 1,2,3/],
    ['axes dropped', `${X}\nconst a int64[2] = 2 3\ny = ReduceMean<keepdims=0>(x, a)`, /dropped/],
    ['a smaller window', `${X}\ny = AveragePool<kernel_shape=[5,6]>(x)`, /window/],
    ['of nothing', 'in e float32[2,3,0,4]\nconst a int64[2] = 2 3\ny = ReduceMean(e, a)', /elements/],
    [
      'the last of three axes, as in a normalisation',
      'in x float32[2,3,8]\nconst a int64[1] = -1\ny = ReduceMean(x, a)',
      undefined,
    ],
  ])('near twin: %s', (_, text, reason) => {
    expectNoMatch('Global average pool', net(`${text}\nout y`), reason)
  })
  test.each(['y = Flatten(GlobalAveragePool(x))', 'const s int64[2] = 2 -1\ny = Reshape(GlobalAveragePool(x), s)'])(
    'Pool and flatten: %s',
    async (body) => {
      await expectRewrite(
        'Pool and flatten',
        net(`${X}\n${body}\nout y`),
        'const a int64[2] = 2 3\ny = ReduceMean<keepdims=0>(x, a)',
      )
      await expectRewrite(
        'Pool and flatten',
        net(`${X}\ny = Flatten(GlobalAveragePool(x))\nout y`, 17),
        'y = ReduceMean<keepdims=0, axes=[2,3]>(x)',
      )
    },
  )
  test('near twin: flattened otherwise', () => {
    expectNoMatch('Pool and flatten', net(`${X}\ny = Flatten<axis=0>(GlobalAveragePool(x))\nout y`), /expected \[2,4\]/)
  })
})

describe('hard swish', () => {
  test.each([
    ['HardSigmoid', 'y = Div(Clip(Add(x, 3), 0, 6), 6)', 'y = HardSigmoid<alpha=0.16666666666666666>(x)'],
    ['HardSigmoid', 'y = Mul(Clip(Add(3, x), 0, 6), 0.16666667)', 'y = HardSigmoid<alpha=0.16666666666666666>(x)'],
    ['HardSwish', 'y = Mul(x, HardSigmoid<alpha=0.16666667, beta=0.5>(x))', 'y = HardSwish(x)'],
    ['HardSwish (clip)', 'y = Div(Mul(x, Clip(Add(x, 3), 0, 6)), 6)', 'y = HardSwish(x)'],
    ['HardSwish (clip)', 'y = Mul(Mul(Min(Relu(Add(x, 3)), 6), x), 0.16666667)', 'y = HardSwish(x)'],
  ])('%s: %s', async (label, body, after) => {
    await expectRewrite(label, net(`${X}\n${body}\nout y`), after)
  })
  test.each([
    ['HardSigmoid', 'y = Div(Clip(Add(x, 3), 0, 5), 6)'],
    ['HardSigmoid', 'y = Div(Clip(Add(x, 2), 0, 6), 6)'],
    ['HardSwish', 'y = Mul(x, HardSigmoid(x))'],
    ['HardSwish', 'in z float32[2,4,6,6]\ny = Mul(z, HardSigmoid<alpha=0.16666667, beta=0.5>(x))'],
  ])('near twin of %s: %s', (label, body) => {
    expectNoMatch(label, net(`${X}\n${body}\nout y`))
  })
})

describe('Pointwise convolution', () => {
  const H = 'in h float32[2,6,6,4]\nconst w float32[4,8]\nconst b float32[8]\nconst u float32[8,4]'
  const T = 'Transpose<perm=[0,3,1,2]>'
  test.each([
    [
      'a bias',
      `y = ${T}(Add(b, MatMul(h, w)))`,
      `const c float32[8,4,1,1] = ?
        const d float32[8] = ?
        a = Transpose<perm=[0,3,1,2]>(h)
        y = Conv<kernel_shape=[1,1]>(a, c, d)`,
    ],
    [
      'a residual behind it',
      `in z float32[2,8,6,6]\ny = Add(${T}(MatMul(h, w)), z)`,
      `const c float32[8,4,1,1] = ?
        a = Transpose<perm=[0,3,1,2]>(h)
        b = Conv<kernel_shape=[1,1]>(a, c)
        y = Add(b, z)`,
    ],
    [
      'an activation on the wider side',
      `y = ${T}(com.microsoft.BiasGelu(MatMul(h, w), b))`,
      `const d float32[8,4,1,1] = ?
        const e float32[8] = ?
        a = Transpose<perm=[0,3,1,2]>(h)
        c = Conv<kernel_shape=[1,1]>(a, d, e)
        y = com.microsoft.Gelu(c)`,
    ],
    [
      'two products, as in ConvNeXt',
      `const c float32[4]\ny = ${T}(Add(MatMul(com.microsoft.BiasGelu(MatMul(h, w), b), u), c))`,
      `const e float32[8,4,1,1] = ?
        const f float32[8] = ?
        const i float32[4,8,1,1] = ?
        const j float32[4] = ?
        a = Transpose<perm=[0,3,1,2]>(h)
        d = Conv<kernel_shape=[1,1]>(a, e, f)
        g = com.microsoft.Gelu(d)
        y = Conv<kernel_shape=[1,1]>(g, i, j)`,
    ],
  ])('%s', async (_, body, after) => {
    await expectRewrite('Pointwise convolution', net(`${H}\n${body}\nout y`), after)
  })
  test.each([
    ['another order of axes', 'y = Transpose<perm=[0,3,2,1]>(Add(b, MatMul(h, w)))'],
    ['weights that are computed', `in v float32[4,8]\ny = ${T}(Add(b, MatMul(h, v)))`],
    ['nothing to take in', `y = ${T}(MatMul(h, w))`],
    ['an activation on the narrower side', `in k float32[2,6,6,8]\ny = ${T}(Relu(MatMul(k, u)))`],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('Pointwise convolution', net(`${H}\n${body}\nout y`))
  })
  test('near twin: the product has another user', () => {
    expectNoMatch('Pointwise convolution', net(`${H}\np = Add(b, MatMul(h, w))\ny = ${T}(p)\nout y, p`), /one user/)
  })
})

describe('Chain of bounds', () => {
  const inf = 'const inf float32[] = Infinity'
  test.each([
    ['Relu(Relu)', 'y = Relu(Relu(x))', 'y = Relu(x)'],
    ['Relu(Clip(x, -3, 1))', 'y = Relu(Clip(x, -3, 1))', 'y = Clip(x, 0, 1)'],
    ['Clip(Clip(x, 0, 1), 2, 3) is 2 (onnxscript: 1)', 'y = Clip(Clip(x, 0, 1), 2, 3)', 'y = Clip(x, 2, 2)'],
    ['Clip(Relu)', 'y = Clip(Relu(x), -1, 6)', 'y = Clip(x, 0, 6)'],
    ['Min(Max)', 'y = Min(Max(x, -1), 1)', 'y = Clip(x, -1, 1)'],
    ['Max(Min(Max))', 'y = Max(0.5, Min(Max(x, -1), 1))', 'y = Clip(x, 0.5, 1)'],
    ['bounds the wrong way round', 'y = Clip(Clip(x, 1, -1), -0.5, 0.5)', 'y = Clip(x, 0.5, -0.5)'],
    ['infinite bounds', `${inf}\ny = Min(Relu(x), inf)`, 'y = Relu(x)'],
  ])('%s', async (_, body, after) => {
    await expectRewrite('Chain of bounds', net(`${X}\n${body}\nout y`), after)
  })
  test.each([
    ['a bound a channel', 'const k float32[4,1,1]\ny = Min(Relu(x), k)'],
    ['Relu(Clip(x, -3, -1)) is +0 (onnxscript: -1), of −0 too', 'y = Relu(Clip(x, -3, -1))'],
    ['a bound of higher rank', 'const k float32[1,1,1,1,1]\ny = Min(Relu(x), k)'],
    ['integers', 'in i int32[4]\nconst one int32[] = 1\ny = Min(Max(i, one), one)'],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('Chain of bounds', net(`${X}\n${body}\nout y`))
  })
})
