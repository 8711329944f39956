import { netGuard, Network } from '../../../engine'
import type { DType, Tensor } from '../../../engine'
import { tensorrtDialect } from '../dialect'
import * as f from '../functional/index'
import { Attention } from './attention'
import type { AttentionInputs } from './attention'
import { ColumnLinear, Embedding, LayerNorm, PromptTuningEmbedding, RmsNorm } from './layers'
import type { PromptInputs } from './layers'
import { GatedMLP, MLP } from './mlp'
import { Module, ModuleList } from './module'

export interface DecoderConfig {
  readonly numLayers: number
  readonly hiddenSize: number
  readonly numHeads: number
  readonly numKvHeads?: number
  /** Default: four times the hidden size. */
  readonly ffnHiddenSize?: number
  readonly vocabSize: number
  readonly maxPositions: number
  readonly dtype?: DType
  /** GPTAttention with its caches, or attention from layers. Default plugin. */
  readonly attention?: 'plugin' | 'plain'
  /** Tokens of all sequences in one row [tokens], without padding; plugin form only. Default false. */
  readonly removePadding?: boolean
  /** `host_context_lengths` is an input of padded sequences too, so that padding can be removed later. Default false. */
  readonly hasHostContextLengths?: boolean
}

type Block = Module<[Tensor], Tensor>

/** norm, attention, sum; norm, mlp, sum. */
class DecoderLayer extends Module<[Tensor, AttentionInputs?], { hidden: Tensor; present: Tensor | null }> {
  constructor(
    readonly inputLayernorm: Block,
    readonly attention: Attention,
    readonly postLayernorm: Block,
    readonly mlp: Block,
  ) {
    super()
  }
  override forward(x: Tensor, inputs: AttentionInputs = {}): { hidden: Tensor; present: Tensor | null } {
    const { context, present } = this.attention.call(this.inputLayernorm.call(x), inputs)
    const middle = f.add(x, context)
    return { hidden: f.add(middle, this.mlp.call(this.postLayernorm.call(middle))), present }
  }
}

class Transformer extends Module<
  [Tensor, Tensor | null, readonly AttentionInputs[], PromptInputs?],
  { hidden: Tensor; presents: readonly Tensor[] }
> {
  constructor(
    readonly vocabEmbedding: Embedding,
    readonly positionEmbedding: Embedding | null,
    readonly layers: ModuleList<DecoderLayer>,
    readonly lnF: Block,
  ) {
    super()
  }
  override forward(
    ids: Tensor,
    positions: Tensor | null,
    inputs: readonly AttentionInputs[],
    prompt?: PromptInputs,
  ): { hidden: Tensor; presents: readonly Tensor[] } {
    let hidden = this.vocabEmbedding.call(ids, prompt)
    if (this.positionEmbedding && positions) hidden = f.add(hidden, this.positionEmbedding.call(positions))
    const presents: Tensor[] = []
    let i = 0
    for (const layer of this.layers) {
      const made = layer.call(hidden, inputs[i++] ?? {})
      hidden = made.hidden
      if (made.present) presents.push(made.present)
    }
    return { hidden: this.lnF.call(hidden), presents }
  }
}

export interface DecoderInputs {
  readonly inputIds: Tensor
  readonly positionIds: Tensor | null
  readonly lastTokenIds: Tensor | null
  readonly attention: readonly AttentionInputs[]
  /** Of prompt tuning. */
  readonly prompt?: PromptInputs
}

/** A decoder with its head: what GPT and Llama have in common. */
export class DecoderForCausalLM extends Module<[DecoderInputs], { logits: Tensor; presents: readonly Tensor[] }> {
  readonly transformer: Transformer
  readonly lmHead: Block

  constructor(
    readonly config: DecoderConfig,
    kind: 'gpt' | 'llama',
  ) {
    super()
    const { numLayers, hiddenSize, vocabSize, maxPositions, dtype = 'float32' } = config
    const norm = (): Block =>
      kind === 'gpt' ? new LayerNorm(hiddenSize, { dtype }) : new RmsNorm(hiddenSize, { dtype })
    const layers = Array.from(
      { length: numLayers },
      (_, i) => new DecoderLayer(norm(), attentionOf(config, kind, i), norm(), mlpOf(config, kind)),
    )
    this.transformer = new Transformer(
      new Embedding(vocabSize, hiddenSize, dtype),
      kind === 'gpt' ? new Embedding(maxPositions, hiddenSize, dtype) : null,
      new ModuleList(layers),
      norm(),
    )
    this.lmHead = new ColumnLinear(hiddenSize, vocabSize, { bias: false, dtype })
  }

  override forward(inputs: DecoderInputs): { logits: Tensor; presents: readonly Tensor[] } {
    const { inputIds, positionIds, attention, prompt } = inputs
    const { hidden, presents } = this.transformer.call(inputIds, positionIds, attention, prompt)
    const last = f.gatherLastTokenLogits(hidden, inputs.lastTokenIds, this.config.removePadding ?? false)
    return { logits: f.cast(this.lmHead.call(last), 'float32'), presents }
  }

  /** The network of the whole model, with its inputs and outputs under the module's names. */
  build(name: string): Network {
    const network = new Network(tensorrtDialect, { name })
    netGuard(network, () => {
      const { positionEmbedding, vocabEmbedding } = this.transformer
      const inputs = inputsOf(this.config, positionEmbedding !== null)
      const isTuned = vocabEmbedding instanceof PromptTuningEmbedding
      const { logits, presents } = this.call(isTuned ? { ...inputs, prompt: promptInputs(this.config) } : inputs)
      network.markOutput(logits, 'logits')
      presents.forEach((t, i) => network.markOutput(t, `present_key_value_${i}`))
    })
    return network
  }
}

function attentionOf(config: DecoderConfig, kind: 'gpt' | 'llama', layerIdx: number): Attention {
  const { hiddenSize, numHeads, numKvHeads = numHeads, maxPositions, dtype = 'float32', attention = 'plugin' } = config
  const positionEmbedding = kind === 'gpt' ? 'learned_absolute' : 'rope_gpt_neox'
  const bias = kind === 'gpt'
  return new Attention({
    layerIdx,
    hiddenSize,
    numHeads,
    numKvHeads,
    maxPositions,
    dtype,
    bias,
    positionEmbedding,
    form: attention,
  })
}

function mlpOf(
  { hiddenSize, ffnHiddenSize = 4 * hiddenSize, dtype = 'float32' }: DecoderConfig,
  kind: 'gpt' | 'llama',
): Block {
  return kind === 'gpt'
    ? new MLP(hiddenSize, ffnHiddenSize, 'gelu', { dtype })
    : new GatedMLP(hiddenSize, ffnHiddenSize, 'silu', { bias: false, dtype })
}

function promptInputs({ hiddenSize, dtype = 'float32', removePadding = false }: DecoderConfig): PromptInputs {
  return {
    promptEmbeddingTable: f.input('prompt_embedding_table', dtype, ['prompt_embedding_table_size', hiddenSize]),
    tasks: f.input('tasks', 'int32', removePadding ? ['num_tokens'] : ['batch_size', 1]),
    taskVocabSize: f.input('prompt_vocab_size', 'int32', [1]),
  }
}

/** The inputs that the module's `prepare_inputs` makes, as far as one device and a contiguous cache need them. */
function inputsOf(config: DecoderConfig, hasPositions: boolean): DecoderInputs {
  const { numLayers, hiddenSize, numHeads, numKvHeads = numHeads, dtype = 'float32', removePadding = false } = config
  const hasHostContextLengths = config.hasHostContextLengths ?? removePadding
  const isPlain = config.attention === 'plain'
  if (isPlain && removePadding)
    throw new RangeError('attention from layers has padded sequences: removePadding needs the plugin')
  const ids = removePadding ? ['num_tokens'] : ['batch_size', 'input_len']
  const inputIds = f.input('input_ids', 'int32', ids)
  const positionIds = hasPositions ? f.input('position_ids', 'int32', ids) : null
  if (isPlain) return { inputIds, positionIds, lastTokenIds: null, attention: [] }
  const each = (name: string): Tensor => f.input(name, 'int32', ['batch_size'])
  const lastTokenIds = each('last_token_ids')
  const shared: AttentionInputs = {
    sequence_length: each('sequence_length'),
    host_past_key_value_lengths: each('host_past_key_value_lengths'),
    host_max_attention_window_sizes: f.input('host_max_attention_window_sizes', 'int32', [numLayers]),
    host_sink_token_length: f.input('host_sink_token_length', 'int32', [1]),
    context_lengths: each('context_lengths'),
    cache_indirection: f.input('cache_indirection', 'int32', ['batch_size', 1, 'max_seq_len']),
    host_request_types: each('host_request_types'),
    ...(hasHostContextLengths && { host_context_lengths: each('host_context_lengths') }),
    host_runtime_perf_knobs: f.input('host_runtime_perf_knobs', 'int64', [16]),
    host_context_progress: f.input('host_context_progress', 'int64', [1]),
    max_context_length: config.maxPositions,
  }
  const past = ['batch_size', 2, numKvHeads, 'past_len', hiddenSize / numHeads]
  const attention = Array.from({ length: numLayers }, (_, i) => ({
    ...shared,
    past_key_value: f.input(`past_key_value_${i}`, dtype, past),
  }))
  return { inputIds, positionIds, lastTokenIds, attention }
}

/** GPT: LayerNorm, learned positions, biases. */
export class GPTForCausalLM extends DecoderForCausalLM {
  constructor(config: DecoderConfig) {
    super(config, 'gpt')
  }
}

/** Llama: RmsNorm, rotary positions, gated MLPs, no biases. */
export class LLaMAForCausalLM extends DecoderForCausalLM {
  constructor(config: DecoderConfig) {
    super(config, 'llama')
  }
}
