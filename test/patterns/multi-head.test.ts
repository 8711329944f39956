/** The older operator takes over what both compute alike, and nothing else. */
import { describe, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const QKV = (v: string): string => `Attention<q_num_heads=2, kv_num_heads=2${v}>`
const IN = 'in q float32[2,5,8]\nin k float32[2,6,8]\nin v float32[2,6,8]\nconst m float32[1,1,5,6]'

describe('MultiHeadAttention', () => {
  test.each([
    ['without a mask', `y = ${QKV('')}(q, k, v)`],
    ['with a scale of its own', `y = ${QKV(', scale=0.5')}(q, k, v)`],
    ['with a mask', `y = ${QKV('')}(q, k, v, m)`],
    ['with values of another width', `in w float32[2,6,4]\ny = ${QKV('')}(q, k, w)`],
  ])('%s', async (_, body) => {
    await expectRewrite('MultiHeadAttention', net(`${IN}\n${body}\nout y`), 'com.microsoft.MultiHeadAttention')
  })

  test.each([
    ['grouped heads', 'in g float32[2,6,4]\ny = Attention<q_num_heads=2, kv_num_heads=1>(q, g, g)', 'as many heads'],
    ['a causal flag', `y = ${QKV(', is_causal=1')}(q, k, v)`, 'alone'],
    ['a cap on scores', `y = ${QKV(', softcap=2.0')}(q, k, v)`, 'alone'],
    ['a mask of one row', `const r float32[1,1,1,6]\ny = ${QKV('')}(q, k, v, r)`, 'finite mask'],
    ['a mask that may hold −∞', `in a float32[1,1,5,6]\ny = ${QKV('')}(q, k, v, a)`, 'finite mask'],
    ['a mask of true and false', `in a bool[1,1,5,6]\ny = ${QKV('')}(q, k, v, a)`, 'finite mask'],
    ['heads apart', 'in s float32[2,2,5,4]\ny = Attention(s, s, s)', 'merged heads'],
  ])('not %s', (_, body, reason) => {
    expectNoMatch('MultiHeadAttention', net(`${IN}\n${body}\nout y`), reason)
  })
})
