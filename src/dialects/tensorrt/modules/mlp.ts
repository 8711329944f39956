import type { DType, Tensor } from '../../../engine'
import * as f from '../functional/index'
import { ColumnLinear, RowLinear } from './layers'
import { Module } from './module'

export type HiddenAct = 'gelu' | 'relu' | 'silu'
const ACT: Readonly<Record<HiddenAct, (x: Tensor) => Tensor>> = { gelu: f.gelu, relu: f.relu, silu: f.silu }

export interface MLPOptions {
  readonly bias?: boolean
  readonly dtype?: DType
}

/** proj(act(fc(x))) */
export class MLP extends Module<[Tensor], Tensor> {
  readonly fc: Module<[Tensor], Tensor>
  readonly proj: Module<[Tensor], Tensor>
  constructor(
    readonly hiddenSize: number,
    readonly ffnHiddenSize: number,
    readonly hiddenAct: HiddenAct,
    readonly options: MLPOptions = {},
  ) {
    super()
    this.fc = new ColumnLinear(hiddenSize, ffnHiddenSize, { ...options, gatherOutput: false })
    this.proj = new RowLinear(ffnHiddenSize, hiddenSize, options)
  }
  override forward(x: Tensor): Tensor {
    return this.proj.call(ACT[this.hiddenAct](this.fc.call(x)))
  }
}

/** proj(act(fc(x)) · gate(x)) */
export class GatedMLP extends MLP {
  readonly gate: Module<[Tensor], Tensor>
  constructor(hiddenSize: number, ffnHiddenSize: number, hiddenAct: HiddenAct, options: MLPOptions = {}) {
    super(hiddenSize, ffnHiddenSize, hiddenAct, options)
    this.gate = new ColumnLinear(hiddenSize, ffnHiddenSize, { ...options, gatherOutput: false })
  }
  override forward(x: Tensor): Tensor {
    const inner = ACT[this.hiddenAct](this.fc.call(x))
    return this.proj.call(f.mul(inner, this.gate.call(x)))
  }
}

/** The same with one product for both: its rows are those of the gate, then those of fc. */
export class FusedGatedMLP extends Module<[Tensor], Tensor> {
  readonly fusedFc: ColumnLinear
  constructor(
    readonly hiddenSize: number,
    readonly ffnHiddenSize: number,
    readonly hiddenAct: 'silu' | 'gelu',
    readonly options: MLPOptions,
    readonly proj: Module<[Tensor], Tensor> = new RowLinear(ffnHiddenSize, hiddenSize, options),
  ) {
    super()
    this.fusedFc = new ColumnLinear(hiddenSize, 2 * ffnHiddenSize, { ...options, gatherOutput: false })
  }
  override forward(x: Tensor): Tensor {
    const both = this.fusedFc.call(x)
    return this.proj.call(this.hiddenAct === 'silu' ? f.swiglu(both) : f.geglu(both))
  }
}
