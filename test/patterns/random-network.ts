/** Random networks: layers that rules look for, and fragments of their patterns, with a change here and there. */
import { onnxDialect } from '../../src/dialects/onnx'
import { ConstantValue, Network, parseRule } from '../../src/engine'
import type { Attributes, CallGraph, Statement, Tensor, ValueGraph } from '../../src/engine'
import { pick } from '../engine/support'
import { MOTIFS } from './motifs'

const UNARY = 'Relu Neg Abs Sigmoid Tanh Identity HardSwish HardSigmoid Erf Exp Sqrt LeakyRelu Reciprocal'.split(' ')
const BINARY = 'Add Mul Sub Div Add Mul Min Max'.split(' ')
const SHAPES = [
  [2, 3, 4],
  [2, 4, 4, 4],
  [4, 4],
  [2, 4],
  [1, 2, 4],
]

export class RandomNetwork {
  readonly network = new Network(onnxDialect, { name: 'random', opsets: { '': 23 } })
  private readonly values: Tensor[]

  constructor(private readonly r: () => number) {
    this.values = SHAPES.map((shape, i) => this.network.addInput(`x${i}`, 'float32', shape))
  }

  grow(layers: number, motifs: number): Network {
    for (let i = 0; i < layers; i++) {
      this.step()
      if (i % Math.ceil(layers / motifs) === 0) this.motif()
    }
    for (const t of this.values) if (t.parent && t.liveUses === 0) this.network.markOutput(t, `out_${t.id}`)
    return this.network
  }

  private call(kind: string, inputs: (Tensor | null)[], attributes: Attributes = {}): void {
    const t = this.made(kind, inputs, attributes)
    if (t) this.values.push(t)
  }

  /** A layer's result; null, and no layer, where the operands do not fit. */
  private made(kind: string, inputs: (Tensor | null)[], attributes: Attributes): Tensor | null {
    const layer = this.network.addLayer({ kind, inputs, attributes })
    const t = layer.output()!
    const size = t.shape?.every((d) => typeof d === 'number' && d > 0)
      ? t.shape.reduce<number>((a, d) => a * Number(d), 1)
      : 0
    if (size > 0 && size <= 4096) return t
    this.network.removeLayer(layer)
    return null
  }

  /** Numbers that rules look for are likely. */
  private constant(shape: readonly number[]): Tensor {
    const n = shape.reduce((a, d) => a * d, 1)
    const same = this.r() < 0.5
    const special = pick(this.r, [0, 1, -1, 2, 0.5, 3, 6])
    const values = Array.from({ length: n }, () => (same ? special : Math.fround(this.r() * 2 - 0.5)))
    return this.network.addConstant(ConstantValue.of('float32', shape, values))
  }

  private ints(...values: number[]): Tensor {
    return this.network.addConstant(ConstantValue.of('int64', [values.length], values))
  }

  private recent(): Tensor {
    const from = Math.floor(this.values.length * (1 - this.r() * this.r()))
    return this.values[Math.min(Math.max(from, 0), this.values.length - 1)]!
  }

  /** A fragment of some pattern on a random value, a little changed. */
  private motif(): void {
    const { rank, text } = pick(this.r, MOTIFS)
    const fitting = this.values.filter((t) => t.rank === rank && t.shape!.every((d) => Number(d) > 0))
    const x = pick(this.r, fitting)
    const known = new Map<string, Tensor>([['x', x]])
    try {
      for (const s of parseRule(`${text}\n=>\ny = x`).left) this.statement(s, known, x)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
    }
  }

  private statement(s: Statement, known: Map<string, Tensor>, x: Tensor): void {
    const t = this.operand(s.value, known, x)!
    known.set(s.names[0]!, t)
    this.values.push(t)
  }

  private operand(v: ValueGraph, known: Map<string, Tensor>, x: Tensor): Tensor | null {
    switch (v.type) {
      case 'number':
        return this.network.addConstant(
          ConstantValue.scalarOf('float32', this.r() < 0.06 ? pick(this.r, [0, 1, 2, 0.5, -1]) : v.value),
        )
      case 'absent':
        return null
      case 'call':
        return this.changed(v, known, x)
      case 'name': {
        const t = known.get(v.name) ?? this.named(v.name, x)
        known.set(v.name, t)
        return this.r() < 0.03 ? this.same(t) : t
      }
      default:
        throw new Error(`a motif has no ${v.type}`)
    }
  }

  private changed(v: CallGraph, known: Map<string, Tensor>, x: Tensor): Tensor {
    const operands = v.operands.map((o) => this.operand(o, known, x))
    const swaps = operands.length === 2 && this.r() < (['Add', 'Mul'].includes(v.kind) ? 0.3 : 0.03)
    const alike = [UNARY, BINARY].find((kinds) => kinds.includes(v.kind))
    const kind = alike && this.r() < 0.03 ? pick(this.r, alike) : v.kind
    const attributes: Attributes =
      kind === v.kind
        ? Object.fromEntries(Object.entries(v.attributes).flatMap(([k, a]) => ('literal' in a ? [[k, a.literal]] : [])))
        : {}
    const made = this.made(kind, swaps ? operands.reverse() : operands, attributes)
    if (!made) throw new Misfit()
    if (this.r() < 0.04) this.values.push(made)
    return made
  }

  /** What a free name of a motif stands for, by its first letter: see `MOTIFS`. */
  private named(name: string, x: Tensor): Tensor {
    const shape = x.shape as number[]
    const [last, channels] = [shape.at(-1)!, shape[1] ?? 1]
    switch (name[0]) {
      case 'a':
        return this.ints(-1)
      case 's':
        return this.ints(2, 3)
      case 'c':
        return this.constant([last])
      case 'k':
        return this.constant([channels, 1, 1])
      case 'v':
        return this.network.addConstant(
          ConstantValue.of(
            'float32',
            [channels],
            Array.from({ length: channels }, () => this.r() + 0.5),
          ),
        )
      case 'w':
        return this.constant([last, last])
      case 'f':
        return this.constant([channels, channels, 1, 1])
      default:
        return this.same(x)
    }
  }

  private step(): void {
    const x = this.recent()
    const shape = x.shape as number[]
    if (shape.length === 0) return
    const what = this.r()
    if (what < 0.25) this.call(pick(this.r, UNARY), [x])
    else if (what < 0.5) this.binary(x, shape)
    else if (what < 0.58) this.call('Transpose', [x], { perm: this.shuffled(shape.length) })
    else if (what < 0.64) this.reshape(x, shape)
    else if (what < 0.7) this.call('Softmax', [x], { axis: Math.floor(this.r() * shape.length) })
    else if (what < 0.78)
      this.call('MatMul', [x, this.r() < 0.7 ? this.constant([shape.at(-1)!, 4]) : this.fitting(shape)])
    else if (what < 0.84 && shape.length === 2)
      this.call('Gemm', [x, this.constant([shape[1]!, 4]), this.constant([4])])
    else if (what < 0.92 && shape.length === 4) this.convolution(x, shape)
    else if (what < 0.95) this.call('ReduceMean', [x, this.ints(-1)], { keepdims: pick(this.r, [0, 1]) })
    else this.call('Clip', [x, this.constant([]), this.r() < 0.5 ? this.constant([]) : null])
  }

  private binary(x: Tensor, shape: readonly number[]): void {
    const choice = this.r()
    const broadcast = shape.map((d) => (this.r() < 0.5 ? 1 : d)).slice(Math.floor(this.r() * shape.length))
    const other = choice < 0.3 ? this.constant([]) : choice < 0.55 ? this.constant(broadcast) : this.same(x)
    const operands = this.r() < 0.5 ? [x, other] : [other, x]
    this.call(pick(this.r, BINARY), operands)
  }

  private same(x: Tensor): Tensor {
    const alike = this.values.filter((t) => String(t.shape) === String(x.shape))
    return alike.length > 0 ? pick(this.r, alike) : x
  }

  private fitting(shape: readonly number[]): Tensor {
    const found = this.values.filter((t) => t.rank === 2 && t.shape![0] === shape.at(-1))
    return found.length > 0 ? pick(this.r, found) : this.constant([shape.at(-1)!, 2])
  }

  private reshape(x: Tensor, shape: readonly number[]): void {
    const n = shape.reduce((a, d) => a * d, 1)
    const to = pick(this.r, [[n], [-1, shape.at(-1)!], [0, -1], [1, ...shape], [shape[0]!, 1, -1]])
    this.call('Reshape', [x, this.ints(...to)])
  }

  private convolution(x: Tensor, shape: readonly number[]): void {
    const channels = shape[1]!
    const bias = this.r() < 0.5 ? this.constant([4]) : null
    if (this.r() < 0.3) this.call('GlobalAveragePool', [x])
    else if (this.r() < 0.3 && channels === 4)
      this.call('BatchNormalization', [x, ...[1, 2, 3].map(() => this.constant([4])), this.positive()])
    else if (this.r() < 0.3) this.call('Pad', [x, this.ints(0, 0, 1, 1, 0, 0, 1, 0)])
    else this.call('Conv', [x, this.constant([4, channels, 1, 1]), bias], { kernel_shape: [1, 1] })
  }

  private positive(): Tensor {
    return this.network.addConstant(ConstantValue.of('float32', [4], [1, 0.5, 2, 1.5]))
  }

  private shuffled(n: number): number[] {
    const perm = Array.from({ length: n }, (_, i) => i)
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(this.r() * (i + 1))
      const swap = perm[i]!
      perm[i] = perm[j]!
      perm[j] = swap
    }
    return perm
  }
}

/** A changed motif whose operands do not fit any more. */
class Misfit extends Error {}
