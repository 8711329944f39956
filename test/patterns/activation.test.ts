import { describe, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const X = 'in x float32[2,3,8]'
const ERF = 'e = Erf(Div(x, 1.41421354))'

describe('Gelu (erf), in every association that exporters write', () => {
  test.each([
    ['(x · (1 + e)) · 0.5', `${ERF}\ny = Mul(Mul(x, Add(e, 1)), 0.5)`],
    ['0.5 · ((1 + e) · x), operands swapped', `${ERF}\ny = Mul(0.5, Mul(Add(1, e), x))`],
    ['x · (0.5 · (1 + e)), which ONNX Runtime leaves', `${ERF}\ny = Mul(x, Mul(Add(e, 1), 0.5))`],
    ['(x · 0.5) · (1 + e)', `${ERF}\ny = Mul(Mul(x, 0.5), Add(e, 1))`],
    ['x · (1 + e) / 2', `${ERF}\ny = Div(Mul(x, Add(e, 1)), 2)`],
    ['x · 0.7071, which ONNX Runtime leaves', `e = Erf(Mul(x, 0.70710678))\ny = Mul(Mul(x, Add(e, 1)), 0.5)`],
    ['√2 computed', `e = Erf(Div(x, Sqrt(2)))\ny = Mul(Mul(x, Add(e, 1)), 0.5)`],
    ['√2 as 1.41421 (Megatron)', `e = Erf(Div(x, 1.41421))\ny = Mul(Mul(x, Add(e, 1)), 0.5)`],
  ])('%s', async (_, body) => {
    await expectRewrite('Gelu (erf)', net(`${X}\n${body}\nout y`), 'y = com.microsoft.Gelu(x)')
    await expectRewrite('Gelu (erf)', net(`${X}\n${body}\nout y`), 'y = Gelu(x)', { target: 'onnx' })
  })

  test.each([
    ['another divisor', 'e = Erf(Div(x, 1.5))\ny = Mul(Mul(x, Add(e, 1)), 0.5)', /1\.41/],
    ['another x in front', `in z float32[2,3,8]\n${ERF}\ny = Mul(Mul(z, Add(e, 1)), 0.5)`, /x, which is/],
    ['1 − erf', `${ERF}\ny = Mul(Mul(x, Sub(e, 1)), 0.5)`, /expected Add, found Sub/],
    ['no half', `${ERF}\ny = Mul(Mul(x, Add(e, 1)), 0.25)`, /0\.5/],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch('Gelu (erf)', net(`${X}\n${body}\nout y`), reason)
  })

  test('near twin: the error function is a network output too (E5)', () => {
    expectNoMatch('Gelu (erf)', net(`${X}\n${ERF}\ny = Mul(Mul(x, Add(e, 1)), 0.5)\nout y, e`), /also used by/)
  })

  test('near twin: standard Gelu came with opset 20', () => {
    const older = net(`${X}\n${ERF}\ny = Mul(Mul(x, Add(e, 1)), 0.5)\nout y`, 17)
    expectNoMatch('Gelu (erf)', older, /opset is 17, the rule needs at least 20/, { target: 'onnx' })
  })
})

describe('Gelu (tanh)', () => {
  const HALF = 'y = Mul(Mul(x, 0.5), Add(t, 1))'
  test.each([
    ['x³ by Pow', `t = Tanh(Mul(Add(x, Mul(Pow(x, 3), 0.044715)), 0.7978846))`],
    ['x³ by products', `t = Tanh(Mul(Add(x, Mul(Mul(Mul(x, x), x), 0.044715)), 0.7978846))`],
    ['x · (1 + 0.044715 · x · x)', `t = Tanh(Mul(Mul(x, Add(Mul(Mul(x, x), 0.044715), 1)), 0.7978846))`],
  ])('%s', async (_, body) => {
    await expectRewrite('Gelu (tanh)', net(`${X}\n${body}\n${HALF}\nout y`), 'y = com.microsoft.FastGelu(x)')
    await expectRewrite('Gelu (tanh)', net(`${X}\n${body}\n${HALF}\nout y`), 'y = Gelu<approximate="tanh">(x)', {
      target: 'onnx',
    })
  })

  test.each([
    ['x² in the place of x³', `t = Tanh(Mul(Add(x, Mul(Pow(x, 2), 0.044715)), 0.7978846))`],
    ['another factor', `t = Tanh(Mul(Add(x, Mul(Pow(x, 3), 0.05)), 0.7978846))`],
  ])('near twin: %s', (_, body) => {
    expectNoMatch('Gelu (tanh)', net(`${X}\n${body}\n${HALF}\nout y`))
  })
})

describe('x · Sigmoid(α · x)', () => {
  test('QuickGelu takes α', async () => {
    await expectRewrite(
      'QuickGelu',
      net(`${X}\ny = Mul(x, Sigmoid(Mul(x, 1.702)))\nout y`),
      'y = com.microsoft.QuickGelu<alpha=1.7020000219345093>(x)',
    )
  })
  test('near twin: α of one element per channel', () => {
    expectNoMatch('QuickGelu', net(`${X}\nconst a float32[8]\ny = Mul(x, Sigmoid(Mul(x, a)))\nout y`), /alpha\.size/)
  })
  test('SiLU', async () => {
    await expectRewrite('SiLU', net(`${X}\ny = Mul(Sigmoid(x), x)\nout y`), 'y = com.microsoft.QuickGelu<alpha=1>(x)')
  })
  test('near twin: another value in front is a gate', () => {
    expectNoMatch('SiLU', net(`${X}\nin z float32[2,3,8]\ny = Mul(Sigmoid(x), z)\nout y`))
  })
})

describe('Gelu with a bias', () => {
  const B = 'const b float32[8]'
  test('BiasGelu', async () => {
    await expectRewrite(
      'BiasGelu',
      net(`${X}\n${B}\ny = com.microsoft.Gelu(Add(b, x))\nout y`),
      'y = com.microsoft.BiasGelu(x, b)',
    )
  })
  test('FastGelu takes its bias as second operand', async () => {
    const before = net(`${X}\n${B}\ny = com.microsoft.FastGelu(Add(x, b))\nout y`)
    await expectRewrite('FastGelu with bias', before, 'y = com.microsoft.FastGelu(x, b)')
  })
  test.each([
    ['a bias of rank 3', 'const b float32[1,1,8]'],
    ['a bias that broadcasts', 'const b float32[1]'],
    ['a bias along another axis', 'const b float32[3,1]'],
  ])('near twin: %s', (_, bias) => {
    expectNoMatch('BiasGelu', net(`${X}\n${bias}\ny = com.microsoft.Gelu(Add(x, b))\nout y`), /bias\.(rank|shape)/)
  })
  test('near twin: a bias that is computed', () => {
    expectNoMatch('BiasGelu', net(`${X}\nin b float32[8]\ny = com.microsoft.Gelu(Add(x, b))\nout y`), /constant bias/)
  })
})
