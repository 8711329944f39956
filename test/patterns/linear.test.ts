import { describe, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const X = 'in x float32[2,3,8]\nconst w float32[8,6]\nconst b float32[6]'
const M = 'in x float32[5,8]\nconst w float32[8,6]\nconst b float32[6]'

describe('MatMul and scale', () => {
  test.each([
    ['a factor a column', 'const k float32[6]\ny = Mul(MatMul(x, w), k)', 'const a float32[8,6] = ?\ny = MatMul(x, a)'],
    ['a number, swapped', 'y = Mul(0.125, MatMul(x, w))', 'const a float32[8,6] = ?\ny = MatMul(x, a)'],
    ['a divisor', 'y = Div(MatMul(x, w), 8)', 'const a float32[8,6] = ?\ny = MatMul(x, a)'],
    [
      'behind a bias, as the layer scale of ConvNeXt',
      'const k float32[6]\ny = Mul(k, Add(b, MatMul(x, w)))',
      'const c float32[8,6] = ?\nconst d float32[6] = ?\na = MatMul(x, c)\ny = Add(a, d)',
    ],
    [
      'behind a bias of one number',
      'const k float32[6]\ny = Mul(k, Add(0.5, MatMul(x, w)))',
      'const b float32[8,6] = ?\nconst c float32[6] = ?\na = MatMul(x, b)\ny = Add(a, c)',
    ],
  ])('%s', async (_, body, after) => {
    await expectRewrite('MatMul and scale', net(`${X}\n${body}\nout y`), after)
  })
  test.each([
    ['a factor along another axis', 'const k float32[3,1]\ny = Mul(MatMul(x, w), k)', /constant a column/],
    ['a factor of higher rank', 'const k float32[1,1,1,6]\ny = Mul(MatMul(x, w), k)', /constant a column/],
    ['division by the product', 'const k float32[6]\ny = Div(k, MatMul(x, w))', undefined],
    ['division by 0', 'y = Div(MatMul(x, w), 0)', /constant a column/],
    ['weights that are computed', 'in v float32[8,6]\ny = Mul(MatMul(x, v), 2)', undefined],
    ['a bias a row', 'const r float32[3,1]\ny = Mul(Add(r, MatMul(x, w)), 2)', /along the last axis/],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('MatMul and scale', net(`${X}\n${body}\nout y`), reason)
  })
  test('near twin: the product has another user', () => {
    expectNoMatch('MatMul and scale', net(`${X}\np = MatMul(x, w)\ny = Mul(p, 2)\nout y, p`), /one user/)
  })
})

describe('Scale and MatMul', () => {
  test.each([
    ['a factor a row of the weights', 'const k float32[8]\ny = MatMul(Mul(x, k), w)'],
    ['a divisor', 'y = MatMul(Div(x, 4), w)'],
  ])('%s', async (_, body) => {
    await expectRewrite('Scale and MatMul', net(`${X}\n${body}\nout y`), 'const a float32[8,6] = ?\ny = MatMul(x, a)')
  })
  test.each([
    ['a factor along another axis', 'const k float32[3,1]\ny = MatMul(Mul(x, k), w)'],
    ['a factor that gives the value its shape', 'in s float32[2,3,1]\nconst k float32[8]\ny = MatMul(Mul(s, k), w)'],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('Scale and MatMul', net(`${X}\n${body}\nout y`))
  })
})

describe('Gemm and scale', () => {
  test.each([
    [
      'BatchNormalization',
      'const g float32[6]\nconst t float32[6]\nconst m float32[6]\nconst v float32[6]\ny = BatchNormalization(Gemm(x, w, b), g, t, m, v)',
    ],
    ['beta other than 1, counted once (onnxscript: twice)', 'y = Mul(Gemm<beta=0.5>(x, w, b), 3)'],
    [
      'alpha, and weights transposed',
      'const u float32[6,8]\nconst k float32[6]\ny = Mul(Gemm<alpha=2, transB=1>(x, u, b), k)',
    ],
    ['no C', 'y = Add(Gemm(x, w), b)'],
  ])('%s', async (_, body) => {
    await expectRewrite('Gemm and scale', net(`${M}\n${body}\nout y`), 'Gemm')
  })
  test.each([
    ['C a row', 'const c float32[5,1]\ny = Mul(Gemm(x, w, c), 2)', /along the last axis/],
    ['a factor a row', 'const k float32[5,1]\ny = Mul(Gemm(x, w, b), k)', /constant a column/],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('Gemm and scale', net(`${M}\n${body}\nout y`), reason)
  })
})

describe('MatMul and Add', () => {
  test.each([
    ['C of rank 1', 'y = Add(MatMul(x, w), b)', 'b'],
    ['C in front', 'y = Add(b, MatMul(x, w))', 'b'],
    ['C a row', 'const c float32[5,1]\ny = Add(MatMul(x, w), c)', 'c'],
    ['C computed', 'in c float32[5,6]\ny = Add(MatMul(x, w), c)', 'c'],
    ['C a number', 'y = Add(MatMul(x, w), 1)', '1'],
  ])('%s', async (_, body, c) => {
    await expectRewrite('MatMul and Add', net(`${M}\n${body}\nout y`), `y = Gemm(x, w, ${c})`)
  })
  test.each([
    [
      'C that enlarges the product (onnxscript: invalid)',
      'in s float32[1,8]\nconst c float32[2,6]\ny = Add(MatMul(s, w), c)',
      /c\.shape\[0\] is 2, the rule needs .*one of 1, 1/,
    ],
    [
      'C the product itself, which would be worked out twice',
      'p = MatMul(x, w)\ny = Add(p, p)',
      /c from outside the match.*which .* in the match makes/,
    ],
    [
      'C of rank 3 (onnxscript: invalid)',
      'const c float32[1,5,6]\ny = Add(MatMul(x, w), c)',
      /c\.rank is 3, the rule needs at most 2/,
    ],
    ['a product of rank 3', 'in z float32[2,5,8]\ny = Add(MatMul(z, w), b)', /a\.rank is 3, the rule needs 2/],
    ['integers', 'in i int32[5,8]\nin j int32[8,6]\nconst k int32[6]\ny = Add(MatMul(i, j), k)', /p\.dtype is int32/],
    [
      'sizes that are not known to agree',
      'in s float32[N,8]\nin c float32[K,6]\ny = Add(MatMul(s, w), c)',
      /c\.shape\[0\] is K/,
    ],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('MatMul and Add', net(`${M}\n${body}\nout y`), reason)
  })
})

describe('Gemm and what is around it', () => {
  test('transposes', async () => {
    const text = `in x float32[8,5]\nconst b float32[6]\nin w float32[6,8]\ny = Gemm(Transpose<perm=[1,0]>(x), Transpose(w), b)\nout y`
    await expectRewrite('Gemm and transpose', net(text), 'y = Gemm<transA=1, transB=1>(x, w, b)')
  })
  test.each([
    'Relu',
    'Sigmoid',
    'Tanh',
    'Softplus',
    'Softsign',
    'LeakyRelu<alpha=0.3>',
    'Elu<alpha=0.7>',
    'HardSigmoid',
    'ThresholdedRelu',
  ])('activation %s', async (f) => {
    await expectRewrite('Gemm and activation', net(`${M}\ny = ${f}(Gemm(x, w, b))\nout y`), 'com.microsoft.FusedGemm')
  })
  test('near twin: float16, for which there is no kernel', () => {
    const text = 'in x float16[5,8]\nconst w float16[8,6]\ny = Relu(Gemm(x, w))\nout y'
    expectNoMatch('Gemm and activation', net(text), /float32/)
  })
})

describe('FusedMatMul', () => {
  const AB = 'in a float32[2,3,4]\nin b float32[2,5,4]\nin c float32[2,4,5]'
  const T = 'Transpose<perm=[0,2,1]>'
  const F = 'com.microsoft.FusedMatMul'
  test.each([
    ['Transposed product', `y = MatMul(a, ${T}(b))`, `y = ${F}<transB=1>(a, b)`],
    ['Transposed product', `in d float32[2,4,3]\ny = MatMul(${T}(d), ${T}(b))`, `y = ${F}<transA=1, transB=1>(d, b)`],
    ['Transposed product', `y = ${F}<transB=1, alpha=0.5>(a, ${T}(c))`, `y = ${F}<alpha=0.5>(a, c)`],
    [
      'Transposed product',
      'in e float32[4,2]\nin f float32[4,3]\ny = MatMul(Transpose(e), f)',
      `y = ${F}<transA=1>(e, f)`,
    ],
    ['Scaled product', 'y = Div(MatMul(a, c), 8)', `y = ${F}<alpha=0.125>(a, c)`],
    ['Scaled product', `y = Mul(0.5, Mul(${F}<alpha=0.25>(a, c), 3))`, `y = ${F}<alpha=0.375>(a, c)`],
    ['MatMul of scaled operands', 'y = MatMul(Mul(a, 0.5), Div(c, 2))', `y = ${F}<alpha=0.25>(a, c)`],
  ])('%s: %s', async (label, body, after) => {
    await expectRewrite(label, net(`${AB}\n${body}\nout y`), after)
  })
  test.each([
    ['Transposed product', `y = MatMul(a, Transpose<perm=[1,2,0]>(c))`],
    ['Transposed product', 'in v float32[4]\ny = MatMul(v, Transpose<perm=[0,2,1]>(b))'],
    ['Scaled product', 'const k float32[5]\ny = Mul(MatMul(a, c), k)'],
    ['Scaled product', 'const k float32[1,1,1,1]\ny = Mul(MatMul(a, c), k)'],
    ['Scaled product', 'y = Div(8, MatMul(a, c))'],
    ['MatMul of scaled operands', 'in s float32[]\ny = MatMul(Mul(a, s), c)'],
  ])('near twin of %s: %s', (label, body) => {
    expectNoMatch(
      label,
      net(
        `${AB}\nin t float32[3,2,5]\n${body.includes('[1,2,0]') ? 'y = MatMul(t, Transpose<perm=[1,2,0]>(b))' : body}\nout y`,
      ),
    )
  })
  test('near twin: the product has another user', () => {
    expectNoMatch('Scaled product', net(`${AB}\np = MatMul(a, c)\ny = Mul(p, 2)\nout y, p`), /value also used by/)
  })
})

describe('Merged projections and flat rows', () => {
  const W = 'in x float32[2,3,8]\nconst q float32[8,4]\nconst k float32[8,6]\nconst v float32[8,4]'
  test('three products of one value become one', async () => {
    await expectRewrite(
      'Merged projections',
      net(
        `${W}\na = MatMul(x, q)\nb = MatMul(x, k)\nc = MatMul(x, v)\nout a, b, c`.replace(
          'out a, b, c',
          'd = Relu(a)\ne = Relu(b)\nf = Relu(c)\nout d, e, f',
        ),
      ),
      `const b float32[8,14] = ?
        const i int64[3] = 4 6 4
        a = MatMul(x, b)
        c, g, h = Split<axis=-1>(a, i)
        d = Relu(c)
        e = Relu(g)
        f = Relu(h)`,
    )
  })
  test('near twin: two win nothing', () => {
    expectNoMatch(
      'Merged projections',
      net(`${W}\na = Relu(MatMul(x, q))\nb = Relu(MatMul(x, k))\nout a, b`),
      /three products/,
    )
  })
  test('a Gemm between reshapes is a MatMul', async () => {
    const text = `in x float32[2,3,8]\nconst w float32[6,8]\nconst b float32[6]\nconst s int64[2] = -1 8\nconst t int64[3] = 2 3 6\ny = Reshape(Gemm<transB=1>(Reshape(x, s), w, b), t)\nout y`
    await expectRewrite('Gemm on flat rows', net(text), 'const v float32[8,6] = ?\ny = Add(MatMul(x, v), b)')
  })
  test('near twin: rows of nothing, whose size Reshape takes for another one', () => {
    const text = `in x float32[2,0,8]\nconst w float32[6,8]\nconst s int64[2] = -1 8\nconst t int64[3] = 0 2 6\ny = Reshape<allowzero=1>(Gemm<transB=1>(Reshape(x, s), w), t)\nout y`
    expectNoMatch('Gemm on flat rows', net(text), /leading sizes/)
  })
  test('near twin: a Gemm whose rows are put together otherwise', () => {
    const text = `in x float32[2,3,8]\nconst w float32[6,8]\nconst s int64[2] = -1 8\nconst t int64[3] = 2 6 3\ny = Reshape(Gemm<transB=1>(Reshape(x, s), w), t)\nout y`
    expectNoMatch('Gemm on flat rows', net(text), /leading sizes/)
  })
})
