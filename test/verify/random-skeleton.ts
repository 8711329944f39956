/** A few layers on a few values, drawn at random: what a rule's left side and the networks that it meets have in common. */
import type { Draw } from '../../src/verify/instances/draw'

export type Operand =
  | { readonly type: 'value'; readonly node: number }
  | { readonly type: 'input' | 'constant' | 'list'; readonly index: number }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'none' }

export interface Node {
  readonly kind: string
  readonly operands: readonly Operand[]
  /** More than one for Split. */
  readonly results: number
}

export interface Skeleton {
  readonly nodes: readonly Node[]
  readonly inputs: number
  /** What each list of sizes or axes is for. */
  readonly lists: readonly ListUse[]
}

export type ListUse = 'axes' | 'sizes' | 'start' | 'end' | 'step'

/** Attributes that are drawn, by operator. */
export const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Softmax: ['axis'],
  LogSoftmax: ['axis'],
  Hardmax: ['axis'],
  Transpose: ['perm'],
  LeakyRelu: ['alpha'],
  Elu: ['alpha'],
  Celu: ['alpha'],
  Swish: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Gelu: ['approximate'],
  Flatten: ['axis'],
  Cast: ['to'],
  ReduceSum: ['keepdims', 'noop_with_empty_axes'],
  ReduceMean: ['keepdims'],
  ReduceMax: ['keepdims'],
  Concat: ['axis'],
  LayerNormalization: ['axis', 'epsilon'],
  Gemm: ['alpha', 'beta', 'transA', 'transB'],
  Split: ['axis', 'num_outputs'],
}

const [UNARY, BINARY, SEVERAL] = [
  ['Relu', 'Neg', 'Abs', 'Exp', 'Identity', 'Sigmoid', 'Tanh', 'Sqrt', 'Reciprocal', 'Erf', 'Floor', 'Sign'],
  ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Pow'],
  ['Sum', 'Max', 'Min', 'Concat', 'Mean'],
]
const WITH_ATTRIBUTES =
  'Softmax LogSoftmax Transpose LeakyRelu Elu Gelu Flatten Cast Swish Hardmax HardSigmoid Celu'.split(' ')
const REDUCTIONS = ['ReduceSum', 'ReduceMean', 'ReduceMax']

export function drawSkeleton(d: Draw): Skeleton {
  return new SkeletonDraw(d).draw(d.int(1, 4))
}

class SkeletonDraw {
  private readonly nodes: Node[] = []
  private readonly lists: ListUse[] = []
  private inputs = 1
  private constants = 0

  constructor(private readonly d: Draw) {}

  draw(count: number): Skeleton {
    while (this.nodes.length < count) this.node()
    return { nodes: this.nodes, inputs: this.inputs, lists: this.lists }
  }

  private node(): void {
    const { d } = this
    const before = this.nodes.length
    const x: Operand = before === 0 ? { type: 'input', index: 0 } : { type: 'value', node: before - 1 }
    const choice = d.int(0, 99)
    if (choice < 30) this.add(d.pick(UNARY), [x])
    else if (choice < 58) this.add(d.pick(BINARY), d.chance(0.3) ? [this.value(), x] : [x, this.value()])
    else if (choice < 72) this.add(d.pick(WITH_ATTRIBUTES), [x])
    else if (choice < 76) this.add('Clip', [x, this.bound(), ...(d.chance(0.6) ? [this.bound()] : [])])
    else if (choice < 80) this.add(d.pick(REDUCTIONS), d.chance(0.85) ? [x, this.list('axes')] : [x])
    else if (choice < 84) this.add(d.pick(['Reshape', 'Expand']), [x, this.list('sizes')])
    else if (choice < 86) this.add(d.pick(['Squeeze', 'Unsqueeze']), [x, this.list('axes')])
    else if (choice < 88)
      this.add('Slice', [x, this.list('start'), this.list('end'), this.list('axes'), this.list('step')])
    else if (choice < 93)
      this.add(d.pick(SEVERAL), d.shuffled([x, ...Array.from({ length: d.int(0, 2) }, () => this.value())]))
    else if (choice < 96) this.add(d.pick(['MatMul', 'Gemm']), [x, this.value()])
    else if (choice < 98) this.add('LayerNormalization', [x, { type: 'constant', index: 8 }])
    else this.add('Split', [x], 2)
  }

  private add(kind: string, operands: readonly Operand[], results = 1): void {
    this.nodes.push({ kind, operands, results })
  }

  /** Something beside the value before: another input, a constant, a number, or a value once more. */
  private value(): Operand {
    const { d } = this
    if (this.nodes.length > 0 && d.chance(0.25)) return { type: 'value', node: d.int(0, this.nodes.length - 1) }
    const choice = d.int(0, 99)
    if (choice < 18 && this.inputs < 3) return { type: 'input', index: this.inputs++ }
    if (choice < 35) return { type: 'input', index: d.int(0, this.inputs - 1) }
    if (choice < 70)
      return { type: 'constant', index: this.constants < 3 ? this.constants++ : d.int(0, this.constants - 1) }
    return { type: 'number', value: d.pick([0, 1, 2, 0.5, -1, 3]) }
  }

  private bound(): Operand {
    if (this.d.chance(0.2)) return { type: 'none' }
    return this.d.chance(0.6) ? { type: 'number', value: this.d.pick([0, 1, 6, -1]) } : { type: 'constant', index: 7 }
  }

  private list(use: ListUse): Operand {
    this.lists.push(use)
    return { type: 'list', index: this.lists.length - 1 }
  }
}

/** An attribute as it is written; null to leave it out. */
export function drawAttribute(name: string, kind: string, rank: number, d: Draw): string | null {
  if (d.chance(0.3)) return null
  switch (name) {
    case 'axis':
      return String(rank === 0 ? 0 : kind === 'Flatten' ? d.int(0, rank) : d.int(-rank, rank - 1))
    case 'perm':
      return `[${d.shuffled(Array.from({ length: rank }, (_, i) => i)).join()}]`
    case 'alpha':
    case 'beta':
      return String(d.pick([0.5, 1, 0, 2, 0.2]))
    case 'approximate':
      return d.pick(['"tanh"', '"none"'])
    case 'to':
      return String(d.pick([1, 1, 10, 11, 6, 7]))
    case 'epsilon':
      return '0.001'
    case 'num_outputs':
      return '2'
    default:
      return String(d.int(0, 1))
  }
}

/** The name of an operand in rules and networks alike. */
export function nameOf(o: Operand, nodes: readonly Node[]): string {
  switch (o.type) {
    case 'value':
      return (nodes[o.node]?.results ?? 1) > 1 ? `v${o.node}_0` : `v${o.node}`
    case 'input':
      return `x${o.index}`
    case 'constant':
      return `c${o.index}`
    case 'list':
      return `l${o.index}`
    case 'number':
      return String(o.value)
    case 'none':
      return 'none'
  }
}

export const resultsOf = (node: Node, index: number): readonly string[] =>
  node.results > 1 ? Array.from({ length: node.results }, (_, i) => `v${index}_${i}`) : [`v${index}`]
