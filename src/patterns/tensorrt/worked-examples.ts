/**
 * The worked examples of TensorRT-LLM's Graph Rewriting module, as it has them.
 *
 *   a + b                       =>  a - b                                  (replace add with sub)
 *   GPTAttention(qkv padded)    =>  GPTAttention(qkv packed)               (remove padding; args carry the sizes)
 *   GPTAttention(x + bias)      =>  GPTAttention(x, qkv_bias = bias)       (fuse attention with bias; catalogue 53)
 */
import { compatibleShapes, netGuard, operandFault, PatternAnalyzer, PatternRewriter } from '../../engine'
import type { Layer, Match, MatchResult, Network, Tensor } from '../../engine'
import { ElementWiseOperation, input, LayerType, sub } from '../../dialects/tensorrt'
import { fits } from '../define'
import { family } from '../library'
import { AttentionCall, isGptAttention } from './attention-call'
import { given } from '../known'

const isSum = (layer: Layer): boolean =>
  layer.kind === LayerType.ELEMENTWISE && layer.attribute('op') === ElementWiseOperation.SUM

/** Why a layer of a damaged network is no sum of which a difference could be made; null where it is one. */
function sumFault(sum: Layer): string | null {
  const [a, b] = sum.operands
  if (!a || !b) return 'an operand that is not given'
  if (a.parent === sum || b.parent === sum) return 'its own result among the operands'
  return a.shape && b.shape ? operandFault(sum) : 'an operand whose rank is not known'
}

/** Turns every sum into a difference; not a fusion, but the smallest rewrite there is. */
export class ReplaceAddWithSub extends PatternRewriter {
  constructor() {
    super('replace_add_with_sub', { rootLayer: [LayerType.ELEMENTWISE], separateMatchRewrite: true })
  }

  override match(layer: Layer): MatchResult {
    const miss = (expected: string, found: string) => this.declined(layer, { part: 'root', layer, expected, found })
    if (!isSum(layer)) return miss('ELEMENTWISE with op SUM', `op ${String(layer.attribute('op'))}`)
    const fault = sumFault(layer)
    return fault === null || miss('a sum of two values', fault)
  }

  override rewrite(layer: Layer): boolean | void {
    const [a, b] = layer.getInputs(0, 1)
    const y = layer.result()
    const c = netGuard(layer.network, () => sub(given(a), given(b)))
    if (!fits(c, y)) return this.giveUp(layer, `${String(c)} would stand for ${String(y)}`)
    y.replaceAllUsesWith(c)
    layer.markAsRemoved()
  }
}

/** Sizes of the batch whose padding goes; the pattern's `args`. */
export interface RemovePaddingArgs {
  readonly batch_size: number
  readonly in_len: number
  readonly hidden_size: number
}

/** The sizes of the first padded value that is handed to the attention plugin; null where there is none of known sizes. */
export function paddedSizes(network: Network): RemovePaddingArgs | null {
  for (const layer of network.layersOfKind(LayerType.PLUGIN_V2)) {
    const [batch_size, in_len, hidden_size, ...more] = AttentionCall.of(layer)?.tensor('qkv')?.shape ?? []
    if (typeof batch_size !== 'number' || typeof in_len !== 'number' || typeof hidden_size !== 'number') continue
    if (more.length === 0) return { batch_size, in_len, hidden_size }
  }
  return null
}

/** Gives the attention plugin its tokens packed into one row, as a new network input. */
export class RemovePadding extends PatternRewriter {
  constructor() {
    super('gpt_attention_plugin_remove_padding', { rootLayer: [LayerType.PLUGIN_V2] })
  }

  override matchAndRewrite(layer: Layer): ReturnType<PatternRewriter['matchAndRewrite']> {
    const { network } = layer
    if (!isGptAttention(layer)) return false
    const call = AttentionCall.of(layer)
    const qkv = call?.tensor('qkv')
    if (!call || !qkv)
      return this.declined(layer, { part: 'qkv', layer, expected: 'an FLayerInfo with argument qkv', found: 'none' })
    if (qkv.shape?.[0] === 1)
      return this.declined(layer, {
        part: 'qkv',
        layer,
        expected: 'padded tokens',
        found: 'a batch of 1, packed already',
      })
    const args = (this.args as RemovePaddingArgs | null) ?? paddedSizes(network)
    if (!args)
      return this.declined(layer, {
        part: 'args',
        layer,
        expected: 'args batch_size, in_len and hidden_size, or sizes that are known',
        found: 'neither',
      })
    const shape = [1, args.batch_size * args.in_len, args.hidden_size]
    const packed = netGuard(network, () => input('qkv', qkv.dtype ?? 'float16', shape))
    const outputs = call.again({ qkv: packed })
    if (!outputs || !call.replaceBy(outputs, true)) return this.giveUp(layer, OTHERWISE)
    this.logInfo(
      `${packed.name} is a new network input, for packed tokens; what made the padded ones is used no more, and goes`,
    )
    return true
  }
}

/** Moves a constant that is added to the plugin's input into the plugin. */
export class FuseAttentionWithBiasPass extends PatternRewriter {
  constructor() {
    super('fuse_attention_with_bias', { rootLayer: [LayerType.PLUGIN_V2], separateMatchRewrite: true })
  }

  override match(layer: Layer): MatchResult {
    if (!isGptAttention(layer) || layer.numOutputs !== 2) return false
    const miss = (part: string, at: Layer | null, expected: string, found: string) =>
      this.declined(layer, { part, layer: at, expected, found, matched: { attention: layer }, parts: 3 })
    const call = AttentionCall.of(layer)
    const qkv = call?.tensor('qkv') ?? null
    if (!call || !qkv) return miss('qkv', layer, 'an FLayerInfo with argument qkv', 'none')
    if (call.tensor('qkv_bias')) return miss('qkv_bias', layer, 'no bias yet', 'the plugin has one')
    if (qkv.liveUses !== 1)
      return miss('sum', qkv.parent, 'a value with one user', `${qkv.liveUses} users of ${qkv.name}`)
    const sum = qkv.parent
    if (!sum || !isSum(sum)) return miss('sum', sum, 'ELEMENTWISE with op SUM', sum ? sum.kind : 'a network input')
    const [constants, mutables] = partition(sum.getInputs(), isConstFoldable)
    const [bias] = constants
    if (constants.length !== 1 || !bias)
      return miss('bias', sum, 'one operand that folds to a constant', `${constants.length}`)
    if (!isPerChannel(bias, qkv)) return miss('bias', sum, 'a bias of each channel, one for all tokens', String(bias))
    const [x] = mutables
    if (!x || !compatibleShapes(x.shape, qkv.shape)) return miss('x', sum, 'an operand of the shape of the sum', 'none')
    return this.matched(layer, { attention: layer, sum }, { x, bias })
  }

  override rewrite(layer: Layer, match: Match): boolean | void {
    const call = AttentionCall.of(layer)
    const outputs = call?.again({ qkv: match.tensor('x'), qkv_bias: match.tensor('bias') })
    if (!outputs || !call?.replaceBy(outputs)) return this.giveUp(layer, OTHERWISE)
  }
}

const OTHERWISE = 'the call gives other results than the layer'

/** [width], behind dimensions of 1. */
function isPerChannel({ shape }: Tensor, x: Tensor): boolean {
  const width = x.shape?.at(-1)
  return typeof width === 'number' && shape?.at(-1) === width && shape.slice(0, -1).every((d) => d === 1)
}

const MAX_DEPTH = 10

/** Whether a value comes from CONSTANT layers alone, at most ten layers up. */
function isConstFoldable(tensor: Tensor): boolean {
  const stack: { tensor: Tensor; depth: number }[] = [{ tensor, depth: 0 }]
  for (let at = stack.pop(); at; at = stack.pop()) {
    const layer = at.tensor.getParent()
    if (!layer || at.depth > MAX_DEPTH) return false
    const inputs = layer.getInputs()
    if (inputs.length === 0 && layer.kind !== LayerType.CONSTANT) return false
    for (const t of inputs) stack.push({ tensor: t, depth: at.depth + 1 })
  }
  return true
}

function partition<T>(items: readonly T[], test: (x: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((x) => !test(x))]
}

/** Counts sums, and shows on the canvas which layers it counted. */
export class CountAdd extends PatternAnalyzer<true> {
  count = 0
  private readonly seen = new Map<Layer, number>()

  constructor() {
    super('count_add', { rootLayer: [LayerType.ELEMENTWISE] })
  }

  override match(layer: Layer): boolean {
    return isSum(layer)
  }

  override analyze(_sum: true, layer: Layer): void {
    this.count++
    this.seen.set(layer, this.count)
  }

  override results(): ReadonlyMap<Layer, number> {
    return this.seen
  }
}

/** The two that make another network of it are off unless chosen. */
export const workedExamples = family('Worked examples', { stage: 1, exactness: 'rounding' }, [
  {
    label: 'Remove padding',
    equation: 'GPTAttention(padded qkv) ⇒ GPTAttention(packed qkv)',
    optIn: true,
    make: () => new RemovePadding(),
  },
  {
    label: 'Fuse attention with bias',
    equation: 'GPTAttention(x + bias) ⇒ GPTAttention(x, qkv_bias = bias)',
    make: () => new FuseAttentionWithBiasPass(),
  },
  {
    label: 'Replace add with sub',
    equation: 'a + b ⇒ a − b',
    exactness: 'approximation',
    optIn: true,
    make: () => new ReplaceAddWithSub(),
  },
])
