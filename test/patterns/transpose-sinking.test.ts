/** Transposes sink through layers that do not care for the order of dimensions, and their number falls. */
import { describe, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const X = 'in x float32[2,3,4]\nin z float32[2,3,4]\nconst c float32[3]\nconst k float32[4,2,3]\nconst a int64[1] = 0'
/** Dimension 0 of the result is dimension 2 of `x`; the other order takes it back. */
const T = (v: string): string => `Transpose<perm=[2,0,1]>(${v})`
const BACK = (v: string): string => `Transpose<perm=[1,2,0]>(${v})`

describe('Transpose sinking', () => {
  test.each([
    ['one elementwise layer', BACK(`Relu(${T('x')})`), 'Relu'],
    ['several', BACK(`Tanh(Neg(Relu(${T('x')})))`), 'Relu, Neg, Tanh'],
    ['a scalar', BACK(`Mul(${T('x')}, 0.5)`), 'Mul'],
    ['a constant of lower rank', BACK(`Add(${T('x')}, c)`), 'Reshape, Transpose, Add'],
    ['a constant', BACK(`Sub(k, ${T('x')})`), 'Transpose, Sub'],
    ['two values in one order', BACK(`Add(${T('x')}, ${T('z')})`), 'Add'],
    ['a Softmax, its axis renamed', BACK(`Softmax<axis=0>(${T('x')})`), 'Softmax'],
    ['a Concat, its axis renamed', BACK(`Concat<axis=-1>(${T('x')}, ${T('z')})`), 'Concat'],
    ['a reduction that keeps its dimensions', BACK(`ReduceSum<keepdims=1>(${T('x')}, a)`), 'ReduceSum'],
    ['into one where the orders do not cancel', T(`Relu(${T('x')})`), 'Relu, Transpose'],
    ['of two into one', T(`Mul(${T('x')}, ${T('z')})`), 'Mul, Transpose'],
  ])('through %s', async (_, value, after) => {
    await expectRewrite('Transpose sinking', net(`${X}\ny = Exp(${value})\nout y`), `${after}, Exp`)
  })

  test.each([
    ['two orders', BACK(`Add(${T('x')}, ${BACK('z')})`), 'a transpose by'],
    ['a value that was not transposed', 'Transpose<perm=[1,2,0]>(Add(Transpose<perm=[2,0,1]>(x), w))', 'Transpose'],
    ['a reduction that drops a dimension', `Transpose<perm=[1,0]>(ReduceSum<keepdims=0>(${T('x')}, a))`, ''],
    ['a layer that cares for the order', BACK(`CumSum(${T('x')}, a0)`), ''],
  ])('not: %s', (_, value, reason) => {
    const more = 'in w float32[4,2,3]\nconst a0 int64[] = 0'
    expectNoMatch('Transpose sinking', net(`${X}\n${more}\ny = Exp(${value})\nout y`), reason)
  })

  test('not where a value in between is used elsewhere, nor where a transpose stays and none would go', () => {
    expectNoMatch(
      'Transpose sinking',
      net(`${X}\nr = Relu(${T('x')})\ny = ${BACK('r')}\nout y, r`),
      'nothing else uses',
    )
    expectNoMatch('Transpose sinking', net(`${X}\nt = ${T('x')}\ny = ${T('Relu(t)')}\nout y, t`), 'orders that cancel')
  })

  test('a Softmax of operator set 12 takes several dimensions as one, and is left alone', () => {
    const network = net(`${X}\ny = ${BACK(`Softmax<axis=0>(${T('x')})`)}\nout y`, 12)
    expectNoMatch('Transpose sinking', network, 'known axes')
  })
})
