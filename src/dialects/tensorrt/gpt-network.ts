import { ConstantValue, netGuard, Network } from '../../engine'
import { tensorrtDialect } from './dialect'
import { input, linear } from './functional/linear'
import { gptAttention } from './gpt-attention'

export interface GptNetworkSizes {
  readonly batch: number
  readonly length: number
  readonly maxLength: number
  readonly hidden: number
  readonly heads: number
}

const SIZES: GptNetworkSizes = { batch: 4, length: 128, maxLength: 148, hidden: 1024, heads: 16 }

/**
 * The network that the module's worked examples run on: input -> linear with bias -> GPT attention plugin, with past
 * keys and values, lengths and cache indirection as inputs, and two outputs. Weights are zeros: nobody runs it.
 */
export function gptAttentionNetwork(sizes: GptNetworkSizes = SIZES): Network {
  const { batch, length, maxLength, hidden, heads } = sizes
  const network = new Network(tensorrtDialect, { name: 'gpt-attention' })
  const head = hidden / heads
  return netGuard(network, () => {
    const x = input('input', 'float16', [batch, length, hidden])
    const past = input('past_key_value', 'float16', [batch, 2, heads, maxLength, head])
    const lengths = (name: string) => input(name, 'int32', [batch])
    const sequenceLength = lengths('sequence_length')
    const hostPast = lengths('host_past_key_value_lengths')
    const context = lengths('context_lengths')
    const requestTypes = lengths('host_request_types')
    const hostContext = lengths('host_context_lengths')
    const cacheIndirection = input('cache_indirection', 'int32', [batch, 1, maxLength])
    const qkv = linear(x, zeros([3 * hidden, hidden]), zeros([3 * hidden]))
    const [output, present] = gptAttention({
      qkv,
      past_key_value: past,
      sequence_length: sequenceLength,
      host_past_key_value_lengths: hostPast,
      context_lengths: context,
      cache_indirection: cacheIndirection,
      host_request_types: requestTypes,
      host_context_lengths: hostContext,
      num_heads: heads,
      num_kv_heads: heads,
      hidden_size_per_head: head,
      max_context_length: length,
    })
    network.markOutput(output!, 'output')
    network.markOutput(present!, 'present_key_value')
    return network
  })
}

function zeros(shape: readonly number[]): ConstantValue {
  return new ConstantValue('float16', shape, new Uint8Array(2 * shape.reduce((a, b) => a * b, 1)))
}
