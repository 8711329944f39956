import { broadcastable, ints, typed } from './motif'
import type { Motif } from './motif'
import type { Draw } from '../draw'

interface Sizes {
  readonly b: number
  readonly h: number
  readonly s: number
  readonly t: number
  readonly w: number
}

const sizes = (d: Draw): Sizes => ({
  b: d.int(1, 2),
  h: d.int(1, 3),
  s: d.int(1, 4),
  t: d.int(2, 4),
  w: 2 * d.int(1, 3),
})

/** A mask that is added to scores, as exporters write it. */
function mask(d: Draw, { b, h, s, t }: Sizes): { declared: string; value: string } | null {
  if (d.chance(0.35)) return null
  const dims = d.pick([
    [b, 1, s, t],
    [1, 1, s, t],
    [b, h, s, t],
    [s, t],
    [b, 1, 1, t],
  ])
  const low = d.pick(['-10000', '-1000000000', 'floor', 'lowest'])
  const consts =
    'const floor float32[] = -Infinity\nconst lowest float32[] = -3.4028234663852886e38\nconst nought float32[] = 0'
  return d.pick([
    { declared: `in m ${typed('float32', dims)}`, value: 'm' },
    { declared: `const m ${typed('float32', dims)}`, value: 'm' },
    { declared: `in m ${typed('bool', dims)}\n${consts}`, value: `Where(m, nought, ${low})` },
  ])
}

const attention: Motif = (d) => {
  const z = sizes(d)
  const { b, h, s, t, w } = z
  const m = mask(d, z)
  const factor = d.pick(['0.5', '0.3535534', '2', '0.1'])
  const kt = d.pick(['Transpose<perm=[0,1,3,2]>(k)', 'kt'])
  const before = d.chance(0.3)
  const scores = before ? `MatMul(Mul(q, ${factor}), Mul(${kt}, ${factor}))` : `MatMul(q, ${kt})`
  const scaled =
    before || d.chance(0.2) ? scores : d.pick([d.either('Mul', scores, factor), `Div(${scores}, ${factor})`])
  const masked = m ? d.either('Add', scaled, m.value) : scaled
  return `in q ${typed('float32', [b, h, s, w])}\nin k ${typed('float32', [b, h, t, w])}\nin kt ${typed('float32', [b, h, w, t])}\nin v ${typed('float32', [b, h, t, d.pick([w, w, w + 2])])}\n${m?.declared ?? ''}\ny = MatMul(Softmax<axis=${d.pick([-1, 3])}>(${masked}), v)\nout y`
}

const grouped: Motif = (d) => {
  const { b, h, s, t, w } = sizes(d)
  const r = d.int(1, 3)
  const repeat = (x: string): string => `Reshape(Expand(Unsqueeze(${x}, two), wide), heads)`
  const m = d.chance(0.4) ? ', m' : ''
  return `in q ${typed('float32', [b, h * r, s, w])}\nin k ${typed('float32', [b, h, t, w])}\nin v ${typed('float32', [b, h, t, w])}\n${ints('two', [d.chance(0.9) ? 2 : 1])}\n${ints('wide', [b, h, r, t, w])}\n${ints('heads', [b, h * r, t, w])}\nconst m float32[${s},${t}]\ny = Attention(q, ${repeat('k')}, ${repeat('v')}${m})\nout y`
}

const heads: Motif = (d) => {
  const { b, h, s, t, w } = sizes(d)
  const split = (x: string, n: string): string => `Transpose<perm=[0,2,1,3]>(Reshape(${x}, ${n}))`
  const scale = d.pick(['', '<scale=0.5>', '<is_causal=1>'])
  return `in q ${typed('float32', [b, s, h * w])}\nin k ${typed('float32', [b, t, h * w])}\nin v ${typed('float32', [b, t, h * w])}\n${ints(
    'qs',
    d.pick([
      [b, s, h, w],
      [0, 0, h, w],
      [0, -1, h, w],
    ]),
  )}\n${ints('ks', [b, t, h, w])}\n${ints(
    'back',
    d.pick([
      [b, s, h * w],
      [0, 0, -1],
    ]),
  )}\ny = Reshape(Transpose<perm=[0,2,1,3]>(Attention${scale}(${split('q', 'qs')}, ${split('k', 'ks')}, ${split('v', 'ks')})), back)\nout y`
}

const rotary: Motif = (d) => {
  const { b, h, s, w } = sizes(d)
  const half = w / 2
  const table = (f: (x: number) => number): string =>
    Array.from({ length: s * w }, (_, i) => Math.fround(f(Math.floor(i / w) / 10 ** ((i % w) % half)))).join(' ')
  const rows = d.pick([
    [1, 1, s, w],
    [s, w],
    [1, s, w],
  ])
  const r = 'Concat<axis=-1>(Neg(Slice(x, half, all, ax)), Slice(x, zero, half, ax))'
  return `in x ${typed('float32', [b, h, s, w])}\nconst cos ${typed('float32', rows)} = ${table(Math.cos)}\nconst sin ${typed('float32', rows)} = ${table(Math.sin)}\n${ints('zero', [0])}\n${ints('half', [half])}\n${ints('all', [9223372036854775807])}\n${ints('ax', [d.pick([3, -1])])}\nr = ${r}\ny = ${d.either('Add', d.either('Mul', 'x', 'cos'), d.either('Mul', 'r', 'sin'))}\nout y`
}

const packed: Motif = (d) => {
  const { b, s, h, w } = sizes(d)
  const n = h * w
  const m = d.pick(['', '', ', m', ', Where(c, 0, low)', ', Where(c, 0, -10000)'])
  const bias = d.pick([
    [true, true, true],
    [false, false, false],
    [true, false, true],
  ])
  const project = (i: number): string => (bias[i] ? d.either('Add', `MatMul(x, w${i})`, `b${i}`) : `MatMul(x, w${i})`)
  const weights = [0, 1, 2].map((i) => `const w${i} float32[${n},${n}]\nconst b${i} float32[${n}]`).join('\n')
  return `in x ${typed('float32', [b, s, n])}\n${weights}\nconst m float32[1,1,${s},${s}] = ${d.pick([0, -10000, 1])}\nin c ${typed('bool', [d.pick([b, 1]), 1, d.pick([s, 1]), s])}\nconst low float32[] = -Infinity\ny = Attention<q_num_heads=${h}, kv_num_heads=${h}${d.pick(['', ', scale=0.5'])}>(${project(0)}, ${project(1)}, ${project(2)}${m})\nout y`
}

const merged: Motif = (d) => {
  const { b, s, t, h, w } = sizes(d)
  const m = d.pick(['', ', m'])
  return `in q ${typed('float32', [b, s, h * w])}\nin k ${typed('float32', [b, t, h * w])}\nin v ${typed('float32', [b, t, h * d.pick([w, w, 2])])}\nconst m float32[1,1,${s},${t}]\ny = Attention<q_num_heads=${h}, kv_num_heads=${h}${d.pick(['', ', scale=0.5'])}>(q, k, v${m})\nout y`
}

const rotaryHeads: Motif = (d) => {
  const { b, s, h } = sizes(d)
  const [g, w] = [d.int(1, 2), 16]
  const n = g * h
  const same = d.chance(0.9)
  const table = (name: string): string => {
    const row = Array.from({ length: (s * w) / 2 }, () => d.between(-1, 1).toFixed(3))
    const rows = Array.from({ length: b }, (_, i) =>
      same || i === 0 ? row : row.map((x) => `-${x}`.replace('--', '')),
    )
    return `const ${name} float32[${b},${s},${w / 2}] = ${rows.flat().join(' ')}`
  }
  const rotated = (x: string, heads: number): string => `RotaryEmbedding<num_heads=${heads}>(${x}, cos, sin)`
  const lower = Array.from({ length: s * s }, (_, i) => Number(i % s <= Math.floor(i / s))).join(' ')
  const low = d.pick(['-10000', 'floor'])
  const allowed = d.pick(['tri', 'tri', 'And(tri, c)'])
  return `in q ${typed('float32', [b, s, n * w])}\nin k ${typed('float32', [b, s, h * w])}\nin v ${typed('float32', [b, s, h * w])}\n${table('cos')}\n${table('sin')}\nconst tri bool[1,1,${s},${s}] = ${lower}\nin c bool[${b},1,1,${s}]\nconst floor float32[] = -Infinity\ny = Attention<q_num_heads=${n}, kv_num_heads=${h}>(${rotated('q', n)}, ${rotated('k', h)}, v, Where(${allowed}, 0, ${low}))\nout y`
}

const biasSoftmax: Motif = (d) => {
  const { b, h, s, t } = sizes(d)
  const dims = [b, h, s, t]
  return `in x ${typed('float32', dims)}\nin m ${typed('float32', d.pick([[b, 1, 1, t], [s, t], dims, [t], broadcastable(d, dims)]))}\ny = Softmax<axis=-1>(${d.either('Add', 'x', 'm')})\nout y`
}

export const ATTENTION: Readonly<Record<string, readonly Motif[]>> = {
  Attention: [attention],
  'Grouped heads': [grouped],
  'Attention heads': [heads],
  RotaryEmbedding: [rotary],
  'Packed attention': [packed],
  GroupQueryAttention: [rotaryHeads],
  MultiHeadAttention: [merged],
  BiasSoftmax: [biasSoftmax],
}
