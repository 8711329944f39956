import { describe, expect, test } from 'vitest'
import { managerOf, onnxLibrary } from '../../src/patterns'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const W = `const w int8[8,3] = ${Array.from({ length: 24 }, (_, i) => ((i * 37) % 255) - 127).join(' ')}`
const DYNAMIC = `in x float32[2,4,8]\n${W}\nconst sw float32[] = 0.01\nconst zw int8[] = 0\nconst c float32[3]\na, sa, za = DynamicQuantizeLinear(x)`
const COLUMNS = DYNAMIC.replace('sw float32[] = 0.01', 'sw float32[3] = 0.01 0.02 0.005').replace(
  'zw int8[] = 0',
  'zw int8[3] = 0 1 -1',
)
const PRODUCT = 'com.microsoft.MatMulIntegerToFloat(a, w, sa, sw, za, zw)'
const whole = (lines: string): string => `a, sa, za = DynamicQuantizeLinear(x)\n${lines}`

describe('MatMulIntegerToFloat', () => {
  test.each([
    ['as quantize_dynamic writes it', DYNAMIC, 'y = Mul(Cast<to=float32>(MatMulInteger(a, w, za, zw)), Mul(sa, sw))'],
    [
      'a scale and a zero point for each column',
      COLUMNS,
      'y = Mul(Mul(sa, sw), Cast<to=float32>(MatMulInteger(a, w, za, zw)))',
    ],
    ['scales the other way round', DYNAMIC, 'y = Mul(Cast<to=float32>(MatMulInteger(a, w, za, zw)), Mul(sw, sa))'],
  ])('%s', async (_, declared, body) => {
    await expectRewrite('MatMulIntegerToFloat', net(`${declared}\n${body}\nout y`), whole(`y = ${PRODUCT}`))
  })
  test('without zero points', async () => {
    const text = `in a uint8[4,8]\nin sa float32[1]\n${W}\nconst sw float32[]\ny = Mul(Cast<to=float32>(MatMulInteger(a, w)), Mul(sa, sw))\nout y`
    await expectRewrite('MatMulIntegerToFloat', net(text), 'y = com.microsoft.MatMulIntegerToFloat(a, w, sa, sw)')
  })
  test.each([
    ['a scale for each row of a', DYNAMIC.replace('a, sa, za =', 'in r float32[4,1]\na, sa, za ='), 'Mul(r, sw)', /sa/],
    ['a product scaled as a double', DYNAMIC, 'Mul(sa, sw)', /to/, 'float64'],
    [
      'a scale for each row of the weights',
      DYNAMIC.replace('sw float32[]', 'sw float32[4,1]'),
      'Mul(sa, sw)',
      undefined,
    ],
  ])('near twin: %s', (_, declared, scales, reason, to = 'float32') => {
    const y = `y = Mul(Cast<to=${to}>(MatMulInteger(a, w, za, zw)), ${to === 'float64' ? `Cast<to=float64>(${scales})` : scales})`
    expectNoMatch('MatMulIntegerToFloat', net(`${declared}\n${y}\nout y`), reason)
  })
  test('near twin: the integers have another user', () => {
    const text = `${DYNAMIC}\np = MatMulInteger(a, w, za, zw)\ny = Mul(Cast<to=float32>(p), Mul(sa, sw))\nout y, p`
    expectNoMatch('MatMulIntegerToFloat', net(text), /one user|used/)
  })
  test('near twin: signed by unsigned, which has no kernel', () => {
    const text = `in a int8[4,8]\nin sa float32[]\nconst u uint8[8,3]\nconst sw float32[]\ny = Mul(Cast<to=float32>(MatMulInteger(a, u)), Mul(sa, sw))\nout y`
    expectNoMatch('MatMulIntegerToFloat', net(text), /a\.dtype is int8/)
  })
})

describe('MatMulIntegerToFloat with bias', () => {
  test.each([
    ['behind the product', `y = Add(${PRODUCT}, c)`],
    ['in front', `y = Add(c, ${PRODUCT})`],
  ])('a bias %s', async (_, body) => {
    const after = whole('y = com.microsoft.MatMulIntegerToFloat(a, w, sa, sw, za, zw, c)')
    await expectRewrite('MatMulIntegerToFloat with bias', net(`${COLUMNS}\n${body}\nout y`), after)
  })
  test.each([
    ['a bias for each row', 'const r float32[4,1]\ny = Add(PRODUCT, r)', /c\.rank is 2/],
    [
      'a bias of one number, which stands for all columns',
      'const r float32[1]\ny = Add(PRODUCT, r)',
      /c\.shape\[0\] is 1/,
    ],
    ['a sum with what is computed', 'in r float32[3]\ny = Add(PRODUCT, r)', /constant/],
    ['a second bias', 'y = Add(com.microsoft.MatMulIntegerToFloat(a, w, sa, sw, za, zw, c), c)', /no operand/],
  ])('near twin: %s', (_, body, reason) => {
    const text = `${DYNAMIC}\n${body.replace('PRODUCT', PRODUCT)}\nout y`
    expectNoMatch('MatMulIntegerToFloat with bias', net(text), reason)
  })
})

describe('DynamicQuantizeMatMul', () => {
  test.each([
    ['without bias', PRODUCT, 'com.microsoft.DynamicQuantizeMatMul(x, w, sw, zw)'],
    ['with one', PRODUCT.replace('zw)', 'zw, c)'), 'com.microsoft.DynamicQuantizeMatMul(x, w, sw, zw, c)'],
  ])('%s', async (_, product, after) => {
    await expectRewrite('DynamicQuantizeMatMul', net(`${COLUMNS}\ny = ${product}\nout y`), `y = ${after}`)
  })
  test('near twin: several products take the quantized value, which is worked out once', () => {
    const text = `${DYNAMIC}\ny = ${PRODUCT}\nz = ${PRODUCT.replace('zw)', 'zw, c)')}\nout y, z`
    expectNoMatch('DynamicQuantizeMatMul', net(text), /used|one user/)
  })
  test('near twin: the scale of another value', () => {
    const text = `${DYNAMIC}\nin s float32[]\ny = ${PRODUCT.replace('sa,', 's,')}\nout y`
    expectNoMatch('DynamicQuantizeMatMul', net(text))
  })
})

test('quantize_dynamic on three projections of one value: each a product, and the value is quantized once', () => {
  const one = (y: string): string => `${y} = Add(c, Mul(Cast<to=float32>(MatMulInteger(a, w, za, zw)), Mul(sa, sw)))`
  const network = net(`${DYNAMIC}\n${one('q')}\n${one('k')}\ny = Sub(q, Tanh(k))\nout y`)
  managerOf(
    onnxLibrary('ort').filter((e) => e.family === 'Quantization'),
    'ort',
  ).rewrite(network)
  expect(network.getLayers().map((l) => l.kind)).toEqual([
    'DynamicQuantizeLinear',
    'com.microsoft.MatMulIntegerToFloat',
    'com.microsoft.MatMulIntegerToFloat',
    'Tanh',
    'Sub',
  ])
})
