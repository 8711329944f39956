import { ConstantValue, Tensor as TensorClass } from '../../../engine'
import type { DType, Tensor } from '../../../engine'
import * as f from '../functional/index'
import { constant } from '../functional/core'
import { gptAttention } from '../gpt-attention'
import type { GptAttentionCall } from '../gpt-attention-arguments'
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
    if (this.options.form === 'plain') return { context: this.dense.call(this.plain(x, qkv)), present: null }
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

  private project(x: Tensor): Tensor | [Tensor, Tensor, Tensor] {
    if (this.qkv) return this.qkv.call(x)
    const { q, k, v } = this
    if (!q || !k || !v) throw new Error('attention has neither one product for queries, keys and values, nor three')
    return [q.call(x), k.call(x), v.call(x)]
  }

  /** Puts products of their own in the place of the one for all. */
  unfuse(q: Module<[Tensor], Tensor>, k: Module<[Tensor], Tensor>, v: Module<[Tensor], Tensor>): void {
    Object.assign(this, { qkv: null, q, k, v })
  }

  /** softmax(q · kᵀ / (scaling · √d) + mask) · v, heads apart. */
  private plain(x: Tensor, qkv: Tensor | readonly Tensor[]): Tensor {
    const { hiddenSize, numHeads, qScaling = 1, positionEmbedding, dtype = 'float32' } = this.options
    const kv = this.kvHeads * this.headSize
    const [q, k, v] = qkv instanceof TensorClass ? f.split(qkv, [hiddenSize, kv, kv], 2) : qkv
    const isRope = positionEmbedding === 'rope_gpt_neox'
    const apart = [this.heads(q!, numHeads, isRope), this.heads(k!, this.kvHeads, isRope)] as const
    const values = this.heads(v!, this.kvHeads)
    const [queries, own] = isRope ? this.rotated(x, ...apart) : apart
    const [keys, repeated] = [this.repeated(own), this.repeated(values)]
    const mask = this.mask(queries, keys)
    const turned = f.permute(keys, [0, 1, 3, 2])
    const scores = f.matmul(f.cast(queries, 'float32'), f.cast(turned, 'float32'))
    const scaled = f.div(scores, qScaling * Math.sqrt(this.headSize))
    const weights = f.cast(f.softmax(f.add(scaled, mask), -1), dtype)
    const context = f.permute(f.matmul(weights, repeated, { useFp32Acc: false }), [0, 2, 1, 3])
    return f.view(context, f.concat([f.shape(context, 0), f.shape(context, 1), hiddenSize]))
  }

  /** [batch, length, heads · size] as [batch, heads, length, size], or where positions are still to turn it with heads behind the length. */
  private heads(x: Tensor, count: number, toTurn = false): Tensor {
    const apart = f.view(x, f.concat([f.shape(x, 0), f.shape(x, 1), count, this.headSize]))
    return toTurn ? apart : f.permute(apart, [0, 2, 1, 3])
  }

  private repeated(x: Tensor): Tensor {
    const times = this.options.numHeads / this.kvHeads
    return times === 1 ? x : f.repeatInterleave(x, times, 1)
  }

  /** −∞ above the diagonal, as far as the sequence goes. */
  private mask(queries: Tensor, keys: Tensor): Tensor {
    const there = f.shape(keys, 2)
    const length = f.shape(queries, 2)
    const starts = f.concat([0, 0, f.sub(there, length), 0])
    const sizes = f.concat([1, 1, length, there])
    return f.slice(constant(causalMask(this.options.maxPositions)), starts, sizes)
  }

  /**
   * Halves of each vector of [batch, length, heads, size] are turned against each other by angles that grow with the position
   * (GPT-NeoX), and heads come before the length. There is no cache here, so that positions begin at 0.
   */
  private rotated(x: Tensor, query: Tensor, key: Tensor): [query: Tensor, key: Tensor] {
    const { maxPositions, rotaryBase = 10000, dtype = 'float32' } = this.options
    const size = this.headSize
    const table = constant(rotaryTable(maxPositions, size, rotaryBase, dtype))
    const angles = f.slice(table, [0, 0, 0], f.concat([1, f.shape(x, 1), size]))
    const [sin, cos] = f.split(angles, size / 2, -1)
    const sizes = (t: Tensor, last: Tensor | number): Tensor =>
      f.concat([f.shape(t, 0), f.shape(t, 1), f.shape(t, 2), last])
    const [keyTurns, queryTurns] = [sizes(key, size), sizes(query, size)]
    const rest = f.sub(f.shape(key, 3), size)
    const [keyStays, queryStays] = [sizes(key, rest), sizes(query, rest)]
    const parts = [
      [f.slice(key, [0, 0, 0, 0], keyTurns), f.slice(key, [0, 0, 0, size], keyStays)],
      [f.slice(query, [0, 0, 0, 0], queryTurns), f.slice(query, [0, 0, 0, size], queryStays)],
    ] as const
    const turned = parts.map(([t]) => f.RopeEmbeddingUtils.applyRotaryPosEmb(t, [cos!, sin!], 'rope_gpt_neox'))
    const whole = parts.map(([, stays], i) => f.concat([turned[i]!, stays], 3))
    const [keys, queries] = whole.map((t) => f.permute(t, [0, 2, 1, 3]))
    return [queries!, keys!]
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

/** Sines, then cosines, of each position's angles, in the type of the model. */
const rotaryTable = lastOf((n: number, size: number, base: number, dtype: DType): ConstantValue => {
  const table = f.RopeEmbeddingUtils.createSinusoidalPositions(n, size, base)
  return dtype === 'float32' ? table : ConstantValue.of(dtype, table.shape, table.numbers())
})
