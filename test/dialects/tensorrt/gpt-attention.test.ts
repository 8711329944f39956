import { expect, test } from 'vitest'
import { netGuard, Network, snapshotOf, verifyNetwork } from '../../../src/engine'
import { gptAttention, input, tensorrtDialect, writePython } from '../../../src/dialects/tensorrt'
import type { GptAttentionCall } from '../../../src/dialects/tensorrt'

const heads = { num_heads: 2, num_kv_heads: 1, hidden_size_per_head: 4 }

test('every tensor that is given is an operand and stands in FLayerInfo; fields are those of the plugin', () => {
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
    expect(plugin.flayerInfo!.getInput('hidden_size_per_head')).toBe(4)
    expect(plugin.asLayer('PLUGIN_V2').plugin.fields).toMatchObject({
      num_heads: 2, num_kv_heads: 1, num_kv_heads_origin: 1, head_size: 4, rotary_embedding_dim: 4, position_embedding_type: 2, mask_type: 1,
      remove_input_padding: 1, paged_kv_cache: 0, qkv_bias_enabled: 0, type_id: 1, use_cache: 1,
    }) // prettier-ignore
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

test('a value of an enum is its name or its number', () => {
  netGuard(new Network(tensorrtDialect), () => {
    const qkv = input('qkv', 'float16', ['tokens', 16])
    const maskOf = (mask_type: string | number): unknown =>
      gptAttention({ qkv, ...heads, mask_type })[0]!
        .getParent()!
        .attribute('mask_type')
    expect([maskOf('sliding_window_causal'), maskOf(3)]).toEqual([2, 3])
    expect(() => maskOf('casual')).toThrow('mask_type is one of padding, causal')
  })
})

test('what the configuration of plugins decides is as in the other attentions of a network, other versions included', () => {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const qkv = input('qkv', 'float16', ['tokens', 16])
    const about = { plugin_type: 'GPTAttention', plugin_namespace: 'tensorrt_llm', num_outputs: 1 }
    network.addLayer({ kind: 'PLUGIN_V2', inputs: [qkv], attributes: { ...about, tokens_per_block: 64, enable_xqa: 1 }, metadata: { 'field types': '{"enable_xqa":"INT8"}' } }) // prettier-ignore
    const second = gptAttention({ qkv, ...heads, q_scaling: 2 })[0]!.getParent()!
    expect(second.asLayer('PLUGIN_V2').plugin.fields).toMatchObject({
      tokens_per_block: 64,
      enable_xqa: 1,
      q_scaling: 2,
    })
    expect(writePython(snapshotOf(network), 'w').text.match(/\("enable_xqa", "INT8", 1\)/g)).toHaveLength(2)
  })
})

test('a script gives fields the types of the plugin, and leaves out operands that it does not take', () => {
  const network = new Network(tensorrtDialect)
  netGuard(network, () => {
    const each = (name: string) => input(name, 'int32', ['batch'])
    const qkv = input('qkv', 'float16', ['batch', 'length', 16])
    gptAttention({ qkv, ...heads, use_cache: false, sequence_length: each('sequence_length'), context_lengths: each('context_lengths'), host_context_lengths: each('host_context_lengths') }) // prettier-ignore
  })
  const { text } = writePython(snapshotOf(network), 'w')
  expect(text).toContain('add_plugin_v2([t["qkv"], t["context_lengths"]], plugin(')
  expect(text).toContain('("q_scaling", "FLOAT32", 1.0)')
  expect(text).toContain('("use_cache", "INT32", 0)')
})
