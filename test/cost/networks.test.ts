/** Costs of networks that were computed by hand. */
import { describe, expect, test } from 'vitest'
import { CostBook, plainCost } from '../../src/cost'
import type { Sizes } from '../../src/cost'
import { net } from '../patterns/notation'

const cost = (text: string, sizes: Sizes = {}) => plainCost(new CostBook(net(text, 24), sizes).total)

describe('matrix products', () => {
  test('a MatMul: 2 M N K, both sides read and the result written', () => {
    expect(cost('in x float32[2,3,4]\nconst w float32[4,5]\ny = MatMul(x, w)\nout y')).toEqual({
      launches: 1,
      flops: 2 * (2 * 3 * 5) * 4,
      activations: 4 * (2 * 3 * 4 + 2 * 3 * 5),
      weights: 4 * (4 * 5),
      bytes: 4 * (24 + 30 + 20),
      intensity: 240 / 296,
    })
  })

  test.each([
    ['MatMul and Add are a Gemm', 'y = Add(MatMul(x, w), b)', 'y = Gemm(x, w, b)'],
    ['a transposed left side', 'y = MatMul(x, w)', 'y = com.microsoft.FusedMatMul<transA=1>(xt, w)'],
    [
      'a scale is one more for each result',
      'y = Mul(MatMul(x, w), b)',
      'y = com.microsoft.FusedMatMul<alpha=0.5>(x, w)',
    ],
    ['Einsum of two matrices', 'y = MatMul(x, w)', 'y = Einsum<equation="ij,jk->ik">(x, w)'],
  ])('%s: as many FLOPs', (_, apart, fused) => {
    const inputs = 'in x float32[6,4]\nin xt float32[4,6]\nconst w float32[4,5]\nconst b float32[5]\n'
    const flops = cost(`${inputs}${apart}\nout y`).flops
    expect(flops).toBeGreaterThanOrEqual(2 * 6 * 5 * 4)
    expect(cost(`${inputs}${fused}\nout y`).flops).toBe(flops)
  })
})

describe('convolutions', () => {
  const x = 'in x float32[1,8,16,16]\nconst w float32[12,4,3,3]\nconst b float32[12]\n'
  const filter = 4 * 3 * 3

  test('groups and strides: 8x8 windows of 4 channels, for 12 filters', () => {
    expect(cost(`${x}y = Conv<group=2, strides=[2,2], pads=[1,1,1,1]>(x, w, b)\nout y`)).toMatchObject({
      launches: 1,
      flops: 12 * 8 * 8 * (2 * filter + 1),
      activations: 4 * (8 * 16 * 16 + 12 * 8 * 8),
      weights: 4 * (12 * filter + 12),
    })
  })

  test('a fused activation adds its own', () => {
    const relu = `${x}y = com.microsoft.FusedConv<group=2, activation="Relu">(x, w)\nout y`
    expect(cost(relu).flops).toBe(12 * 14 * 14 * (2 * filter + 1))
  })

  test('a transposed one sends each operand to a window', () => {
    const text = 'in x float32[1,8,4,4]\nconst w float32[8,3,2,2]\ny = ConvTranspose<strides=[2,2]>(x, w)\nout y'
    expect(cost(text).flops).toBe(2 * (8 * 4 * 4) * (3 * 2 * 2))
  })
})

describe('attention', () => {
  const [heads, s, t, d] = [4, 6, 10, 8]
  const scores = heads * s * t

  test('of the standard: two products, scale and softmax on each score', () => {
    const qkv = `in q float32[1,${heads},${s},${d}]\nin k float32[1,${heads},${t},${d}]\nin v float32[1,${heads},${t},${d}]\n`
    expect(cost(`${qkv}y = Attention(q, k, v)\nout y`)).toMatchObject({
      launches: 1,
      flops: scores * (2 * d + 2 * d + 6),
      activations: 4 * heads * d * (s + t + t + s),
      weights: 0,
    })
  })

  test('as layers of its own it has as many FLOPs, and moves the scores four times more', () => {
    const parts = `in q float32[1,${heads},${s},${d}]\nin k float32[1,${heads},${d},${t}]\nin v float32[1,${heads},${t},${d}]
p = Softmax(Div(MatMul(q, k), 2.83))\ny = MatMul(p, v)\nout y`
    const apart = cost(parts)
    expect(apart.flops).toBe(scores * (4 * d + 6))
    expect(apart.launches).toBe(4)
    expect(apart.activations).toBe(4 * heads * d * (s + t + t + s) + 4 * 6 * scores)
  })

  test('grouped queries: as many FLOPs for fewer keys, and 3 for each element that rotary turns', () => {
    const qkv = `in q float32[1,${s},32]\nin k float32[1,${s},16]\nin v float32[1,${s},16]\n`
    const text = `${qkv}const l int32[1] = 5\nconst n int32[1] = 6\n`
    const of = (more: string) =>
      cost(
        `${text}y = com.microsoft.GroupQueryAttention<num_heads=4, kv_num_heads=2${more}>(q, k, v, none, none, l, n)\nout y`,
      ).flops!
    expect(of('')).toBe(heads * s * s * (4 * d + 6))
    expect(of(', do_rotary=1') - of('')).toBe(3 * s * (32 + 16))
  })

  test('packed: the product that makes queries, keys and values comes first', () => {
    const text = 'in x float32[2,6,32]\nconst w float32[32,96]\nconst b float32[96]\n'
    const y = 'y = com.microsoft.Attention<num_heads=4>(x, w, b)\nout y'
    expect(cost(text + y).flops).toBe(2 * 6 * 96 * (2 * 32 + 1) + 2 * 4 * 6 * 6 * (4 * 8 + 6))
  })
})

describe('element by element', () => {
  test.each([
    ['Relu(x)', 1],
    ['Softmax(x)', 5],
    ['Gelu(x)', 5],
    ['Gelu<approximate="tanh">(x)', 8],
    ['Cast<to=10>(x)', 0],
    ['Max(x, x, x)', 2],
    ['Clip(x, 0, 6)', 2],
  ])('%s takes %i FLOPs for each element', (call, flops) => {
    expect(cost(`in x float32[3,5]\ny = ${call}\nout y`).flops).toBe(15 * flops)
  })

  test.each([
    ['Gelu', 'y = Mul(Mul(x, Add(Erf(Div(x, 1.41)), 1)), 0.5)', 'y = Gelu(x)'],
    [
      'layer normalization',
      'd = Sub(x, ReduceMean(x, axes))\ny = Add(Mul(Div(d, Sqrt(Add(ReduceMean(Pow(d, 2), axes), 0.00001))), g), g)',
      'y = LayerNormalization(x, g, g)',
    ],
    [
      'root mean square normalization',
      'y = Mul(g, Mul(x, Div(1, Sqrt(Add(ReduceMean(Pow(x, 2), axes), 0.00001)))))',
      'y = RMSNormalization(x, g)',
    ],
    ['SiLU', 'y = Mul(x, Sigmoid(x))', 'y = Swish(x)'],
  ])('%s has the FLOPs of what it stands for, and fewer launches', (_, apart, fused) => {
    const inputs = 'in x float32[4,16]\nconst g float32[16]\nconst axes int64[1] = -1\n'
    const [a, b] = [cost(`${inputs}${apart}\nout y`), cost(`${inputs}${fused}\nout y`)]
    expect(b.flops).toBe(a.flops)
    expect(b.launches).toBeLessThan(a.launches!)
    expect(b.bytes).toBeLessThan(a.bytes!)
  })
})

describe('what only moves', () => {
  test('another view of the same bytes costs nothing', () => {
    expect(cost('in x float32[4,6]\ny = Identity(Unsqueeze(Flatten(x), 0))\nout y')).toMatchObject({
      launches: 0,
      bytes: 0,
    })
  })

  test('Gather reads the rows it takes, not the table', () => {
    expect(cost('in i int64[3]\nconst w float32[1000,8]\ny = Gather(w, i)\nout y')).toMatchObject({
      launches: 1,
      flops: 0,
      activations: 8 * 3 + 4 * 3 * 8,
      weights: 4 * 3 * 8,
    })
  })

  test('a value that a layer takes twice is read once; halves take two bytes', () => {
    expect(cost('in x float16[10]\ny = Mul(x, x)\nout y').activations).toBe(2 * 2 * 10)
  })
})

describe('symbolic sizes', () => {
  const text = 'in x float32[batch,tokens,4]\nconst w float32[4,4]\ny = Relu(MatMul(x, w))\nout y'

  test('are null until they are said, with the names that are missing', () => {
    const book = new CostBook(net(text))
    expect(plainCost(book.total)).toMatchObject({ launches: 2, flops: null, activations: null, weights: 64 })
    expect(book.symbols).toEqual(['batch', 'tokens'])
    const missing = [...book.costs()].flatMap(([, c]) => c.missing)
    expect(new Set(missing)).toEqual(new Set(['tokens']))
    book.setSizes({ tokens: 7 })
    expect(book.counted).toEqual({ batch: 1, tokens: 7 })
    expect(plainCost(book.total).flops).toBe(7 * 4 * (2 * 4 + 1))
  })

  test('usual names are assumed, and what is said goes before', () => {
    const flops = (sizes: Sizes) => cost(text.replaceAll('tokens', 'seq_len'), sizes).flops
    expect(flops({})).toBe(128 * 36)
    expect(flops({ batch: 2, seq_len: 3 })).toBe(6 * 36)
  })

  test('an expression of sizes comes to a number', () => {
    const joined = 'in x float32[S,4]\nin y float32[S,4]\nz = Relu(Concat<axis=0>(x, y))\nout z'
    expect(cost(joined, { S: 5 }).flops).toBe(2 * 5 * 4)
  })

  test('of an operator that nobody knows the FLOPs are unknown, and the bytes known', () => {
    const c = cost('in x float32[4]\ny = Relu(strange.Thing(x))\nout y')
    expect(c).toMatchObject({ launches: 2, flops: null })
  })
})
