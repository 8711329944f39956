/** What a class of one's own may begin with. */
export interface CodeTemplate {
  readonly title: string
  readonly text: string
}

const SEPARATE = `import { PatternRewriter } from 'graft/engine'
import type { Layer, Match, MatchResult } from 'graft/engine'

/** Mul(x, Sigmoid(x)) => QuickGelu<alpha=1>(x) */
export class Silu extends PatternRewriter {
  /** Small networks on which it must match, or must not. */
  static examples = [
    { matches: 'in x float32[2,3]\\ny = Mul(x, Sigmoid(x))\\nout y' },
    { fails: 'in x float32[2,3]\\nin z float32[2,3]\\ny = Mul(z, Sigmoid(x))\\nout y' },
  ]

  constructor() {
    // 1: where it begins. Only layers of these kinds are looked at.
    super('SiLU, my own', { rootLayer: ['Mul'], separateMatchRewrite: true })
  }

  // 2: whether it matches there. Nothing may change here.
  override match(mul: Layer): MatchResult {
    for (const [x, gate] of [mul.getInputs(), mul.getInputs().toReversed()]) {
      const sigmoid = gate?.parent
      if (sigmoid?.kind !== 'Sigmoid' || sigmoid.input(0) !== x) continue
      // 3: what is used elsewhere stays.
      if (gate.getUsers().length > 1) continue
      return this.matched(mul, { mul, sigmoid }, { x: x! })
    }
    return this.declined(mul, { part: 'sigmoid', layer: mul, expected: 'x and Sigmoid(x)', found: 'other operands' })
  }

  // 4: what takes its place.
  override rewrite(mul: Layer, match: Match): void {
    const made = mul.network.addLayer({
      kind: 'com.microsoft.QuickGelu',
      inputs: [match.tensor('x')],
      attributes: { alpha: 1 },
    })
    mul.output()!.replaceAllUsesWith(made.output()!)
    mul.markAsRemoved()
    this.logInfo(\`\${mul.name} is one layer now\`)
  }
}
`

const TOGETHER = `import { PatternRewriter } from 'graft/engine'
import type { Layer } from 'graft/engine'

/** Neg(Neg(x)) => x, matched and rewritten in one go. */
export class NegTwice extends PatternRewriter {
  constructor() {
    super('Neg twice, my own', { rootLayer: ['Neg'] })
  }

  override matchAndRewrite(outer: Layer): boolean {
    const inner = outer.input(0)?.parent
    if (inner?.kind !== 'Neg') return false
    outer.output()!.replaceAllUsesWith(inner.input(0)!)
    outer.markAsRemoved()
    return true
  }
}
`

const ANALYZER = `import { PatternAnalyzer } from 'graft/engine'
import type { Layer } from 'graft/engine'

/** How many layers use what each MatMul gives. */
export class Users extends PatternAnalyzer<true> {
  private readonly counts = new Map<Layer, number>()

  constructor() {
    super('Users of a MatMul', { rootLayer: ['MatMul'] })
  }

  override match(_layer: Layer): true {
    return true
  }

  override analyze(_match: true, layer: Layer): void {
    this.counts.set(layer, layer.output()!.getUsers().length)
  }

  /** A number for each layer: a badge, a row of the table, a colour of the heat map. */
  override results(): ReadonlyMap<Layer, number> {
    return this.counts
  }
}
`

const WEIGHTS = `import { ConstantValue, PatternRewriter } from 'graft/engine'
import type { Layer, Match, MatchResult } from 'graft/engine'

/** Mul(MatMul(x, @w), @s) => MatMul(x, w · s), for a scalar s. */
export class ScaleIntoWeight extends PatternRewriter {
  constructor() {
    super('Scale into weight, my own', { rootLayer: ['Mul'], separateMatchRewrite: true })
  }

  override match(mul: Layer): MatchResult {
    const [product, s] = mul.getInputs()
    const matmul = product?.parent
    const w = matmul?.input(1)
    if (matmul?.kind !== 'MatMul' || !w?.value?.isAvailable || !s?.value?.isAvailable) return false
    if (s.value.scalar() === null || product!.getUsers().length > 1) return false
    return this.matched(mul, { mul, matmul }, { x: matmul.input(0)!, w, s })
  }

  override rewrite(mul: Layer, match: Match): void {
    const { network } = mul
    const w = match.tensor('w').value!
    const s = match.tensor('s').value!.scalar()!
    const scaled = ConstantValue.of(w.dtype, w.shape, Array.from(w.numbers(), (n) => n * s))
    const weight = network.addConstant(scaled)
    const made = network.addLayer({ kind: 'MatMul', inputs: [match.tensor('x'), weight] })
    mul.output()!.replaceAllUsesWith(made.output()!)
    mul.markAsRemoved()
  }
}
`

const NETWORK = `import { netGuard, Network } from 'graft/engine'
import { add, ColumnLinear, input, relu, tensorrtDialect } from 'graft/tensorrt'

/** Built and opened by “Build and open”; as a file by graft build. */
export default function build(name: string): Network {
  const network = new Network(tensorrtDialect, { name })
  return netGuard(network, () => {
    const x = input('x', 'float32', ['batch', 64])
    const fc = new ColumnLinear(64, 64)
    network.markOutput(add(x, relu(fc.call(x))), 'y')
    return network
  })
}

// Or a model of modules, of which LLaMAForCausalLM is imported from graft/tensorrt:
// export default new LLaMAForCausalLM({ numLayers: 2, hiddenSize: 64, numHeads: 4, vocabSize: 256, maxPositions: 64 })
`

export const CODE_TEMPLATES: readonly [CodeTemplate, ...CodeTemplate[]] = [
  { title: 'Match and rewrite, in four stages', text: SEPARATE },
  { title: 'Match and rewrite in one', text: TOGETHER },
  { title: 'An analyzer', text: ANALYZER },
  { title: 'Weights that are worked out', text: WEIGHTS },
]

/** What makes a network, where the others are patterns. */
export const NETWORK_TEMPLATE: CodeTemplate = { title: 'A network of TensorRT', text: NETWORK }
