/** ONNX Runtime has no kernel for BiasSoftmax on a CPU: what is proved here is structure, soundness and how the mask is spread. */
import { describe, expect, test } from 'vitest'
import { broadcastOf } from '../../src/patterns/attention/bias-softmax'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const S = 'in s float32[B,4,6,8]'

describe('BiasSoftmax', () => {
  test.each([
    ['a mask a batch', 'in m float32[B,1,1,8]', 'Add(s, m)', 1],
    ['the mask on the left', 'in m float32[B,1,1,8]', 'Add(m, s)', 1],
    ['a mask for all batches and heads', 'in m float32[6,8]', 'Add(s, m)', 0],
    ['a mask for each score', 'in m float32[B,4,6,8]', 'Add(s, m)', 1],
    ['one row for all', 'in m float32[8]', 'Add(s, m)', 1],
  ])('%s', async (_, mask, sum, inner) => {
    const network = net(`${S}\n${mask}\ny = Softmax<axis=-1>(${sum})\nout y`)
    const after = `y = com.microsoft.BiasSoftmax<axis=-1, is_inner_broadcast=${inner}>(s, m)`
    await expectRewrite('BiasSoftmax', network, after, { numbers: false })
  })

  test.each([
    [
      'the batch and the rows, but one for all heads',
      'in m float32[B,1,6,8]',
      'Softmax<axis=-1>(Add(s, m))',
      /one block/,
    ],
    ['one number a row', 'in m float32[B,4,6,1]', 'Softmax<axis=-1>(Add(s, m))', /one block/],
    ['Softmax over another axis', 'in m float32[B,1,1,8]', 'Softmax<axis=2>(Add(s, m))', /axis is 2/],
    ['a difference', 'in m float32[B,1,1,8]', 'Softmax<axis=-1>(Sub(s, m))', /expected Add/],
  ])('not %s', (_, mask, body, reason) => {
    expectNoMatch('BiasSoftmax', net(`${S}\n${mask}\ny = ${body}\nout y`), reason)
  })

  test('not a sum that is used elsewhere', () => {
    const text = `${S}\nin m float32[B,1,1,8]\na = Add(s, m)\ny = Softmax<axis=-1>(a)\nout y, a`
    expectNoMatch('BiasSoftmax', net(text), /only the Softmax uses/)
  })

  test('sizes that are not known to be equal are no broadcast', () => {
    expect(broadcastOf(['N', 1, 1, 8], ['B', 4, 6, 8])).toBeNull()
    expect(broadcastOf([null, 1, 1, 8], [null, 4, 6, 8])).toBeNull()
  })
})
