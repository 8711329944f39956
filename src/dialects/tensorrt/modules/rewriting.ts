/** Module rewriting: passes over the modules of a model before it is called, as the module's own. Each says what it changed. */
import { ConstantValue } from '../../../engine'
import type { Tensor } from '../../../engine'
import * as f from '../functional/index'
import { Attention } from './attention'
import { ColumnLinear, Embedding, PromptTuningEmbedding, RowLinear } from './layers'
import type { EmbeddingSharing } from './layers'
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
export function replaceModules(model: Module, replace: Replace): ModuleChange[] {
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
export function named(model: Module): void {
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

/** One product for queries, keys and values ⇒ three. */
export function unfuseQkvGemm(model: Module): ModuleChange[] {
  named(model)
  return model.namedModules().flatMap(([path, module]): ModuleChange[] => {
    if (!(module instanceof Attention) || !(module.qkv instanceof ColumnLinear)) return []
    const { headSize, kvHeads, qkv, options } = module
    const kv = kvHeads * headSize
    let from = 0
    const [q, k, v] = [options.hiddenSize, kv, kv].map((rows) => {
      const part = rowsOf(qkv, from, rows)
      from += rows
      return part
    }) as [ColumnLinear, ColumnLinear, ColumnLinear]
    module.unfuse(q, k, v)
    return [{ path: `${path}.qkv`, from: 'ColumnLinear', to: 'q, k and v' }]
  })
}

/** A linear layer of some rows of another. */
function rowsOf(of: ColumnLinear, from: number, count: number): ColumnLinear {
  const part = new ColumnLinear(of.inFeatures, count, of.options)
  const cut = ({ rawValue, dtype, shape }: Parameter): ConstantValue => {
    const row = shape.slice(1).reduce((a, b) => a * b, 1)
    return ConstantValue.of(
      dtype,
      [count, ...shape.slice(1)],
      rawValue.toArray().slice(from * row, (from + count) * row),
    )
  }
  part.weight.rawValue = cut(of.weight)
  if (part.bias && of.bias) part.bias.rawValue = cut(of.bias)
  return part
}

/** Embedding ⇒ PromptTuningEmbedding, for the vocabulary: tokens beyond it are rows of an input. */
export function setPromptTuning(model: Module): ModuleChange[] {
  named(model)
  return replaceModules(model, (module, path) => {
    if (!/(^|\.)vocabEmbedding$/.test(path) || !(module instanceof Embedding)) return null
    if (module instanceof PromptTuningEmbedding) return null
    const tuned = new PromptTuningEmbedding(module.numEmbeddings, module.embeddingDim, module.dtype, module.sharing)
    tuned.weight.rawValue = module.weight.rawValue
    return tuned
  })
}

/** Embeddings ⇒ ones of which each rank has a part, by rows or by columns; rows that a rank has too many of are zeros. */
export function parallelizeEmbedding(model: Module, sharing: EmbeddingSharing): ModuleChange[] {
  named(model)
  return replaceModules(model, (module) => {
    if (!(module instanceof Embedding) || module.sharing || sharing.tpSize === 1) return null
    const { numEmbeddings, embeddingDim, dtype } = module
    const Same = module.constructor as typeof Embedding
    const part = new Same(numEmbeddings, embeddingDim, dtype, sharing)
    const [rows, columns] = part.weight.shape as [number, number]
    const [top, left] = sharing.shardingDim === 0 ? [rows * sharing.tpRank, 0] : [0, columns * sharing.tpRank]
    const whole = module.weight.rawValue.numbers()
    const values = Float64Array.from({ length: rows * columns }, (_, i) => {
      const [r, c] = [top + Math.floor(i / columns), left + (i % columns)]
      return r < numEmbeddings ? whole[r * embeddingDim + c]! : 0
    })
    part.weight.rawValue = ConstantValue.of(dtype, [rows, columns], values)
    return part
  }).map((change) => ({ ...change, to: `${change.to} of ${sharing.tpSize} ranks` }))
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

/** What `optimizeModel` does; what is left out is not done. */
export interface OptimizeModelOptions {
  readonly parallelizeEmbedding?: EmbeddingSharing
  readonly shareEmbedding?: boolean
  readonly fuseGateMlp?: boolean
  readonly unfuseQkvGemm?: boolean
  readonly promptTuning?: boolean
  readonly lora?: { readonly targets: readonly string[]; readonly rank: number }
}

/** The passes that are asked for, in the order of the module's `optimize_model`; what they changed. */
export function optimizeModel(model: Module, options: OptimizeModelOptions): ModuleChange[] {
  const { parallelizeEmbedding: sharing, lora } = options
  return [
    ...(sharing ? parallelizeEmbedding(model, sharing) : []),
    ...(options.shareEmbedding ? shareEmbedding(model) : []),
    ...(options.fuseGateMlp ? fuseGateMlp(model) : []),
    ...(options.unfuseQkvGemm ? unfuseQkvGemm(model) : []),
    ...(options.promptTuning ? setPromptTuning(model) : []),
    ...(lora ? addLora(model, lora.targets, lora.rank) : []),
  ]
}
