/** Module rewriting: passes over the modules of a model before it is called, as the module's own. Each says what it changed. */
import { ConstantValue } from '../../../engine'
import type { Tensor } from '../../../engine'
import * as f from '../functional/index'
import { ColumnLinear, Embedding, RowLinear } from './layers'
import { FusedGatedMLP, GatedMLP } from './mlp'
import { filledWith, Module, Parameter } from './module'

export interface ModuleChange {
  /** Path of the module, parts joined by `.` */
  readonly path: string
  readonly from: string
  readonly to: string
}

type Replace = (module: Module, path: string) => Module | null

/** Puts other modules in the place of some; those that a pass made are not looked into again. */
function replaceModules(model: Module, replace: Replace): ModuleChange[] {
  const changes: ModuleChange[] = []
  const gone = new Set<Module>()
  for (const { path, name, module, parent } of model.namedModulesWithParent()) {
    if (gone.has(parent)) {
      gone.add(module)
      continue
    }
    const next = replace(module, path)
    if (!next) continue
    parent.replaceChild(name, next)
    gone.add(module)
    changes.push({ path, from: module.constructor.name, to: next.constructor.name })
  }
  return changes
}

/** GatedMLP ⇒ FusedGatedMLP: one product for gate and fc, its rows those of the gate, then those of fc. */
export function fuseGateMlp(model: Module): ModuleChange[] {
  return replaceModules(model, (module) => {
    if (!(module instanceof GatedMLP) || module.hiddenAct === 'relu') return null
    const { fc, gate, proj, hiddenSize, ffnHiddenSize, hiddenAct, options } = module
    if (!(fc instanceof ColumnLinear) || !(gate instanceof ColumnLinear)) return null
    const fused = new FusedGatedMLP(hiddenSize, ffnHiddenSize, hiddenAct, options, proj)
    named(model)
    fused.fusedFc.weight.rawValue = stacked(gate.weight, fc.weight)
    if (fused.fusedFc.bias && gate.bias && fc.bias) fused.fusedFc.bias.rawValue = stacked(gate.bias, fc.bias)
    return fused
  })
}

/** Seeded weights follow from names: those that they have in this model. */
function named(model: Module): void {
  for (const [name, parameter] of model.namedParameters()) if (parameter.name === '') parameter.name = name
}

function stacked(a: Parameter, b: Parameter): ConstantValue {
  const values = [...a.rawValue.toArray(), ...b.rawValue.toArray()]
  return ConstantValue.of(a.dtype, [a.shape[0]! + b.shape[0]!, ...a.shape.slice(1)], values)
}

/** Elements that differ by more are other weights. */
const SAME = 1e-6

/** The head reads the embedding's table where both are equal: one parameter for two modules. */
export function shareEmbedding(model: Module): ModuleChange[] {
  const modules = model.namedModules()
  const embedding = modules.find(([path]) => path.endsWith('vocabEmbedding'))?.[1]
  const head = modules.find(([path]) => path.endsWith('lmHead'))
  if (!(embedding instanceof Embedding) || !(head?.[1] instanceof ColumnLinear)) return []
  named(model)
  const [a, b] = [embedding.weight, head[1].weight]
  if (a === b || a.dtype !== b.dtype || a.shape.join(',') !== b.shape.join(',')) return []
  const [x, y] = [a.rawValue.numbers(), b.rawValue.numbers()]
  for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]! - y[i]!) <= SAME)) return []
  ;(head[1] as { weight: Parameter }).weight = a
  return [{ path: `${head[0]}.weight`, from: 'its own table', to: 'the table of vocabEmbedding' }]
}

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
  constructor(of: ColumnLinear | RowLinear) {
    super()
    const [out, columns] = of.weight.shape as [number, number]
    const { weights, scales } = quantized(of.weight.rawValue.numbers(), out, columns)
    this.weight = new Parameter([out, columns], 'int8', () => weights)
    this.perChannelScale = new Parameter([1, out], 'float32', () => scales)
    this.bias = of.bias
  }
  override forward(x: Tensor): Tensor {
    const [tokens, scales] = f.quantizePerToken(x)
    const y = f.smoothQuantGemm(tokens, this.weight.value, scales, this.perChannelScale.value, true, true)
    return this.bias ? f.add(y, f.cast(this.bias.value, y.dtype ?? 'float16')) : y
  }
}

export function smoothQuantize(model: Module): ModuleChange[] {
  named(model)
  return replaceModules(model, (module, path) =>
    (module instanceof ColumnLinear || module instanceof RowLinear) && !EXCLUDED.test(path)
      ? new SmoothQuantLinear(module)
      : null,
  )
}

/** A linear layer with a low-rank update beside it: x · Aᵀ · Bᵀ, from layers. */
export class LoraLinear extends Module<[Tensor], Tensor> {
  /** [rank, in] and [out, rank]: it starts as no update at all. */
  readonly loraA: Parameter
  readonly loraB: Parameter
  constructor(
    readonly base: ColumnLinear | RowLinear,
    rank: number,
  ) {
    super()
    const [out, columns] = base.weight.shape as [number, number]
    this.loraA = new Parameter([rank, columns], base.weight.dtype)
    this.loraB = new Parameter([out, rank], base.weight.dtype, filledWith(0))
  }
  override forward(x: Tensor): Tensor {
    const low = f.matmul(x, this.loraA.value, { transb: true })
    return f.add(this.base.call(x), f.matmul(low, this.loraB.value, { transb: true }))
  }
}

/** Low-rank updates beside the linear layers of these names. @throws RangeError for a rank below 1 */
export function addLora(model: Module, targets: readonly string[], rank: number): ModuleChange[] {
  if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`a rank is a whole number from 1 on, not ${rank}`)
  named(model)
  return replaceModules(model, (module, path) =>
    (module instanceof ColumnLinear || module instanceof RowLinear) && targets.includes(path.split('.').at(-1)!)
      ? new LoraLinear(module, rank)
      : null,
  )
}
