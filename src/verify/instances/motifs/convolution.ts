import { ints, typed } from './motif'
import type { Motif } from './motif'
import type { Draw } from '../draw'

interface Conv {
  readonly declared: string
  readonly call: (x: string) => string
  readonly channels: number
  readonly made: number
}

/** A convolution of random sizes, and of every flag that it has. `space`: how many dimensions. */
function conv(d: Draw, { plain = false, space = d.pick([1, 2, 2, 2]) } = {}): Conv {
  const group = d.chance(0.25) ? 2 : 1
  const [channels, made] = [d.int(1, 2) * group, d.int(1, 3) * group]
  const kernel = Array.from({ length: space }, () => d.int(1, 3))
  const each = (f: () => number): string => `[${kernel.map(f).join(',')}]`
  const attributes = [
    group > 1 && `group=${group}`,
    d.chance(0.4) && `kernel_shape=[${kernel.join(',')}]`,
    d.chance(0.4) && `strides=${each(() => d.int(1, 2))}`,
    d.chance(0.2) && `dilations=${each(() => d.int(1, 2))}`,
    !plain &&
      (d.chance(0.15)
        ? `auto_pad="${d.pick(['SAME_UPPER', 'SAME_LOWER', 'VALID'])}"`
        : d.chance(0.5) && `pads=[${[...kernel, ...kernel].map(() => d.int(0, 1)).join(',')}]`),
  ].filter((a) => a !== false)
  const list = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
  const bias = d.chance(0.6)
  return {
    declared: `in x ${typed('float32', [d.int(1, 2), channels, ...kernel.map(() => d.int(5, 6))])}\nconst w ${typed('float32', [made, channels / group, ...kernel])}\nconst b float32[${made}]`,
    call: (x) => `Conv${list}(${x}, w${bias ? ', b' : ''})`,
    channels,
    made,
  }
}

const NORM = (n: number): string =>
  `const g float32[${n}]\nconst h float32[${n}]\nconst m float32[${n}]\nconst v float32[${n}]`

/** One number a channel, mostly. */
function perChannel(d: Draw, n: number): string {
  const dims = d.pick([[n, 1, 1], [1, n, 1, 1], [], [1], [n, 1, 1], [n], [1, 1, 1, n]])
  return `const k ${typed('float32', dims)}${d.chance(0.2) ? ` = ${d.pick([0, 1, -1, 0.5, 1e30])}` : ''}`
}

const affine = (d: Draw, v: string): string =>
  d.pick([d.either('Mul', v, 'k'), `Div(${v}, k)`, d.either('Add', v, 'k'), `Sub(${v}, k)`, `Sub(k, ${v})`])

const batchNorm: Motif = (d) => {
  const c = conv(d)
  const epsilon = d.pick(['', '<epsilon=0.01>', '<epsilon=0.00001>'])
  return `${c.declared}\n${NORM(c.made)}\ny = BatchNormalization${epsilon}(${c.call('x')}, g, h, m, v)\nout y`
}

const convTransposeNorm: Motif = (d) => {
  const group = d.int(1, 2)
  const [channels, made] = [2 * group, d.int(1, 2)]
  return `in x float32[1,${channels},4,4]\nconst w float32[${channels},${made},2,2]\n${NORM(made * group)}\ny = BatchNormalization(ConvTranspose<group=${group}, strides=[2,2]>(x, w), g, h, m, v)\nout y`
}

const convScale: Motif = (d) => {
  const c = conv(d, { space: 2 })
  return `${c.declared}\n${perChannel(d, c.made)}\ny = ${affine(d, c.call('x'))}\nout y`
}

const scaleConv: Motif = (d) => {
  const c = conv(d, { space: 2, plain: d.chance(0.6) })
  return `${c.declared}\n${perChannel(d, c.channels)}\ny = ${c.call(affine(d, 'x'))}\nout y`
}

const normScale: Motif = (d) => {
  const n = d.int(1, 4)
  return `in x float32[2,${n},3,3]\n${NORM(n)}\n${perChannel(d, n)}\ny = ${affine(d, 'BatchNormalization(x, g, h, m, v)')}\nout y`
}

const residual: Motif = (d) => {
  const c = conv(d, { space: 2 })
  const z = d.chance(0.8) ? c.call('x2') : 'x2'
  const sum = d.either('Add', c.call('x'), `Abs(${z})`)
  return `${c.declared}\n${c.declared.split('\n')[0]!.replace('in x', 'in x2')}\ny = ${d.chance(0.5) ? sum : `Relu(${sum})`}\nout y`
}

const activation: Motif = (d) => {
  const c = conv(d)
  const f = d.pick([
    'Relu(',
    'Sigmoid(',
    'Tanh(',
    'LeakyRelu<alpha=0.2>(',
    'HardSigmoid(',
    'HardSigmoid<alpha=0.25, beta=0.4>(',
    'Clip(',
  ])
  const bounds = f === 'Clip(' ? `, ${d.pick(['0, 6', '-1, 1', 'none, 1', '0.5'])}` : ''
  return `${c.declared}\ny = ${f}${c.call('x')}${bounds})\nout y`
}

const padded: Motif = (d) => {
  const c = conv(d, { space: 2 })
  const pads = [0, 0, d.int(0, 2), d.int(0, 2), 0, 0, d.int(0, 2), d.int(0, 2)]
  if (d.chance(0.1)) pads[d.int(0, 7)] = d.pick([1, -1])
  const value = d.pick(['', ', 0', '', ', 1'])
  const mode = d.pick(['', '', '', '<mode="reflect">'])
  const window = d.pick([
    c.call,
    c.call,
    (x: string) => `MaxPool<kernel_shape=[${d.int(1, 3)},2]${d.pick(['', ', pads=[0,0,1,1]', ', ceil_mode=1'])}>(${x})`,
    (x: string) =>
      `AveragePool<kernel_shape=[2,${d.int(1, 3)}]${d.pick(['', ', count_include_pad=1', ', pads=[0,0,1,1]'])}>(${x})`,
  ])
  const floor = d.chance(0.3) ? ', low' : value
  return `${c.declared}\n${ints('p', pads)}\nconst low float32[] = -Infinity\ny = ${window(`Pad${mode}(x, p${floor})`)}\nout y`
}

const globalPool: Motif = (d) => {
  const space = d.int(1, 3)
  const axes = Array.from({ length: space }, (_, i) => (d.chance(0.5) ? i + 2 : i - space))
  const dims = [d.int(1, 2), d.int(1, 3), ...d.dims(space)]
  return `in x ${typed('float32', dims)}\n${ints('a', d.chance(0.9) ? d.shuffled(axes) : [1])}\ny = ReduceMean${d.pick(['', '<keepdims=1>', '<keepdims=0>'])}(x, a)\nout y`
}

const poolFlatten: Motif = (d) => {
  const dims = [d.int(1, 2), d.int(1, 4), ...d.dims(2)]
  const flat = d.pick(['Flatten(p)', 'Flatten<axis=1>(p)', 'Reshape(p, s)', 'Squeeze(p, a)'])
  return `in x ${typed('float32', dims)}\n${ints('s', d.pick([dims.slice(0, 2), [0, -1]]))}\n${ints(
    'a',
    d.pick([
      [2, 3],
      [-2, -1],
    ]),
  )}\np = GlobalAveragePool(x)\ny = ${flat}\nout y`
}

const pointwise: Motif = (d) => {
  const [c, n] = [d.int(1, 4), d.int(1, 4)]
  const product = 'MatMul(x, w)'
  const f = d.pick([
    (v: string) => v,
    (v: string) => d.either('Add', v, 'b'),
    (v: string) => `Relu(Add(${v}, b))`,
    (v: string) => `Mul(k, Add(${v}, b))`,
  ])
  return `in x0 float32[2,${c},3,2]\nx = Transpose<perm=[0,2,3,1]>(x0)\nconst w float32[${c},${n}]\nconst b float32[${n}]\nconst k float32[${n}]\ny = Transpose<perm=[0,3,1,2]>(${f(product)})\nout y`
}

const bounds: Motif = (d) => {
  const bound = (): string =>
    d.pick(['0', '1', '-1', '0.5', '6', '-3', '2', ...(d.chance(0.3) ? ['inf', 'low', 'nan', '-0'] : [])])
  const f = (v: string): string =>
    d.pick([
      `Relu(${v})`,
      `Clip(${v}, ${bound()}, ${bound()})`,
      `Clip(${v}, none, ${bound()})`,
      `Clip(${v}, ${bound()})`,
      d.either('Min', v, 'a'),
      d.either('Max', v, 'b'),
    ])
  const special = 'const inf float32[] = Infinity\nconst low float32[] = -Infinity\nconst nan float32[] = NaN'
  return `in x ${typed('float32', d.dims(2))}\n${special}\nconst a float32[${d.pick(['', '1'])}] = ${d.pick([1, 2, -1, 0])}\nconst b float32[] = ${d.pick([0, 1, -2])}\ny = ${f(f('x'))}\nout y`
}

export const CONVOLUTION: Readonly<Record<string, readonly Motif[]>> = {
  'Chain of bounds': [bounds],
  'Pad and window': [padded],
  'Conv+BatchNorm': [batchNorm, batchNorm, convTransposeNorm],
  'Conv and scale': [convScale],
  'BatchNormalization and scale': [normScale],
  'Scale and Conv': [scaleConv],
  'Global average pool': [globalPool],
  'Pool and flatten': [poolFlatten],
  'Conv and residual': [residual],
  'Conv and activation': [activation],
  'Pointwise convolution': [pointwise],
}
