/** Module rewriting: linear layers of few bits. */
import type { Tensor } from '../../../engine'
import * as f from '../functional/index'
import { ColumnLinear, RowLinear } from './layers'
import { Module, Parameter } from './module'
import { named, replaceModules } from './rewriting'
import type { ModuleChange } from './rewriting'

/** Modules that quantization leaves as they are. */
const EXCLUDED = /(^|\.)(lmHead|router|vocabEmbedding|positionEmbedding|blockEmbedding|sharedExpertGate|fusedA)$/

/** A linear layer with weights of int8 and a scale for each of its rows. */
export class WeightOnlyQuantLinear extends Module<[Tensor], Tensor> {
  /** [in, out] */
  readonly weight: Parameter
  readonly perChannelScale: Parameter
  readonly bias: Parameter | null
  constructor(of: ColumnLinear | RowLinear) {
    super()
    const [out, columns] = of.weight.shape as [number, number]
    const { weights, scales } = quantized(of.weight.rawValue.numbers(), out, columns)
    const turned = Float64Array.from(
      { length: out * columns },
      (_, i) => weights[(i % out) * columns + Math.floor(i / out)]!,
    )
    this.weight = new Parameter([columns, out], 'int8', () => turned)
    this.perChannelScale = new Parameter([out], of.weight.dtype, () => scales)
    this.bias = of.bias
  }
  override forward(x: Tensor): Tensor {
    const y = f.weightOnlyQuantMatmul(x, this.weight.value, this.perChannelScale.value, 1)
    return this.bias ? f.add(y, this.bias.value) : y
  }
}

/** Each row by its largest element: 127 times the scale. */
function quantized(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
): { weights: Float64Array; scales: Float64Array } {
  const weights = new Float64Array(rows * columns)
  const scales = new Float64Array(rows)
  for (let r = 0; r < rows; r++) {
    let most = 0
    for (let c = 0; c < columns; c++) most = Math.max(most, Math.abs(values[r * columns + c]!))
    const scale = most === 0 ? 1 : most / 127
    scales[r] = scale
    for (let c = 0; c < columns; c++) weights[r * columns + c] = Math.round(values[r * columns + c]! / scale)
  }
  return { weights, scales }
}

/** Linear layers ⇒ ones with weights of int8, but for heads, embeddings and routers. */
export function weightOnlyQuantize(model: Module): ModuleChange[] {
  named(model)
  return replaceModules(model, (module, path) =>
    (module instanceof ColumnLinear || module instanceof RowLinear) && !EXCLUDED.test(path)
      ? new WeightOnlyQuantLinear(module)
      : null,
  )
}

/** A linear layer whose operand is quantized token by token, and whose weights are int8. */
export class SmoothQuantLinear extends Module<[Tensor], Tensor> {
  readonly weight: Parameter
  readonly perChannelScale: Parameter
  readonly bias: Parameter | null
  constructor(
    of: ColumnLinear | RowLinear,
    private readonly options: f.ByPlugin,
  ) {
    super()
    const [out, columns] = of.weight.shape as [number, number]
    const { weights, scales } = quantized(of.weight.rawValue.numbers(), out, columns)
    this.weight = new Parameter([out, columns], 'int8', () => weights)
    this.perChannelScale = new Parameter([1, out], 'float32', () => scales)
    this.bias = of.bias
  }
  override forward(x: Tensor): Tensor {
    const [tokens, scales] = f.quantizePerToken(x, this.options)
    const scale = this.perChannelScale.value
    const dtype = x.dtype ?? 'float16'
    const y = f.smoothQuantGemm(tokens!, this.weight.value, scales!, scale, true, true, dtype, this.options)
    return this.bias ? f.add(y, f.cast(this.bias.value, y.dtype ?? 'float16')) : y
  }
}

/** Linear layers ⇒ ones that multiply int8: by TensorRT-LLM's plugins, or by layers. */
export function smoothQuantize(model: Module, options: f.ByPlugin = {}): ModuleChange[] {
  named(model)
  return replaceModules(model, (module, path) =>
    (module instanceof ColumnLinear || module instanceof RowLinear) && !EXCLUDED.test(path)
      ? new SmoothQuantLinear(module, options)
      : null,
  )
}
