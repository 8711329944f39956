import { axisOf, broadcastable, ints, typed, UNARY } from './motif'
import type { Motif } from './motif'
import type { Draw } from '../draw'

/** Arithmetic, constants and conditions, as they are left over. */
const folded =
  (f: readonly string[]): Motif =>
  (d) => {
    const dims = d.dims(d.int(1, 3))
    const t = d.float()
    const a = `const a ${typed(t, dims)}\nconst b ${typed(t, broadcastable(d, dims))}`
    return `in x ${typed(t, dims)}\n${a}\ny = ${d.either(d.pick(['Add', 'Mul', 'Sub']), 'x', d.pick(f))}\nout y`
  }

const noOp: Motif = (d) => {
  const dims = d.dims(d.int(1, 4))
  const t = d.float()
  const rank = dims.length
  const scalar = (value: string): string => `const k ${typed(t, d.pick([[], [1], [1, 1], dims]))} = ${value}`
  const forms = [
    `y = Identity(x)`,
    `y = Transpose<perm=[${dims.map((_, i) => i).join(',')}]>(x)`,
    `y = Cast<to=${{ float32: 1, float16: 10, float64: 11 }[t]}>(x)`,
    `${ints('s', d.pick([dims, [-1, ...dims.slice(1)], dims.map(() => 0)]))}\ny = Reshape(x, s)`,
    `${ints(
      's',
      dims.map((n) => d.pick([1, n])),
    )}\ny = Expand(x, s)`,
    `y = Concat<axis=${d.int(-rank, rank - 1)}>(x)`,
    `${ints('p', Array<number>(2 * rank).fill(0))}\ny = Pad(x, p)`,
    `${ints('b', [0])}\n${ints('e', [d.pick([99, dims.at(-1)!])])}\n${ints('a', [-1])}\ny = Slice(x, b, e, a)`,
    `${scalar('1')}\ny = ${d.either('Mul', 'x', 'k')}`,
    `${scalar('1')}\ny = Div(x, k)`,
    `${scalar('1')}\ny = Pow(x, k)`,
    `${scalar(d.pick(['0', '-0']))}\ny = Sub(x, k)`,
    `${scalar('-0')}\ny = ${d.either('Add', 'x', 'k')}`,
    'y = Dropout(x)',
    `y = Abs(Abs(x))`,
  ]
  return `in x ${typed(t, dims)}\n${d.pick(forms)}\nz = ${d.pick(UNARY)}(y)\nout z`
}

const zeroSum: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const zero = `const k ${typed('float32', d.pick([[], [1], dims]))} = 0`
  const of = d.pick(['Softmax', 'Relu', 'Exp', 'Sigmoid', 'Abs'])
  return `in x ${typed('float32', dims)}\n${zero}\ny = ${of}(${d.either('Add', 'x', 'k')})\nout y`
}

const duplicates: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const f = d.pick([
    'Relu(x)',
    'Exp(x)',
    'Add(x, z)',
    'Mul(x, 2)',
    `Softmax<axis=${d.int(-dims.length, -1)}>(x)`,
    'Sub(z, x)',
  ])
  const twin = f === 'Add(x, z)' && d.chance(0.5) ? 'Add(z, x)' : f
  const t = d.float()
  return `in x ${typed(t, dims)}\nin z ${typed(t, dims)}\np = ${f}\nq = ${twin}\ny = Mul(Neg(p), Abs(q))\nw = Tanh(q)\nout y, w`
}

const dead: Motif = (d) => {
  const dims = d.dims(2)
  return `in x ${typed('float32', dims)}\nd = ${d.pick(UNARY)}(${d.pick(UNARY)}(x))\ny = ${d.pick(UNARY)}(x)\nout y`
}

/** What a constant holds at its edge: too much, too little, no number. */
const edge = (d: Draw): number =>
  d.pick(
    [0, 1, -1, 0.5, 2, 3, 1e-3, 1e8, -1e8, 1e-20, 1e20, 1e38, 3e38, 1e-38, 1e-45, -0, Infinity, NaN].slice(
      0,
      d.chance(0.6) ? 8 : 18,
    ),
  )

const constantChain: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const t = d.chance(0.85) ? 'float32' : d.pick(['float16', 'int32', 'int64'])
  const f = d.pick(['Add', 'Mul'])
  const value = (): string => (d.chance(0.5) ? '' : ` = ${t.startsWith('int') ? d.int(-9, 9) : edge(d)}`)
  const shape = (): string => typed(t, d.chance(0.5) ? [] : broadcastable(d, dims))
  const inner = d.either(f, 'x', 'a')
  return `in x ${typed(t, dims)}\nconst a ${shape()}${value()}\nconst b ${shape()}${value()}\ny = ${d.either(f, inner, 'b')}\nout y`
}

const reciprocal: Motif = (d) => {
  const dims = d.dims(d.int(1, 3))
  const t = d.float()
  const ones = `const o ${typed(t, d.pick([[], [1]]))} = 1`
  const safe = d.pick(['Add(Abs(z), 0.01)', 'Sqrt(Add(Mul(z, z), 0.01))', 'Sqrt(Add(Abs(z), 0.25))'])
  const one = d.chance(0.7) ? `Div(o, r)` : 'Reciprocal(r)'
  return `in x ${typed(t, broadcastable(d, dims))}\nin z ${typed(t, dims)}\n${ones}\nr = ${safe}\ny = ${d.either('Mul', 'x', one)}\nout y`
}

const condition: Motif = (d) => {
  const dims = d.dims(2)
  const t = d.pick(['float32', 'int64', 'float16'])
  const known = `const t ${typed('bool', d.pick([[], [1], dims]))} = ${d.pick([0, 1, 1, 1, 1, 1])}`
  const large = t === 'int64' && d.chance(0.3) ? ' = 9007199254740993' : ''
  const a = `const a ${typed(t, d.pick([[], [1], dims]))}${large}`
  const branches = d.chance(0.8) ? 'a, b' : 'b, a'
  return `in c ${typed('bool', broadcastable(d, dims))}\n${known}\n${a}\nin b ${typed(t, d.pick([dims, dims, [], [1]]))}\ny = Where(${d.either('And', 'c', 't')}, ${branches})\nout y`
}

const staticShape: Motif = (d) => {
  const dims = d.dims(d.int(1, 4))
  const form = d.pick([
    'Shape(x)',
    'Size(x)',
    `Shape<start=${d.int(-dims.length, dims.length)}>(x)`,
    `Shape<end=${d.int(-dims.length, dims.length)}>(x)`,
  ])
  return `in x ${typed('float32', dims)}\ny = Cast<to=1>(${form})\nz = Relu(x)\nout y, z`
}

const staticSize: Motif = (d) => {
  const dims: (number | string)[] = ['N', ...d.dims(d.int(1, 3))]
  const i = d.int(1, dims.length - 1)
  const index = d.chance(0.5)
    ? `const i int64[] = ${axisOf(d, i, dims.length)}`
    : ints('i', [axisOf(d, i, dims.length)])
  return `in x ${typed('float32', dims)}\n${index}\ny = Cast<to=1>(Gather(Shape(x), i))\nz = Relu(x)\nout y, z`
}

export const CLEANUP: Readonly<Record<string, readonly Motif[]>> = {
  'Constant folding': [folded(['Add(a, b)', 'Mul(b, a)', 'Neg(a)', 'Relu(Sub(a, b))', 'Abs(a)', 'Max(a, b)'])],
  'Constant folding, rounded': [folded(['Exp(a)', 'Tanh(Add(a, b))', 'Sigmoid(b)', 'Erf(a)', 'Sqrt(Abs(a))'])],
  'Static shape': [staticShape],
  'Static size': [staticSize],
  'Sum with zero': [zeroSum],
  'No-op': [noOp],
  'Duplicate layer': [duplicates],
  'Dead layer': [dead],
  'Always-true condition': [condition],
  'Constants in a chain': [constantChain],
  'Product with a reciprocal': [reciprocal],
}
