/** Low-rank updates that come with each request. */
import type { Tensor } from '../../../engine'
import { like, plugin, typeId, withLast } from './plugins'

/**
 * Low-rank updates (LoRA) of one or more products: one result for each.
 * @throws RangeError where ranks and pointers are not one for each
 */
export function loraPlugin(
  input: Tensor,
  inHiddenSize: number,
  outHiddenSizes: readonly number[],
  hostRequestTypes: Tensor,
  loraRanks: readonly Tensor[],
  loraWeightsPointers: readonly Tensor[],
  options: {
    readonly transa?: boolean
    readonly transb?: boolean
    readonly maxLowRank?: number
    readonly weightIndex?: number
    /** Lengths of the sequences on the host: given, the input is packed. */
    readonly hostContextLengths?: Tensor | null
  } = {},
): Tensor[] {
  const { transa = false, transb = false, maxLowRank = 0, weightIndex = 0, hostContextLengths = null } = options
  const count = outHiddenSizes.length
  if (loraRanks.length !== count || loraWeightsPointers.length !== count)
    throw new RangeError(`${count} updates take as many ranks and pointers`)
  const fields = {
    in_hidden_size: inHiddenSize,
    transa: Number(transa),
    transb: Number(transb),
    num_lora_modules: count,
    type_id: typeId(input.dtype),
    remove_input_padding: hostContextLengths ? 1 : 0,
    max_low_rank: maxLowRank,
    weight_index: weightIndex,
    ...Object.fromEntries(outHiddenSizes.map((size, i) => [`out_hidden_size_${i}`, size])),
  }
  const inputs = [input, hostRequestTypes, ...loraRanks, ...loraWeightsPointers, hostContextLengths]
  return plugin('Lora', inputs, fields, outHiddenSizes.map((n) => like(input, withLast(input, n)))) // prettier-ignore
}

/** What LoRA gave, its columns scaled (DoRA). */
export function doraPlugin(
  activations: Tensor,
  outHiddenSizes: readonly number[],
  loraWeightsPointers: readonly Tensor[],
  hostRequestTypes: Tensor,
  hostContextLengths: Tensor | null = null,
): Tensor {
  const fields = {
    type: typeId(activations.dtype),
    remove_input_padding: hostContextLengths ? 1 : 0,
    out_hidden_sizes: outHiddenSizes,
  }
  const inputs = [activations, hostRequestTypes, ...loraWeightsPointers, hostContextLengths]
  return plugin('Dora', inputs, fields, [like(activations)], 'PLUGIN_V3')[0]!
}
