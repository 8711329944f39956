/** Recorded calls of gpt_attention: looked at, and made anew with other arguments. */
import { netGuard, Tensor } from '../../engine'
import type { Layer, RawInputs } from '../../engine'
import { gptAttention, isGptAttentionArgument, isPluginOf } from '../../dialects/tensorrt'
import type { GptAttentionCall } from '../../dialects/tensorrt'
import { fits } from '../define'

export const isGptAttention = ({ kind, record }: Layer): boolean =>
  kind === 'PLUGIN_V2' && isPluginOf(record.attributes, 'GPTAttention')

const areArguments = (args: RawInputs): boolean =>
  Object.entries(args).every(([name, value]) => isGptAttentionArgument(name, value))

/** The call that made a layer; a damaged file may say anything of it. */
export class AttentionCall {
  private constructor(
    readonly layer: Layer,
    private readonly args: RawInputs,
  ) {}

  /** Null where there is no record, or one of another call: of parameters or values that there are not, of results that are not the layer's. */
  static of(layer: Layer): AttentionCall | null {
    const info = layer.flayerInfo
    if (!info || !isGptAttention(layer)) return null
    const args = info.cloneInputs() as RawInputs
    const outputs: unknown = info.rawOutputs
    if (!Array.isArray(outputs) || !areArguments(args)) return null
    const made = (outputs as unknown[]).filter((t) => t !== null)
    const isOwn = made.length === layer.numOutputs && made.every((t, i) => t === layer.output(i))
    return isOwn ? new AttentionCall(layer, args) : null
  }

  /** A tensor that it was given; null for one that it was not. */
  tensor(name: string): Tensor | null {
    const arg = this.args[name]
    return arg instanceof Tensor ? arg : null
  }

  /** The results of the same call with these arguments in the place of its own; null where there are others than it has. */
  again(changes: RawInputs): Tensor[] | null {
    const made = netGuard(this.layer.network, () => gptAttention({ ...this.args, ...changes } as GptAttentionCall))
    return made.length === this.layer.numOutputs ? made : null
  }

  /**
   * Lets the users of its results use these.
   * @param reshaped whether they may have other shapes
   * @returns false where one is of another type
   */
  replaceBy(results: readonly Tensor[], reshaped = false): boolean {
    const pairs = this.layer.results.map((old, i) => [old, results[i]] as const)
    if (!pairs.every(([old, made]) => !old || (made && (reshaped ? made.dtype === old.dtype : fits(made, old)))))
      return false
    for (const [old, made] of pairs) if (old && made) old.replaceAllUsesWith(made)
    this.layer.markAsRemoved()
    return true
  }
}
