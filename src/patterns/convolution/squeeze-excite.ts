/**
 * Squeeze and excite, shown as a group:  y = x · gate(conv(act(conv(pool(x)))))   (Hu et al. 2018, equations 2 to 4)
 *
 * Nothing is rewritten: no runtime has one operator for it. The analyzer finds every block and names its parts, before and
 * after its convolutions took over their activations.
 */
import { Match, PatternAnalyzer } from '../../engine'
import type { Layer, Tensor } from '../../engine'
import { given, last } from '../known'

const POOLS = new Set(['GlobalAveragePool', 'ReduceMean'])
const CONVS = new Set(['Conv', 'com.microsoft.FusedConv', 'Gemm', 'MatMul'])
const ACTIVATIONS = new Set(['Relu', 'com.microsoft.QuickGelu', 'Swish', 'HardSwish', 'Mul', 'Add', 'Clip'])
const GATES = new Set(['HardSigmoid', 'Sigmoid', 'Add', 'Mul', 'Div', 'Clip'])

export class SqueezeExcite extends PatternAnalyzer<Match> {
  private readonly numbers = new Map<Layer, number>()

  constructor() {
    super('squeeze-excite', { rootLayer: ['Mul'] })
  }

  override match(layer: Layer): Match | false {
    const [a, b] = [layer.input(0), layer.input(1)]
    return block(layer, a, b) ?? block(layer, b, a) ?? false
  }

  override analyze({ root }: Match): void {
    this.numbers.set(root, this.numbers.size + 1)
  }

  override results(): ReadonlyMap<Layer, number> {
    return this.numbers
  }
}

/** The parts from the scaling up to the pooling of the very value that is scaled; null where they are not there. */
function block(scale: Layer, x: Tensor | null, gated: Tensor | null): Match | null {
  if (!x || !gated || x === gated) return null
  const up: [string, Layer][] = [['scale', scale]]
  let at = climb(gated, GATES, 'gate', up)
  if (!take(at, CONVS, 'expand', up)) return null
  at = climb(given(at).input(0), ACTIVATIONS, 'activation', up)
  if (!take(at, CONVS, 'reduce', up) || !take(given(at).input(0)?.parent, POOLS, 'squeeze', up)) return null
  return last(up)[1].input(0) === x ? Match.of(scale, Object.fromEntries(up)) : null
}

/** Past elementwise layers, as many as there are, to what feeds them. */
function climb(t: Tensor | null, kinds: ReadonlySet<string>, part: string, up: [string, Layer][]): Layer | undefined {
  let layer = t?.parent
  for (let n = 1; layer && kinds.has(layer.kind); n++) {
    up.push([n === 1 ? part : `${part} ${n}`, layer])
    layer = [0, 1].map((i) => given(layer).input(i)).find((v) => v && !v.isConstant)?.parent
  }
  return layer ?? undefined
}

function take(
  layer: Layer | null | undefined,
  kinds: ReadonlySet<string>,
  part: string,
  up: [string, Layer][],
): boolean {
  if (!layer || !kinds.has(layer.kind)) return false
  up.push([part, layer])
  return true
}
