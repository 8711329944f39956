import { ConstantValue } from '../../../engine'
import type { DType, Tensor } from '../../../engine'
import * as f from '../functional/index'
import { constant } from '../functional/core'
import { gptAttention } from '../gpt-attention'
import type { GptAttentionCall } from '../gpt-attention'
import { ColumnLinear, RowLinear } from './layers'
import { Module } from './module'

export interface AttentionOptions {
  readonly layerIdx: number
  readonly hiddenSize: number
  readonly numHeads: number
  readonly numKvHeads?: number
  readonly maxPositions: number
  readonly bias?: boolean
  readonly dtype?: DType
  readonly qScaling?: number
  readonly positionEmbedding?: 'learned_absolute' | 'rope_gpt_neox'
  readonly rotaryBase?: number
  /** The GPTAttention plugin, or attention from layers. */
  readonly form: 'plugin' | 'plain'
}

/** What the plugin is given besides: lengths, caches, tables. */
export type AttentionInputs = Partial<Omit<GptAttentionCall, 'qkv'>>

/** Attention of a decoder, causal: from the plugin with caches, or from layers on [batch, length, hidden]. */
export class Attention extends Module<
  [Tensor, AttentionInputs?],
  { readonly context: Tensor; readonly present: Tensor | null }
> {
  /** One product for queries, keys and values; null where each has its own. */
  readonly qkv: Module<[Tensor], Tensor> | null
  readonly q: Module<[Tensor], Tensor> | null = null
  readonly k: Module<[Tensor], Tensor> | null = null
  readonly v: Module<[Tensor], Tensor> | null = null
  readonly dense: Module<[Tensor], Tensor>
  readonly headSize: number
  readonly kvHeads: number

  constructor(readonly options: AttentionOptions) {
    super()
    const { hiddenSize, numHeads, numKvHeads = numHeads, bias = true, dtype = 'float32' } = options
    if (hiddenSize % numHeads !== 0 || numHeads % numKvHeads !== 0)
      throw new RangeError(`${hiddenSize} do not go into ${numHeads} heads, or these into ${numKvHeads}`)
    this.headSize = hiddenSize / numHeads
    this.kvHeads = numKvHeads
    const linear = { bias, dtype }
    this.qkv = new ColumnLinear(hiddenSize, hiddenSize + 2 * numKvHeads * this.headSize, {
      ...linear,
      gatherOutput: false,
    })
    this.dense = new RowLinear(hiddenSize, hiddenSize, linear)
  }

  override forward(x: Tensor, inputs: AttentionInputs = {}): { context: Tensor; present: Tensor | null } {
    const qkv = this.project(x)
    if (this.options.form === 'plain') return { context: this.dense.call(this.plain(qkv)), present: null }
    const {
      numHeads,
      layerIdx,
      qScaling = 1,
      positionEmbedding = 'learned_absolute',
      rotaryBase = 10000,
    } = this.options
    const isRope = positionEmbedding !== 'learned_absolute'
    const [context, present = null] = gptAttention({
      ...inputs,
      qkv,
      layer_idx: layerIdx,
      num_heads: numHeads,
      num_kv_heads: this.kvHeads,
      hidden_size_per_head: this.headSize,
      q_scaling: qScaling,
      position_embedding_type: positionEmbedding,
      ...(isRope && { rotary_embedding_dim: this.headSize, rotary_embedding_base: rotaryBase }),
    })
    return { context: this.dense.call(context!), present }
  }

  private project(x: Tensor): Tensor {
    if (this.qkv) return this.qkv.call(x)
    const { q, k, v } = this
    if (!q || !k || !v) throw new Error('attention has neither one product for queries, keys and values, nor three')
    return f.concat([q.call(x), k.call(x), v.call(x)], -1)
  }

  /** Puts products of their own in the place of the one for all. */
  unfuse(q: Module<[Tensor], Tensor>, k: Module<[Tensor], Tensor>, v: Module<[Tensor], Tensor>): void {
    Object.assign(this, { qkv: null, q, k, v })
  }

  /** softmax(q · kᵀ / (scaling · √d) + mask) · v, heads apart. */
  private plain(qkv: Tensor): Tensor {
    const { numHeads, hiddenSize, qScaling = 1, positionEmbedding, dtype = 'float32' } = this.options
    const kv = this.kvHeads * this.headSize
    const [q, k, v] = f.split(qkv, kv === hiddenSize ? hiddenSize : [hiddenSize, kv, kv], 2)
    const turned = (t: Tensor, heads: number): Tensor => {
      const y = this.heads(t, heads)
      return positionEmbedding === 'rope_gpt_neox' ? this.rotated(y) : y
    }
    const queries = turned(q!, numHeads)
    const keys = this.repeated(turned(k!, this.kvHeads))
    const values = this.repeated(this.heads(v!, this.kvHeads))
    const scores = f.matmul(f.cast(queries, 'float32'), f.cast(keys, 'float32'), { transb: true })
    const scaled = f.div(scores, qScaling * Math.sqrt(this.headSize))
    const weights = f.cast(f.softmax(f.add(scaled, this.mask(queries)), -1), dtype)
    const context = f.permute(f.matmul(weights, values, { useFp32Acc: false }), [0, 2, 1, 3])
    return f.view(context, f.concat([f.shape(qkv, 0), f.shape(qkv, 1), hiddenSize]))
  }

  /** [batch, length, heads · size] as [batch, heads, length, size]. */
  private heads(x: Tensor, count: number): Tensor {
    const apart = f.view(x, f.concat([f.shape(x, 0), f.shape(x, 1), count, this.headSize]))
    return f.permute(apart, [0, 2, 1, 3])
  }

  private repeated(x: Tensor): Tensor {
    const times = this.options.numHeads / this.kvHeads
    return times === 1 ? x : f.repeatInterleave(x, times, 1)
  }

  /** −∞ above the diagonal, as far as the sequence goes. */
  private mask(queries: Tensor): Tensor {
    const whole = constant(causalMask(this.options.maxPositions))
    const length = f.shape(queries, 2)
    return f.slice(whole, [0, 0, 0, 0], f.concat([1, 1, length, length]))
  }

  /** Halves of each vector are turned against each other by angles that grow with the position (GPT-NeoX). */
  private rotated(x: Tensor): Tensor {
    const { maxPositions: n, rotaryBase = 10000, dtype = 'float32' } = this.options
    const table = (values: ConstantValue): Tensor =>
      f.slice(constant(values), [0, 0, 0, 0], f.concat([1, 1, f.shape(x, 2), this.headSize]))
    const { cos, sin } = rotaryTables(n, this.headSize, rotaryBase, dtype)
    const [first, second] = f.split(x, this.headSize / 2, 3)
    const turned = f.concat([f.mul(second!, -1), first!], 3)
    return f.add(f.mul(x, table(cos)), f.mul(turned, table(sin)))
  }
}

/** What was worked out last: all blocks of a model ask for the same. */
function lastOf<A extends readonly (number | string)[], T>(make: (...args: A) => T): (...args: A) => T {
  let last: { readonly args: A; readonly made: T } | null = null
  return (...args) => {
    if (last === null || args.some((a, i) => a !== last!.args[i])) last = { args, made: make(...args) }
    return last.made
  }
}

const causalMask = lastOf((n: number): ConstantValue => {
  const values = Float32Array.from({ length: n * n }, (_, i) => (i % n > Math.floor(i / n) ? -Infinity : 0))
  return ConstantValue.of('float32', [1, 1, n, n], values)
})

/** Cosine and sine of each position's angles, [1, 1, positions, size]. */
const rotaryTables = lastOf(
  (
    n: number,
    size: number,
    base: number,
    dtype: DType,
  ): { readonly cos: ConstantValue; readonly sin: ConstantValue } => {
    const half = size / 2
    const angle = (i: number): number => Math.floor(i / size) * base ** (-(i % half) / half)
    const table = (of: (angle: number) => number): ConstantValue =>
      ConstantValue.of(
        dtype,
        [1, 1, n, size],
        Float64Array.from({ length: n * size }, (_, i) => of(angle(i))),
      )
    return { cos: table(Math.cos), sin: table(Math.sin) }
  },
)
