import { describe, expect, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const QKV = 'in q float32[2,4,6,8]\nin k float32[2,4,6,8]\nin v float32[2,4,6,8]'
const T = 'Transpose<perm=[0,1,3,2]>'
const S = 'Softmax<axis=-1>'

describe('Attention from primitives', () => {
  test.each([
    ['no scale', `y = MatMul(${S}(MatMul(q, ${T}(k))), v)`, 'y = Attention<scale=1>(q, k, v)'],
    [
      'divided behind the product, as eager models write',
      `y = MatMul(${S}(Div(MatMul(q, ${T}(k)), 2.828427)), v)`,
      'y = Attention<scale=0.3535533966440824>(q, k, v)',
    ],
    [
      'multiplied behind the product',
      `y = MatMul(${S}(Mul(0.353553, MatMul(q, ${T}(k)))), v)`,
      'y = Attention<scale=0.35355299711227417>(q, k, v)',
    ],
    ['on q', `y = MatMul(${S}(MatMul(Mul(q, 0.3), ${T}(k))), v)`, 'y = Attention<scale=0.30000001192092896>(q, k, v)'],
    [
      'half on each, as scaled-dot-product exports write',
      `y = MatMul(${S}(MatMul(Mul(q, 0.6), Mul(${T}(k), 0.6))), v)`,
      'y = Attention<scale=0.36000002861023006>(q, k, v)',
    ],
    [
      'on k in front of its transpose',
      `y = MatMul(${S}(MatMul(q, ${T}(Div(k, 2)))), v)`,
      'y = Attention<scale=0.5>(q, k, v)',
    ],
    [
      'k transposed already',
      `in kt float32[2,4,8,6]\ny = MatMul(${S}(MatMul(q, kt)), v)`,
      'a = Transpose<perm=[0,1,3,2]>(kt)\ny = Attention<scale=1>(q, a, v)',
    ],
    [
      'the transpose folded into the head split',
      `in h float32[2,6,4,8]\ny = MatMul(${S}(MatMul(q, Transpose<perm=[0,2,3,1]>(h))), v)`,
      'a = Transpose<perm=[0,2,1,3]>(h)\ny = Attention<scale=1>(q, a, v)',
    ],
    [
      'a mask that is added',
      `in m float32[2,1,6,6]\ny = MatMul(${S}(Add(Div(MatMul(q, ${T}(k)), 2), m)), v)`,
      `const b int64[1] = -1
        const d float32[] = ?
        a = ReduceMax(m, b)
        c = Mul(a, d)
        e = ThresholdedRelu<alpha=1.02e+38>(c)
        f = Add(m, e)
        y = Attention<scale=0.5>(q, k, v, f)`,
    ],
    [
      'a mask by Where, on the left',
      `in m bool[1,1,6,6]\nw = Where(m, 0, -1000000000)\ny = MatMul(${S}(Add(w, MatMul(q, ${T}(k)))), v)`,
      'a = Where(m, constant_4, constant_5)\ny = Attention<scale=1>(q, k, v, a)',
    ],
    [
      'a mask of -∞ with the guard against rows of NaN',
      `in m bool[2,1,6,6]\nconst low float32[] = -Infinity\np = ${S}(Add(MatMul(q, ${T}(k)), Where(m, 0, low)))\ny = MatMul(Where(IsNaN(p), 0, p), v)`,
      'a = Where(m, constant_7, low)\ny = Attention<scale=1>(q, k, v, a)',
    ],
    [
      'other lengths of keys',
      `in c float32[2,4,9,8]\nin d float32[2,4,9,5]\ny = MatMul(${S}(MatMul(q, ${T}(c))), d)`,
      'y = Attention<scale=1>(q, c, d)',
    ],
    [
      'symbolic sizes',
      `in a float32[B,4,L,8]\nin c float32[B,4,M,8]\ny = MatMul(${S}(MatMul(a, ${T}(c))), c)`,
      'y = Attention<scale=1>(a, c, c)',
    ],
  ])('%s', async (_, body, after) => {
    await expectRewrite('Attention', net(`${QKV}\n${body}\nout y`), after)
  })

  test('the total of all scales is kept', async () => {
    const body = `y = MatMul(${S}(Div(MatMul(Mul(q, 0.5), Mul(3, ${T}(k))), 6)), v)`
    const after = await expectRewrite('Attention', net(`${QKV}\n${body}\nout y`), 'y = Attention<scale=0.25>(q, k, v)')
    expect(after.layersOfKind('Attention')[0]!.attribute('scale')).toBeCloseTo(0.25, 6)
  })

  test.each([
    ['Softmax over another axis', `y = MatMul(Softmax<axis=2>(MatMul(q, ${T}(k))), v)`, /last axis/],
    ['a negative scale, which no kernel takes', `y = MatMul(${S}(MatMul(Mul(q, -1), ${T}(k))), v)`, /positive scale/],
    ['a scale a head', `const s float32[4,1,1]\ny = MatMul(${S}(Mul(MatMul(q, ${T}(k)), s)), v)`, undefined],
    [
      'a mask of higher rank',
      `in m float32[1,1,1,6,6]\nin w float32[1,2,4,6,8]\ny = MatMul(${S}(Add(MatMul(q, ${T}(k)), m)), w)`,
      undefined,
    ],
    [
      'a mask with one row for all',
      `in m float32[2,1,1,6]\ny = MatMul(${S}(Add(MatMul(q, ${T}(k)), m)), v)`,
      /a mask for scores/,
    ],
    ['keys of one batch for all', `in c float32[1,4,6,8]\ny = MatMul(${S}(MatMul(q, ${T}(c))), v)`, /equal batch/],
    ['values of rank 3', `in w float32[4,6,8]\ny = MatMul(${S}(MatMul(q, ${T}(k))), w)`, /rank 4/],
    ['another operation in between', `y = MatMul(${S}(Relu(MatMul(q, ${T}(k)))), v)`, /MatMul\(q, kᵀ\)/],
    [
      'the guard on other values',
      `in g float32[2,4,6,6]\np = ${S}(MatMul(q, ${T}(k)))\ny = MatMul(Where(IsNaN(g), 0, p), v)`,
      undefined,
    ],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('Attention', net(`${QKV}\n${body}\nout y`), reason)
  })
  test('near twin: the probabilities are an output too', () => {
    expectNoMatch(
      'Attention',
      net(`${QKV}\np = ${S}(MatMul(q, ${T}(k)))\ny = MatMul(p, v)\nout y, p`),
      /network output p/,
    )
  })
  test.each([
    [
      'a cast',
      `y = MatMul(Cast<to=1>(${S}(MatMul(q, ${T}(k)))), v)`,
      /Softmax right before its product, found Cast in/,
    ],
    [
      'probabilities that something else needs',
      `p = ${S}(MatMul(q, ${T}(k)))\ny = Add(MatMul(p, v), MatMul(Abs(p), v))`,
      /also used by \S*Abs/,
    ],
    [
      'scores that something else needs',
      `s = MatMul(q, ${T}(k))\ny = Add(MatMul(${S}(s), v), MatMul(Abs(s), v))`,
      /also used by \S*Abs/,
    ],
  ])('says what is in the way: %s', (_, body, reason) => {
    expectNoMatch('Attention', net(`${QKV}\n${body}\nout y`), reason)
  })
  test('near twin: an operator set without Attention', () => {
    expectNoMatch('Attention', net(`${QKV}\ny = MatMul(${S}(MatMul(q, ${T}(k))), v)\nout y`, 18), /opset 23/)
  })
})

describe('what stands around attention', () => {
  const REPEAT = (x: string): string => `Reshape(Expand(Unsqueeze(${x}, two), wide), heads)`
  const SHAPES = 'const two int64[1] = 2\nconst wide int64[5] = 2 2 3 6 8\nconst heads int64[4] = 2 6 6 8'
  test('grouped keys and values', async () => {
    const text = `in q float32[2,6,6,8]\nin k float32[2,2,6,8]\nin v float32[2,2,6,8]\n${SHAPES}\ny = Attention(q, ${REPEAT('k')}, ${REPEAT('v')})\nout y`
    await expectRewrite('Grouped heads', net(text), 'y = Attention(q, k, v)')
  })
  test('near twin: heads that are tiled, not repeated', () => {
    const text = `in q float32[2,6,6,8]\nin k float32[2,2,6,8]\nin v float32[2,6,6,8]\n${SHAPES}\nconst one int64[1] = 1\nconst tall int64[5] = 2 3 2 6 8\ny = Attention(q, Reshape(Expand(Unsqueeze(k, one), tall), heads), v)\nout y`
    expectNoMatch('Grouped heads', net(text), /Reshape\(Expand/)
  })

  const SPLIT = (x: string): string => `Transpose<perm=[0,2,1,3]>(Reshape(${x}, apart))`
  const FLAT =
    'in x float32[2,6,32]\nin z float32[2,6,32]\nconst apart int64[4] = 2 6 4 8\nconst flat int64[3] = 2 6 32'
  const MERGED = `y = Reshape(Transpose<perm=[0,2,1,3]>(Attention(${SPLIT('x')}, ${SPLIT('z')}, ${SPLIT('z')})), flat)`
  test('heads that are split and merged', async () => {
    const after = await expectRewrite(
      'Attention heads',
      net(`${FLAT}\n${MERGED}\nout y`),
      'y = Attention<q_num_heads=4, kv_num_heads=4>(x, z, z)',
    )
    expect(after.layersOfKind('Attention')[0]!.record.attributes).toMatchObject({ q_num_heads: 4, kv_num_heads: 4 })
  })
  test.each([
    [
      'split in another order',
      MERGED.replace('perm=[0,2,1,3]>(Reshape(x', 'perm=[0,1,2,3]>(Reshape(q').replace('q, apart', 'q, other'),
    ],
    [
      'merged in another order',
      MERGED.replace('Reshape(Transpose<perm=[0,2,1,3]>(Attention', 'Reshape(Transpose<perm=[0,1,2,3]>(Attention'),
    ],
    ['not split at all', `in h float32[2,4,6,8]\n${MERGED.replace(SPLIT('x'), 'h')}`],
  ])('near twin: %s', (_, body) => {
    const text = `${FLAT}\nin q float32[2,4,48]\nconst other int64[4] = 2 4 6 8\n${body}\nout y`
    expectNoMatch('Attention heads', net(text))
  })

  const W =
    'in x float32[2,6,16]\nconst wq float32[16,16]\nconst wk float32[16,16]\nconst wv float32[16,16]\nconst b float32[16]'
  const HEADS = 'Attention<q_num_heads=2, kv_num_heads=2>'
  const PACKED = 'com.microsoft.Attention'
  const LOW = 'const low float32[] = -Infinity'
  const CAUSAL = Array.from({ length: 36 }, (_, i) => (i % 6 > Math.floor(i / 6) ? '-Infinity' : 0)).join(' ')
  /** What makes one more key that is open where no other is. */
  const OPEN_KEY = 'Cast, Concat, ReduceMax, Reshape, Sub'
  test.each([
    ['biases, some of them', `y = ${HEADS}(Add(MatMul(x, wq), b), MatMul(x, wk), Add(b, MatMul(x, wv)))`, PACKED],
    [
      'a scale',
      `y = Attention<q_num_heads=2, kv_num_heads=2, scale=0.7>(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv))`,
      PACKED,
    ],
    [
      'one projection that is split',
      `const w float32[16,48]\nconst n int64[3] = 16 16 16\nq, k, v = Split<axis=2>(MatMul(x, w), n)\ny = ${HEADS}(q, k, v)`,
      PACKED,
    ],
    [
      'a finite mask',
      `in m bool[1,1,6,6]\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, 0, -10000))`,
      `${PACKED}, Where`,
    ],
    [
      'a mask of unknown values whose floor was raised',
      `in m float32[1,1,6,6]\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Max(m, -10000))`,
      `Max, ${PACKED}`,
    ],
    [
      'a constant mask of −∞ that leaves every row a position',
      `const m float32[1,1,6,6] = ${CAUSAL}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), m)`,
      PACKED,
    ],
    [
      'a condition a row between 0 and −∞, rows without a position included',
      `in m bool[2,1,6,6]\n${LOW}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, 0, low))`,
      `${OPEN_KEY}, ${PACKED}`,
    ],
    [
      'a condition for all rows between 0 and −∞, as padding is',
      `in m bool[2,1,1,6]\nconst tall float32[1,1,6,1] = 0\n${LOW}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, tall, low))`,
      `${OPEN_KEY}, ${PACKED}`,
    ],
  ])('Packed attention: %s', async (_, body, after) => {
    await expectRewrite('Packed attention', net(`${W}\n${body}\nout y`), after)
  })
  test.each([
    [
      'two values',
      `in z float32[2,6,16]\ny = ${HEADS}(MatMul(x, wq), MatMul(z, wk), MatMul(z, wv))`,
      /one value to one size, found x to 16 of float32, z to 16/,
    ],
    [
      'weights that are computed',
      `in u float32[16,16]\ny = ${HEADS}(MatMul(x, u), MatMul(x, wk), MatMul(x, wv))`,
      /query: expected a constant weight W of rank 2, found network input u/,
    ],
    [
      'a constant mask with a row of nothing but −∞',
      `const m float32[1,1,6,6] = ${CAUSAL.replace('0', '-Infinity')}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), m)`,
      /-∞ beside other numbers/,
    ],
    [
      'a condition between 1 and −∞',
      `in m bool[2,1,6,6]\n${LOW}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, 1, low))`,
      /chooses from 0 and -∞/,
    ],
    [
      'a condition a head',
      `in m bool[2,2,6,6]\n${LOW}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, 0, low))`,
      /one for all heads/,
    ],
    [
      'one condition for a batch of two',
      `in m bool[1,1,6,6]\n${LOW}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, 0, low))`,
      /a condition \[batch/,
    ],
    [
      'a mask of unknown values',
      `in m float32[1,1,6,6]\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), m)`,
      /unknown values/,
    ],
    [
      'fewer key heads',
      `const u float32[16,8]\ny = Attention<q_num_heads=2, kv_num_heads=1>(MatMul(x, wq), MatMul(x, u), MatMul(x, u))`,
      /as many key heads/,
    ],
    [
      'a query of its own',
      `y = ${HEADS}(Relu(x), MatMul(x, wk), MatMul(x, wv))`,
      /query: expected MatMul\(x, W\) \+ b with constants, found Relu/,
    ],
    [
      'a projection that something else needs',
      `p = MatMul(x, wq)\ny = Add(${HEADS}(p, MatMul(x, wk), MatMul(x, wv)), Abs(p))`,
      /query: value also used by \S*Abs/,
    ],
  ])('near twin of Packed attention: %s', (_, body, reason) => {
    expectNoMatch('Packed attention', net(`${W}\n${body}\nout y`), reason)
  })
  test('Packed attention: a condition between 0 and −∞, sizes by name', async () => {
    const text = `in x float32[B,L,16]\nconst wq float32[16,16]\nconst wk float32[16,16]\nconst wv float32[16,16]\nin m bool[B,1,L,L]\n${LOW}\ny = ${HEADS}(MatMul(x, wq), MatMul(x, wk), MatMul(x, wv), Where(m, 0, low))\nout y`
    const after = 'Cast, 2 Concat, Expand, ReduceMax, Shape, Squeeze, Sub, com.microsoft.Attention'
    await expectRewrite('Packed attention', net(text), after)
  })
})

describe('RotaryEmbedding', () => {
  /** Angles by position and size, the second half as the first; `twist` makes the halves differ. */
  const table = (name: string, f: (x: number) => number, twist = 0): string => {
    const values = Array.from({ length: 6 * 8 }, (_, i) => {
      const [p, d] = [Math.floor(i / 8), i % 8]
      return Math.fround(f(p / 10 ** (d % 4)) + (d >= 4 ? twist : 0))
    })
    return `const ${name} float32[1,1,6,8] = ${values.join(' ')}`
  }
  const CONSTANTS = `${table('cos', Math.cos)}\n${table('sin', Math.sin)}\nconst zero int64[1] = 0\nconst half int64[1] = 4\nconst all int64[1] = 9223372036854775807\nconst last int64[1] = -1\nconst ax int64[1] = 3`
  const X = 'in x float32[2,4,6,8]'
  const ROTATE = 'r = Concat<axis=-1>(Neg(Slice(x, half, all, ax)), Slice(x, zero, half, last))'
  test.each([
    ['as exporters write it', `${ROTATE}\ny = Add(Mul(x, cos), Mul(r, sin))`],
    ['operands swapped', `${ROTATE}\ny = Add(Mul(sin, r), Mul(cos, x))`],
  ])('%s', async (_, body) => {
    await expectRewrite(
      'RotaryEmbedding',
      net(`${X}\n${CONSTANTS}\n${body}\nout y`),
      'const a float32[2,6,4] = ?\nconst b float32[2,6,4] = ?\ny = RotaryEmbedding(x, a, b)',
    )
  })
  test('in front of a head split', async () => {
    const text = `in h float32[2,6,32]\nconst apart int64[4] = 2 6 4 8\n${CONSTANTS}\nx = Transpose<perm=[0,2,1,3]>(Reshape(h, apart))\n${ROTATE}\ny = Add(Mul(x, cos), Mul(r, sin))\nout y`
    await expectRewrite(
      'RotaryEmbedding',
      net(text),
      `const b float32[2,6,4] = ?
        const c float32[2,6,4] = ?
        a = RotaryEmbedding<num_heads=4>(h, b, c)
        d = Reshape(a, apart)
        y = Transpose<perm=[0,2,1,3]>(d)`,
    )
  })
  test.each([
    [
      'halves the other way round',
      `r = Concat<axis=-1>(Slice(x, zero, half, last), Neg(Slice(x, half, all, ax)))\ny = Add(Mul(x, cos), Mul(r, sin))`,
    ],
    [
      'the wrong half negated',
      `r = Concat<axis=-1>(Slice(x, half, all, ax), Neg(Slice(x, zero, half, last)))\ny = Add(Mul(x, cos), Mul(r, sin))`,
    ],
    [
      'halves that are not halves',
      `const three int64[1] = 3\nr = Concat<axis=-1>(Neg(Slice(x, three, all, ax)), Slice(x, zero, three, last))\ny = Add(Mul(x, cos), Mul(r, sin))`,
    ],
    ['a table whose halves differ', `${table('odd', Math.cos, 0.5)}\n${ROTATE}\ny = Add(Mul(x, odd), Mul(r, sin))`],
    ['another x', `in z float32[2,4,6,8]\n${ROTATE}\ny = Add(Mul(z, cos), Mul(r, sin))`],
    ['a difference', `${ROTATE}\ny = Sub(Mul(x, cos), Mul(r, sin))`],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('RotaryEmbedding', net(`${X}\n${CONSTANTS}\n${body}\nout y`))
  })
})

describe('data that is moved for nothing', () => {
  const X =
    'in x float32[4,6]\nconst n int64[2] = 2 4\nconst zero int64[1] = 0\nconst two int64[1] = 2\nconst four int64[1] = 4\nconst one int64[1] = 1'
  test.each([
    ['Split then Concat', 'a, b = Split<axis=1>(x, n)\ny = Relu(Concat<axis=-1>(a, b))', 'y = Relu(x)'],
    ['Slice of Concat', 'in z float32[2,6]\ny = Slice(Concat<axis=0>(x, z), zero, four, zero)\nw = Relu(z)', 'y = x'],
    [
      'Expand before a broadcast',
      'in z float32[4,1]\nconst s int64[2] = 4 6\ny = Add(Expand(z, s), x)',
      'y = Add(z, x)',
    ],
    ['Identity Gather', 'const i int64[4] = 0 1 2 3\ny = Relu(Gather(x, i))', 'y = Relu(x)'],
    ['Dead layer', 'd = Exp(Neg(x))\ny = Relu(x)', 'y = Relu(x)'],
  ])('%s: %s', async (label, body, after) => {
    await expectRewrite(label, net(`${X}\n${body.replace('\nw = Relu(z)', '')}\nout y`), after)
  })
  test.each([
    ['Split then Concat', 'a, b = Split<axis=1>(x, n)\ny = Concat<axis=1>(b, a)'],
    ['Split then Concat', 'in s float32[4,4]\na, b = Split<axis=1, num_outputs=2>(s)\ny = Concat<axis=0>(a, b)'],
    ['Slice of Concat', 'in z float32[2,6]\ny = Slice(Concat<axis=0>(x, z), one, four, zero)'],
    [
      'Expand before a broadcast',
      'in z float32[1,1]\nconst s int64[2] = 4 6\nin k float32[4,1]\ny = Add(Expand(z, s), k)',
    ],
    ['Identity Gather', 'const i int64[4] = 0 1 3 2\ny = Gather(x, i)'],
    ['Identity Gather', 'in z float32[2,0]\nconst i int64[1,2] = 0 1\ny = Gather(z, i)'],
  ])('near twin of %s: %s', (label, body) => {
    expectNoMatch(label, net(`${X}\n${body}\nout y`))
  })
})
