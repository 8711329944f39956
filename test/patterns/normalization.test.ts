import { describe, expect, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const X = 'in x float32[2,3,8]\nconst s float32[8]\nconst b float32[8]\nconst last int64[1] = -1'
const MEAN = 'u = ReduceMean(x, last)\nd = Sub(x, u)'
const VAR = 'v = ReduceMean(Pow(d, 2), last)'
const ROOT = 'r = Sqrt(Add(v, 0.000001))'

describe('LayerNorm from primitives', () => {
  test.each([
    ['Pow and Div', `${MEAN}\n${VAR}\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`],
    ['Mul(d, d)', `${MEAN}\nv = ReduceMean(Mul(d, d), last)\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`],
    ['Reciprocal', `${MEAN}\n${VAR}\n${ROOT}\ny = Add(Mul(Mul(d, Reciprocal(r)), s), b)`],
    ['1 / root', `${MEAN}\n${VAR}\n${ROOT}\ny = Add(b, Mul(s, Mul(Div(1, r), d)))`],
    [
      'two differences, as old PyTorch writes',
      `${MEAN}\nd2 = Sub(x, u)\nv = ReduceMean(Pow(d2, 2), last)\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`,
    ],
  ])('%s', async (_, body) => {
    const after = await expectRewrite(
      'LayerNorm',
      net(`${X}\n${body}\nout y`),
      'y = LayerNormalization<epsilon=9.999999974752427e-7>(x, s, b)',
    )
    expect(after.layersOfKind('LayerNormalization')[0]!.attribute('epsilon')).toBeCloseTo(1e-6, 9)
  })
  test('axes as attributes, before opset 18', async () => {
    const body = `u = ReduceMean<axes=[-1]>(x)\nd = Sub(x, u)\nv = ReduceMean<axes=[2]>(Pow(d, 2))\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`
    await expectRewrite(
      'LayerNorm',
      net(`${X}\n${body}\nout y`, 17),
      'y = LayerNormalization<epsilon=9.999999974752427e-7>(x, s, b)',
    )
  })
  test.each([
    [
      'ε added to the deviation, which is another function',
      `${MEAN}\n${VAR}\nr = Add(Sqrt(v), 0.000001)\ny = Add(Mul(Div(d, r), s), b)`,
    ],
    [
      'means over different axes',
      `const first int64[1] = 1\n${MEAN}\nv = ReduceMean(Pow(d, 2), first)\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`,
    ],
    [
      'a mean over another axis',
      `const a int64[1] = 1\nu = ReduceMean(x, a)\nd = Sub(x, u)\nv = ReduceMean(Pow(d, 2), a)\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`,
    ],
    ['a negative ε', `${MEAN}\n${VAR}\nr = Sqrt(Add(v, -1))\ny = Add(Mul(Div(d, r), s), b)`],
    ['ε that varies', `const e float32[8]\n${MEAN}\n${VAR}\nr = Sqrt(Add(v, e))\ny = Add(Mul(Div(d, r), s), b)`],
    [
      'a scale of higher rank (onnxscript: invalid)',
      `const t float32[1,1,1,8]\n${MEAN}\n${VAR}\n${ROOT}\ny = Add(Mul(Div(d, r), t), b)`,
    ],
    ['a scale that is computed', `in t float32[8]\n${MEAN}\n${VAR}\n${ROOT}\ny = Add(Mul(Div(d, r), t), b)`],
    ['a scale along another axis', `const t float32[3,1]\n${MEAN}\n${VAR}\n${ROOT}\ny = Add(Mul(Div(d, r), t), b)`],
    [
      'the sum in the place of the difference',
      `u = ReduceMean(x, last)\nd = Add(x, u)\n${VAR}\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`,
    ],
    [
      'the cube in the place of the square',
      `${MEAN}\nv = ReduceMean(Pow(d, 3), last)\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)`,
    ],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('LayerNorm', net(`${X}\n${body}\nout y`))
  })
  test('near twin: the variance leaves the pattern', () => {
    expectNoMatch(
      'LayerNorm',
      net(`${X}\n${MEAN}\n${VAR}\n${ROOT}\ny = Add(Mul(Div(d, r), s), b)\nout y, v`),
      /also used by/,
    )
  })
})

describe('a new model, whose scales are 1 and biases 0, which have gone as no-ops', () => {
  const CORE = `${MEAN}\n${VAR}\n${ROOT}`
  test.each([
    ['LayerNorm without either', 'y = Div(d, r)'],
    ['LayerNorm without either', 'y = Relu(Div(d, r))'],
    ['LayerNorm without bias', 'y = Mul(s, Div(d, r))'],
    ['LayerNorm without scale', 'y = Add(Mul(d, Reciprocal(r)), b)'],
  ])('%s: %s', async (label, end) => {
    const after = end.includes('Relu') ? 'LayerNormalization, Relu' : 'LayerNormalization'
    await expectRewrite(label, net(`${X}\n${CORE}\n${end}\nout y`), after)
  })
  test('RMSNorm without scale', async () => {
    const text = `${X}\ny = Div(x, Sqrt(Add(ReduceMean(Pow(x, 2), last), 0.00001)))\nout y`
    await expectRewrite(
      'RMSNorm without scale',
      net(text),
      `const a float32[8] = ?
        y = SimplifiedLayerNormalization<epsilon=0.000009999999747378752>(x, a)`,
    )
    await expectRewrite(
      'RMSNorm without scale',
      net(text),
      'const a float32[8] = ?\ny = RMSNormalization<epsilon=0.000009999999747378752>(x, a)',
      { target: 'onnx' },
    )
  })
  test.each([
    ['LayerNorm without either', 'y = Mul(s, Div(d, r))', /may be its scale/],
    ['LayerNorm without bias', 'y = Add(b, Mul(s, Div(d, r)))', /may be its scale or bias/],
    ['LayerNorm without bias', 'const t float32[3,1]\ny = Mul(t, Div(d, r))', /scale.shape is \[3, 1\]/],
    ['RMSNorm without scale', 'y = Div(d, r)', undefined],
  ])('near twin of %s: %s', (label, end, reason) => {
    expectNoMatch(label, net(`${X}\n${CORE}\n${end}\nout y`), reason)
  })
})

describe('RMSNorm from primitives', () => {
  const R = 'r = Sqrt(Add(ReduceMean(Pow(x, 2), last), 0.00001))'
  test.each([
    ['Div(1, root), as TorchScript writes it', `${R}\ny = Mul(s, Mul(x, Div(1, r)))`],
    ['Reciprocal, as the newer exporter writes it', `${R}\ny = Mul(s, Mul(x, Reciprocal(r)))`],
    ['Div', `${R}\ny = Mul(Div(x, r), s)`],
    ['Mul(x, x)', 'r = Sqrt(Add(ReduceMean(Mul(x, x), last), 0.00001))\ny = Mul(Div(x, r), s)'],
  ])('%s', async (_, body) => {
    await expectRewrite(
      'RMSNorm',
      net(`${X}\n${body}\nout y`),
      'y = SimplifiedLayerNormalization<epsilon=0.000009999999747378752>(x, s)',
    )
    await expectRewrite(
      'RMSNorm',
      net(`${X}\n${body}\nout y`),
      'y = RMSNormalization<epsilon=0.000009999999747378752>(x, s)',
      { target: 'onnx' },
    )
  })
  test('float16 computed in float32', async () => {
    const text =
      'in x float16[2,3,8]\nconst s float16[8]\nconst last int64[1] = -1\nf = Cast<to=1>(x)\nr = Sqrt(Add(ReduceMean(Pow(f, 2), last), 0.00001))\ny = Mul(s, Cast<to=10>(Mul(f, Reciprocal(r))))\nout y'
    await expectRewrite('RMSNorm', net(text), 'y = SimplifiedLayerNormalization<epsilon=0.000009999999747378752>(x, s)')
  })
  test.each([
    ['ε outside of the root', 'r = Add(Sqrt(ReduceMean(Pow(x, 2), last)), 0.00001)\ny = Mul(Div(x, r), s)'],
    ['a sum, not a mean', 'r = Sqrt(Add(ReduceSum(Pow(x, 2), last), 0.00001))\ny = Mul(Div(x, r), s)'],
    [
      'a mean over two axes',
      'const a int64[2] = 1 2\nr = Sqrt(Add(ReduceMean(Pow(x, 2), a), 0.00001))\ny = Mul(Div(x, r), s)',
    ],
    [
      'the axis dropped',
      'in q float32[8,8]\nr = Sqrt(Add(ReduceMean<keepdims=0>(Pow(q, 2), last), 0.00001))\ny = Mul(Div(q, r), s)',
    ],
    ['another x on top', `in z float32[2,3,8]\n${R}\ny = Mul(Div(z, r), s)`],
    ['a scale of higher rank', `const t float32[1,8]\n${R}\ny = Mul(Div(x, r), t)`],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('RMSNorm', net(`${X}\n${body}\nout y`))
  })
  test('near twin: what is inside of a LayerNorm', () => {
    expectNoMatch('RMSNorm', net(`${X}\n${MEAN}\n${VAR}\n${ROOT}\ny = Mul(Div(d, r), s)\nout y`))
  })
})

describe('residual and normalisation', () => {
  const Z = `${X}\nin z float32[2,3,8]`
  const LN = 'LayerNormalization<axis=-1, epsilon=0.00001>'
  const SKIP = 'com.microsoft.SkipLayerNormalization'
  test('SkipLayerNorm copies ε, whose defaults differ', async () => {
    const after = await expectRewrite('SkipLayerNorm', net(`${Z}\ny = ${LN}(Add(x, z), s, b)\nout y`), SKIP)
    expect(after.layersOfKind(SKIP)[0]!.attribute('epsilon')).toBeCloseTo(1e-5, 9)
    const bare = net(`${Z}\ny = LayerNormalization(Add(x, z), s, b)\nout y`)
    const copied = await expectRewrite('SkipLayerNorm', bare, SKIP)
    expect(copied.layersOfKind(SKIP)[0]!.attribute('epsilon')).toBeCloseTo(1e-5, 9)
  })
  test('other users take the sum as a further result', async () => {
    const text = `${Z}\nt = Add(x, z)\ny = ${LN}(t, s, b)\nv = Relu(t)\nout y, v, t`
    await expectRewrite('SkipLayerNorm', net(text), `Relu, ${SKIP}`)
  })
  test.each(['SimplifiedLayerNormalization', 'RMSNormalization'])('on %s', async (kind) => {
    const text = `${Z}\ny = ${kind}<axis=-1, epsilon=0.00001>(Add(x, z), s)\nout y`
    await expectRewrite(
      'SkipLayerNorm',
      net(text),
      'y = com.microsoft.SkipSimplifiedLayerNormalization<epsilon=0.00001>(x, z, s)',
    )
  })
  test.each([
    ['one more bias', `y = ${SKIP}<epsilon=0.00001>(Add(x, c), z, s, b)`],
    ['in the other addend', `y = ${SKIP}<epsilon=0.00001>(z, Add(c, x), s, b)`],
  ])('SkipLayerNorm with bias: %s', async (_, body) => {
    await expectRewrite('SkipLayerNorm with bias', net(`${Z}\nconst c float32[8]\n${body}\nout y`), SKIP)
  })
  test.each([
    [
      'SkipLayerNorm',
      'another axis',
      `const u float32[3,8]\nconst v float32[3,8]\ny = LayerNormalization<axis=1>(Add(x, z), u, v)`,
    ],
    ['SkipLayerNorm', 'rank 2', `in p float32[3,8]\nin q float32[3,8]\ny = ${LN}(Add(p, q), s, b)`],
    ['SkipLayerNorm', 'an addend that broadcasts', `in q float32[2,1,8]\ny = ${LN}(Add(x, q), s, b)`],
    [
      'SkipLayerNorm with bias',
      'a bias that is there',
      `const c float32[8]\nconst e float32[8]\ny = ${SKIP}(Add(x, c), z, s, b, e)`,
    ],
    ['SkipLayerNorm with bias', 'a bias along another axis', `const c float32[3,1]\ny = ${SKIP}(Add(x, c), z, s, b)`],
  ])('near twin of %s: %s', (label, _, body) => {
    expectNoMatch(label, net(`${Z}\n${body}\nout y`))
  })
})
