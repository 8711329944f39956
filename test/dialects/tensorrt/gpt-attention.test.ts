import { expect, test } from 'vitest'
import { netGuard, Network, verifyNetwork } from '../../../src/engine'
import { gptAttention, input, tensorrtDialect } from '../../../src/dialects/tensorrt'
import type { GptAttentionCall } from '../../../src/dialects/tensorrt'

const heads = { num_heads: 2, num_kv_heads: 1, hidden_size_per_head: 4 }

test('every tensor that is given is an operand and stands in FLayerInfo; every scalar is a field', () => {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const qkv = input('qkv', 'float16', ['tokens', 16])
    const tables = input('rotary_cos_sin', 'float32', [1, 64])
    const slopes = input('alibi_slopes', 'float16', [2])
    const out = gptAttention({
      qkv,
      ...heads,
      alibi_slopes: slopes,
      rotary_cos_sin: tables,
      rotary_embedding_dim: 4,
      position_embedding_type: 'rope_gpt_neox',
    })
    const plugin = out[0]!.getParent()!
    expect(plugin.getInputs()).toEqual([qkv, tables, slopes])
    expect(plugin.flayerInfo!.getTensor('rotary_cos_sin')).toBe(tables)
    expect(plugin.asLayer('PLUGIN_V2').plugin.fields).toMatchObject({
      ...heads,
      rotary_embedding_dim: 4,
      mask_type: 'causal',
    })
    expect(out.map((t) => t.shape)).toEqual([['tokens', 8], null])
    const [only, none] = gptAttention({ qkv, ...heads, use_cache: false })
    expect([only!.shape, none]).toEqual([['tokens', 8], undefined])
  })
  expect(verifyNetwork(network)).toEqual([])
})

test('a context in blocks comes with their scales, before the present keys and values', () => {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const qkv = input('qkv', 'float16', ['tokens', 16])
    const past = input('past', 'float16', ['batch', 2, 1, 8, 4])
    const scale = input('scale', 'float32', [1])
    const out = gptAttention({ qkv, ...heads, past_key_value: past, attention_output_sf_scale: scale })
    expect(out.map((t) => t.shape)).toEqual([['tokens', 8], null, past.shape])
    const paged = input('blocks', 'int32', [1, 'batch', 2, null])
    const without = { qkv, ...heads, kv_cache_block_offsets: paged, attention_output_sf_scale: scale }
    expect(gptAttention(without)).toHaveLength(2)
  })
  expect(verifyNetwork(network)).toEqual([])
})

test('a tensor under a name that is no parameter is refused', () => {
  netGuard(new Network(tensorrtDialect), () => {
    const qkv = input('qkv', 'float16', ['tokens', 16])
    const call = { qkv, ...heads, rotary_cos_sine: qkv } as unknown as GptAttentionCall
    expect(() => gptAttention(call)).toThrow('gpt_attention has no parameter rotary_cos_sine')
  })
})
