import { axisOf, broadcastable, ints, order, parts, typed, UNARY } from './motif'
import type { Motif } from './motif'

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)

const reshapes: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const size = product(dims)
  const to = (): number[] =>
    d.pick([[size], [-1], [1, size], [size, 1, -1], dims, [1, ...dims], [...dims, 1], [-1, dims.at(-1)!]])
  const rank = dims.length
  const step = (v: string, s: string): string =>
    d.pick([`Reshape(${v}, ${s})`, `Reshape(${v}, ${s})`, `Unsqueeze(${v}, o)`, `Flatten(${v})`])
  return `in x ${typed(d.float(), dims)}\n${ints('s', to())}\n${ints('u', to())}\n${ints('o', [d.int(-rank - 1, rank)])}\ny = ${step(step('x', 's'), 'u')}\nout y`
}

const betweenReshapes: Motif = (d) => {
  const [a, b, c] = [d.int(2, 4), d.int(2, 4), d.int(2, 4)]
  const perm = order(d, 3)
  const inner = d.pick([
    [a, b, c],
    [1, a, b, c],
    [a, 1, b * c],
  ])
  const order3 = inner.length === 4 ? [0, ...perm.map((p) => p + 1)] : perm
  const out = order3.map((p) => inner[p]!)
  const back = d.pick([out.filter((n) => n !== 1), out, [-1, ...out.slice(1)]])
  const outer = d.pick([
    [a, b, c],
    [a * b, c],
    [a, b * c],
  ])
  return `in x ${typed('float32', outer)}\n${ints('s', inner)}\n${ints('u', back)}\ny = Reshape(Transpose<perm=[${order3.join(',')}]>(Reshape(x, s)), u)\nout y`
}

const gatherAll: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const at = d.int(0, dims.length - 1)
  const n = dims[at]!
  const i = Array.from({ length: n }, (_, k) => (d.chance(0.1) ? d.int(0, n - 1) : d.chance(0.2) ? k - n : k))
  const index = d.pick([ints('i', i), `const i int64[1,${n}] = ${i.join(' ')}`])
  return `in x ${typed(d.float(), dims)}\n${index}\ny = Gather<axis=${axisOf(d, at, dims.length)}>(x, i)\nout y`
}

const splitConcat: Motif = (d) => {
  const dims = [d.int(2, 4), d.int(3, 6)]
  const sizes = parts(d, dims[1]!, d.int(2, 3))
  const names = sizes.map((_, i) => `p${i}`)
  const back = d.chance(0.85) ? names : d.shuffled(names)
  return `in x ${typed(d.float(), dims)}\n${ints('n', sizes)}\n${names.join(', ')} = Split<axis=${axisOf(d, 1, 2)}>(x, n)\ny = Concat<axis=${axisOf(d, 1, 2)}>(${back.join(', ')})\nz = ${d.pick(UNARY)}(x)\nout y, z`
}

const sliceOfConcat: Motif = (d) => {
  const rows = d.int(1, 3)
  const sizes = [d.int(1, 3), d.int(1, 3), d.int(1, 3)]
  const which = d.int(0, 2)
  const start = sizes.slice(0, which).reduce((a, b) => a + b, 0)
  const end = start + sizes[which]! + (d.chance(0.15) ? 1 : 0)
  const declared = sizes.map((n, i) => `in p${i} ${typed('float32', [rows, n])}`).join('\n')
  return `${declared}\n${ints('b', [start])}\n${ints('e', [which === 2 && d.chance(0.5) ? 999 : end])}\n${ints('a', [axisOf(d, 1, 2)])}\ny = Slice(Concat<axis=${axisOf(d, 1, 2)}>(p0, p1, p2), b, e, a)\nout y`
}

const expand: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const t = d.pick(['float32', 'int64', 'float16'])
  const small = broadcastable(d, dims)
  const other = d.chance(0.7) ? dims : broadcastable(d, dims)
  return `in x ${typed(t, small)}\nin z ${typed(t, other)}\n${ints('s', dims)}\ny = ${d.either(d.pick(['Add', 'Mul', 'Sub', 'Max', 'Min']), 'Expand(x, s)', 'z')}\nout y`
}

const sinking: Motif = (d) => {
  const dims = d.dims(3)
  const p = order(d, 3)
  const back = d.chance(0.7) ? p.map((_, i) => p.indexOf(i)) : order(d, 3)
  const t = (v: string): string => `Transpose<perm=[${p.join(',')}]>(${v})`
  const turned = p.map((i) => dims[i]!)
  const k = typed('float32', d.pick([turned, broadcastable(d, turned), []]))
  const inner = d.pick([
    `Relu(${t('x')})`,
    `Tanh(Neg(${t('x')}))`,
    `Mul(${t('x')}, k)`,
    `Sub(k, Abs(${t('x')}))`,
    `Add(${t('x')}, ${t('z')})`,
    `Softmax<axis=${d.int(-3, 2)}>(${t('x')})`,
    `Concat<axis=${d.int(-3, 2)}>(${t('x')}, ${t('z')})`,
    `ReduceSum<keepdims=1>(${t('x')}, a)`,
    `ReduceMean<keepdims=1>(Relu(${t('x')}), a)`,
    `Clip(${t('x')}, 0.25, 0.75)`,
    `Where(Greater(${t('x')}, 0), ${t('x')}, ${t('z')})`,
  ])
  return `in x ${typed('float32', dims)}\nin z ${typed('float32', dims)}\nconst k ${k}\n${ints('a', [d.int(-3, 2)])}\ny = Exp(Transpose<perm=[${back.join(',')}]>(${inner}))\nout y`
}

const sharedSlices: Motif = (d) => {
  const n = d.int(3, 8)
  const sizes = parts(d, n, d.int(2, 3))
  let at = 0
  const lines = sizes.map((size, i) => {
    const [start, end] = [at, (at += size)]
    const last = end === n && d.chance(0.5)
    return `${ints(`b${i}`, [start])}\n${ints(`e${i}`, [last ? 9223372036854775807 : end])}\nconst a${i} int64[1] = ${axisOf(d, 1, 2)}\np${i} = Slice(x, b${i}, e${i}, a${i})\nq${i} = ${UNARY[i]}(p${i})`
  })
  const gap = d.chance(0.1) ? lines.slice(1) : lines
  const outs = sizes.map((_, i) => `q${i}`).slice(gap.length < lines.length ? 1 : 0)
  return `in x ${typed(d.float(), [3, n])}\n${d.shuffled(gap).join('\n')}\nout ${outs.join(', ')}`
}

export const MOVEMENT: Readonly<Record<string, readonly Motif[]>> = {
  'Reshape chain': [reshapes],
  'Transpose between reshapes': [betweenReshapes],
  'Identity Gather': [gatherAll],
  'Split then Concat': [splitConcat],
  'Slice of Concat': [sliceOfConcat],
  'Expand before a broadcast': [expand],
  'Transpose sinking': [sinking],
  'Slices to Split': [sharedSlices],
}
