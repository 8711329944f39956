import { ints, typed } from './motif'
import type { Motif } from './motif'
import type { Draw } from '../draw'

/** A scale of a product with `n` columns: a number, or one a column, mostly. */
const scale = (d: Draw, t: string, n: number): string =>
  `const k ${typed(t, d.pick([[], [1], [n], [n], [1, n], [2, 1]]))}${d.chance(0.3) ? ` = ${d.pick([0.5, 2, 0, -1, 1e30, 1e-30])}` : ''}`

const scaled = (d: Draw, v: string): string => (d.chance(0.3) ? `Div(${v}, k)` : d.either('Mul', v, 'k'))

const matmulScale: Motif = (d) => {
  const [dims, n] = [d.dims(d.int(2, 3)), d.int(1, 4)]
  const t = d.float()
  const p = 'MatMul(x, w)'
  return `in x ${typed(t, dims)}\nconst w ${typed(t, [dims.at(-1)!, n])}\nconst b ${typed(t, d.pick([[n], [], [n]]))}\n${scale(d, t, n)}\ny = ${scaled(d, d.chance(0.5) ? p : d.either('Add', p, 'b'))}\nout y`
}

const scaleMatmul: Motif = (d) => {
  const [dims, n] = [d.dims(d.int(2, 3)), d.int(1, 4)]
  const t = d.float()
  return `in x ${typed(t, dims)}\nconst w ${typed(t, [dims.at(-1)!, n])}\n${scale(d, t, dims.at(-1)!)}\ny = MatMul(${scaled(d, 'x')}, w)\nout y`
}

/** Gemm with operands that fit its flags. */
function gemm(d: Draw, t: string): { declared: string; call: string; n: number; m: number } {
  const [m, k, n] = [d.int(1, 4), d.int(1, 4), d.int(1, 4)]
  const [transA, transB] = [d.chance(0.3), d.chance(0.4)]
  const c = d.pick([[n], [1, n], [m, n], [m, 1], [], [1]])
  const attributes = [
    transA && 'transA=1',
    transB && 'transB=1',
    d.chance(0.3) && `alpha=${d.pick([0.5, 2, -1, 1])}`,
    d.chance(0.3) && `beta=${d.pick([0.5, 2, 0, 1])}`,
  ].filter((a) => a !== false)
  const list = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
  const declared = `in x ${typed(t, transA ? [k, m] : [m, k])}\nconst w ${typed(t, transB ? [n, k] : [k, n])}\nconst c ${typed(t, c)}`
  return { declared, call: `Gemm${list}(x, w${d.chance(0.7) ? ', c' : ''})`, n, m }
}

const gemmScale: Motif = (d) => {
  const g = gemm(d, 'float32')
  const bn = `const s float32[${g.n}]\nconst h float32[${g.n}]\nconst u float32[${g.n}]\nconst v float32[${g.n}]`
  const y = d.pick([
    scaled(d, g.call),
    d.either('Add', g.call, 'k'),
    `Sub(${g.call}, k)`,
    `BatchNormalization(${g.call}, s, h, u, v)`,
  ])
  return `${g.declared}\n${scale(d, 'float32', g.n)}\n${bn}\ny = ${y}\nout y`
}

const flatGemm: Motif = (d) => {
  const [a, b, k, n] = [d.int(1, 3), d.int(1, 3), d.int(1, 4), d.int(1, 4)]
  const trans = d.chance(0.5)
  return `in x float32[${a},${b},${k}]\nconst w ${typed('float32', trans ? [n, k] : [k, n])}\nconst c float32[${n}]\n${ints(
    's',
    d.pick([
      [-1, k],
      [a * b, k],
    ]),
  )}\n${ints(
    'u',
    d.pick([
      [a, b, n],
      [a, -1, n],
    ]),
  )}\ny = Reshape(Gemm${trans ? '<transB=1>' : ''}(Reshape(x, s), w, c), u)\nout y`
}

const merged: Motif = (d) => {
  const [dims, n] = [
    [d.int(1, 3), d.int(1, 3), d.int(2, 4)],
    [d.int(1, 4), d.int(1, 4), d.int(1, 4)],
  ]
  const k = dims.at(-1)!
  const bias = d.pick([
    [true, true, true],
    [false, false, false],
    [true, false, true],
  ])
  const lines = n.map((size, i) => {
    const p = `MatMul(x, w${i})`
    return `const w${i} float32[${k},${size}]\nconst b${i} float32[${size}]\np${i} = ${bias[i] ? d.either('Add', p, `b${i}`) : p}\ny${i} = ${['Relu', 'Neg', 'Tanh'][i]}(p${i})`
  })
  return `in x ${typed('float32', dims)}\n${lines.join('\n')}\nout y0, y1, y2`
}

export const LINEAR: Readonly<Record<string, readonly Motif[]>> = {
  'Gemm on flat rows': [flatGemm],
  'Merged projections': [merged],
  'MatMul and scale': [matmulScale],
  'Scale and MatMul': [scaleMatmul],
  'Gemm and scale': [gemmScale],
}
