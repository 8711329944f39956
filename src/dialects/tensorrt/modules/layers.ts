import type { DType, Tensor } from '../../../engine'
import * as f from '../functional/index'
import { constantOf } from '../functional/core'
import { filledWith, Module, Parameter } from './module'

export interface LinearOptions {
  readonly bias?: boolean
  readonly dtype?: DType
  /** Ranks that share the product, and which they are. */
  readonly tpSize?: number
  readonly tpGroup?: readonly number[]
  /** The parts of all ranks are put together behind a ColumnLinear. Default true. */
  readonly gatherOutput?: boolean
}

/** x · weightᵀ + bias; weight [out, in]. */
abstract class LinearBase extends Module<[Tensor], Tensor> {
  readonly weight: Parameter
  readonly bias: Parameter | null
  constructor(
    readonly inFeatures: number,
    readonly outFeatures: number,
    readonly options: LinearOptions,
    shape: readonly [number, number],
    biasSize: number,
  ) {
    super()
    const { bias = true, dtype = 'float32' } = options
    this.weight = new Parameter(shape, dtype)
    this.bias = bias ? new Parameter([biasSize], dtype) : null
  }

  /** The product, in whatever way the module multiplies. */
  protected product(x: Tensor): Tensor {
    return f.matmul(x, this.weight.value, { transb: true })
  }
  protected plusBias(y: Tensor): Tensor {
    return this.bias ? f.add(y, this.bias.value) : y
  }
}

/** Rows of the weight are shared out: each rank makes a part of the result. */
export class ColumnLinear extends LinearBase {
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    const own = outFeatures / (options.tpSize ?? 1)
    super(inFeatures, outFeatures, options, [own, inFeatures], own)
  }
  override forward(x: Tensor): Tensor {
    const { tpSize = 1, tpGroup, gatherOutput = true } = this.options
    const y = this.plusBias(this.product(x))
    return gatherOutput && tpSize > 1 && tpGroup ? f.allgather(y, tpGroup, -1) : y
  }
}

/** The module's `Linear` is its ColumnLinear. */
export class Linear extends ColumnLinear {}

/** Columns of the weight are shared out: each rank makes a part of the sum, and the bias comes behind all of it. */
export class RowLinear extends LinearBase {
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super(inFeatures, outFeatures, options, [outFeatures, inFeatures / (options.tpSize ?? 1)], outFeatures)
  }
  override forward(x: Tensor): Tensor {
    const { tpSize = 1, tpGroup } = this.options
    const y = this.product(x)
    return this.plusBias(tpSize > 1 && tpGroup ? f.allreduce(y, tpGroup) : y)
  }
}

/** How ranks share a table: by its rows (0) or its columns (1). */
export interface EmbeddingSharing {
  readonly tpSize: number
  readonly tpGroup: readonly number[]
  readonly tpRank: number
  readonly shardingDim: 0 | 1
}

/** A table of rows, padded to a multiple of 8. */
export class Embedding extends Module<[Tensor, PromptInputs?], Tensor> {
  readonly weight: Parameter
  constructor(
    readonly numEmbeddings: number,
    readonly embeddingDim: number,
    readonly dtype: DType = 'float32',
    readonly sharing: EmbeddingSharing | null = null,
  ) {
    super()
    const { tpSize = 1, shardingDim = 0 } = sharing ?? {}
    const rows = shardingDim === 0 ? Math.ceil(numEmbeddings / tpSize) : numEmbeddings
    this.weight = new Parameter([rows, shardingDim === 1 ? embeddingDim / tpSize : embeddingDim], dtype)
  }
  override forward(ids: Tensor, _prompt?: PromptInputs): Tensor {
    const [rows, columns] = this.weight.shape as [number, number]
    const missing = (8 - (rows % 8)) % 8
    const zeros = new Array<number>(missing * columns).fill(0)
    const padding = missing > 0 ? constantOf(this.dtype, zeros, [missing, columns]) : null
    return f.embedding(ids, this.weight.value, { ...this.sharing, padding })
  }
}

/** What prompt tuning gives a model besides its tokens. */
export interface PromptInputs {
  /** [tasks · tokens of a task, hidden] */
  readonly promptEmbeddingTable: Tensor
  /** The task of each sequence, [batch, 1], or of each token. */
  readonly tasks: Tensor
  /** [1]: how many tokens a task has. */
  readonly taskVocabSize: Tensor
}

/** Tokens beyond the vocabulary are rows of a table that comes with the request. */
export class PromptTuningEmbedding extends Embedding {
  override forward(tokens: Tensor, prompt?: PromptInputs): Tensor {
    if (!prompt) throw new Error('an embedding with prompt tuning is called with the inputs of prompts')
    const vocab = this.numEmbeddings
    const isPrompt = f.gt(tokens, vocab - 1)
    const normal = super.forward(f.where(isPrompt, vocab - 1, tokens))
    const own = f.where(isPrompt, f.sub(tokens, vocab), 0)
    const offset = f.mul(prompt.tasks, prompt.taskVocabSize)
    const rows = f.embedding(f.add(own, offset), prompt.promptEmbeddingTable)
    return f.where(f.unsqueeze(isPrompt, -1), rows, f.cast(normal, rows.dtype ?? this.dtype))
  }
}

export class LayerNorm extends Module<[Tensor], Tensor> {
  readonly weight: Parameter
  readonly bias: Parameter | null
  constructor(
    readonly size: number,
    readonly options: { readonly eps?: number; readonly bias?: boolean; readonly dtype?: DType } = {},
  ) {
    super()
    this.weight = new Parameter([size], options.dtype, filledWith(1))
    this.bias = (options.bias ?? true) ? new Parameter([size], options.dtype, filledWith(0)) : null
  }
  override forward(x: Tensor): Tensor {
    return f.layerNorm(x, this.size, this.weight.value, this.bias?.value ?? null, this.options.eps ?? 1e-5)
  }
}

export class RmsNorm extends Module<[Tensor], Tensor> {
  readonly weight: Parameter
  constructor(
    readonly size: number,
    readonly options: { readonly eps?: number; readonly dtype?: DType } = {},
  ) {
    super()
    this.weight = new Parameter([size], options.dtype, filledWith(1))
  }
  override forward(x: Tensor): Tensor {
    return f.rmsNorm(x, this.size, 1, this.weight.value, this.options.eps ?? 1e-6)
  }
}

export class GroupNorm extends Module<[Tensor], Tensor> {
  readonly weight: Parameter
  readonly bias: Parameter
  constructor(
    readonly numGroups: number,
    readonly numChannels: number,
    readonly options: { readonly eps?: number; readonly dtype?: DType } = {},
  ) {
    super()
    this.weight = new Parameter([numChannels], options.dtype, filledWith(1))
    this.bias = new Parameter([numChannels], options.dtype, filledWith(0))
  }
  override forward(x: Tensor): Tensor {
    return f.groupNorm(x, this.numGroups, this.weight.value, this.bias.value, this.options.eps ?? 1e-5)
  }
}

export class Conv2d extends Module<[Tensor], Tensor> {
  readonly weight: Parameter
  readonly bias: Parameter | null
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: readonly [number, number],
    readonly options: {
      readonly stride?: readonly number[]
      readonly padding?: readonly number[]
      readonly dilation?: readonly number[]
      readonly groups?: number
      readonly bias?: boolean
      readonly dtype?: DType
    } = {},
  ) {
    super()
    this.weight = new Parameter([outChannels, inChannels / (options.groups ?? 1), ...kernelSize], options.dtype)
    this.bias = (options.bias ?? true) ? new Parameter([outChannels], options.dtype) : null
  }
  override forward(x: Tensor): Tensor {
    const { bias: _bias, dtype: _dtype, ...window } = this.options
    return f.conv2d(x, this.weight.value, { ...window, bias: this.bias?.value ?? null })
  }
}
