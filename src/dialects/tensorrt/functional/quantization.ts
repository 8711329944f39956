/** Quantization by layers, and by plugins of TensorRT-LLM: here the plugins are the default, which there a configuration chooses. */
import type { Attributes, DType, Tensor } from '../../../engine'
import { LayerType } from '../layer-type'
import { dataType, layer, layers, rankOf } from './core'
import { abs, cast, clip, div, mul, round } from './elementwise'
import { plugin, typeId, withLast } from './plugins'
import { max, sum } from './reduction'

/** QUANTIZE; scales of rank 1 are those of the slices along `axis`. */
export const quantize = (x: Tensor, scaleFactor: Tensor, dtype: DType, axis = -1): Tensor =>
  layer(LayerType.QUANTIZE, [x, scaleFactor], { ...alongAxis(scaleFactor, axis), to_type: dataType(dtype) })

export const dequantize = (x: Tensor, scaleFactor: Tensor, axis = -1, outputType: DType = 'float16'): Tensor =>
  layer(LayerType.DEQUANTIZE, [x, scaleFactor], { ...alongAxis(scaleFactor, axis), to_type: dataType(outputType) })

const alongAxis = (scale: Tensor, axis: number): Attributes => (rankOf(scale) === 0 ? {} : { axis })

/** DYNAMIC_QUANTIZE by blocks: the quantized value, and a scale for each block. Types by the names of `trt.DataType`, as FP4 has no element type. */
export function dynamicQuantize(
  x: Tensor,
  doubleScale: Tensor,
  options: {
    readonly axis?: number
    readonly blockSize?: number
    readonly dataQtype?: string
    readonly scaleQtype?: string
  } = {},
): [quantized: Tensor, scale: Tensor] {
  const { axis = -1, blockSize = 16, dataQtype = 'FP4', scaleQtype = 'FP8' } = options
  const at = axis < 0 ? axis + rankOf(x) : axis
  const attributes = { axis: at, block_size: blockSize, to_type: dataQtype, scale_type: scaleQtype }
  const [y, scales] = layers(LayerType.DYNAMIC_QUANTIZE, [x, doubleScale], attributes, 2)
  return [y!, scales!]
}

/** What `dynamicQuantize` gave, back: the scales of blocks first. */
export function blockDoubleDequantize(x: Tensor, scale: Tensor, doubleScale: Tensor, dtype: DType = 'float16'): Tensor {
  const to_type = dataType(dtype)
  const scales = layer(LayerType.DEQUANTIZE, [scale, doubleScale], { to_type })
  return layer(LayerType.DEQUANTIZE, [x, scales], { to_type }, { type: { dtype, shape: x.shape } })
}

/** x · scale as int8: by the plugin, or by layers. */
export function quantizeTensor(x: Tensor, scale: Tensor, options: ByPlugin = {}): Tensor {
  if (options.plugin === false) {
    const wide = scale.dtype === 'float32' ? cast(x, 'float32') : x
    return cast(clip(round(mul(wide, scale)), -128, 127), 'int8')
  }
  return plugin('QuantizeTensor', [x, cast(scale, 'float32')], {}, [{ dtype: 'int8', shape: x.shape }])[0]!
}

export interface ByPlugin {
  /** By TensorRT-LLM's plugin. Default true. */
  readonly plugin?: boolean
}

interface PerToken extends ByPlugin {
  /** Bounds [2] of what is quantized. */
  readonly clampVal?: Tensor | null
  readonly scaleDtype?: DType
  /** The sum of each token comes too. */
  readonly sumPerToken?: boolean
  readonly sumDtype?: DType
}

/** `QuantMode` of SmoothQuant with a scale for each token: int8 weights, activations, per token. */
export const PER_TOKEN = 2 | 4 | 16
/** `QuantMode` of fp8 by rows: that, per token and per channel. */
export const FP8_ROWWISE = 512 | 16 | 8

/** Each token by its largest element: int8, a scale for each token, and its sum where it is asked for. */
export function quantizePerToken(x: Tensor, options: PerToken = {}): Tensor[] {
  const { clampVal = null, scaleDtype = 'float32', sumPerToken = false, sumDtype = 'float32' } = options
  if (options.plugin === false) {
    const wide = cast(x, 'float32')
    const most = max(abs(wide), -1, true)
    const scales = div(most, 127)
    const rounded = round(div(mul(wide, 127), most))
    const tokens = cast(clip(rounded, -128, 127), 'int8')
    return sumPerToken ? [tokens, scales, cast(sum(wide, -1, true), sumDtype)] : [tokens, scales]
  }
  const fields = {
    type_id: typeId('int8'),
    quant_mode: PER_TOKEN,
    clamp_enabled: clampVal ? 1 : 0,
    sum_per_token: Number(sumPerToken),
  }
  const each = { dtype: 'float32', shape: withLast(x, 1) } as const
  const types = [{ dtype: 'int8', shape: x.shape } as const, each, ...(sumPerToken ? [each] : [])]
  const [tokens, scales, sums] = plugin('QuantizePerToken', [x, clampVal], fields, types)
  return [tokens!, cast(scales!, scaleDtype), ...(sums ? [cast(sums, sumDtype)] : [])]
}

/** Each token by its largest element: fp8, and a scale for each token. */
export function quantizeFp8PerToken(
  x: Tensor,
  options: ByPlugin & { readonly clampVal?: Tensor | null } = {},
): [Tensor, Tensor] {
  const { clampVal = null } = options
  if (options.plugin === false) {
    const wide = cast(x, 'float32')
    const most = max(abs(wide), -1, true)
    const scales = div(most, 448)
    const rounded = round(div(mul(wide, 448), most))
    return [cast(clip(rounded, -448, 448), 'float8e4m3fn'), scales]
  }
  const fields = { quant_mode: FP8_ROWWISE, clamp_enabled: clampVal ? 1 : 0, sum_per_token: 0 }
  const types = [
    { dtype: 'float8e4m3fn', shape: x.shape },
    { dtype: 'float32', shape: withLast(x, 1) },
  ] as const
  const made = plugin('QuantizePerToken', [x, clampVal], { type_id: typeId('float8e4m3fn'), ...fields }, types)
  return [made[0]!, made[1]!]
}

/** To FP4 in blocks of 16, which has no element type here, with packed scales of the blocks. */
export function quantizeToFp4Tensor(x: Tensor, sfScale: Tensor): [quantized: Tensor, scales: Tensor] {
  const blocks = x.shape?.at(-1)
  const scales = withLast(x, typeof blocks === 'number' ? blocks / 16 : null)
  const made = plugin('QuantizeToFP4', [x, sfScale], {}, [
    { dtype: null, shape: x.shape },
    { dtype: 'float8e4m3fn', shape: scales },
  ])
  return [made[0]!, made[1]!]
}
