/** Stands in until the pattern library is there. */
import type { Layer, Match, MatchResult } from '../engine'
import { PatternRewriter } from '../engine'

export class GeluErf extends PatternRewriter {
  constructor() {
    super('Gelu (erf)', { rootLayer: ['Mul'], separateMatchRewrite: true })
  }

  override match(root: Layer): MatchResult {
    const product = this.other(root, 0.5)
    const inner = product?.kind === 'Mul' ? product : null
    const adds = inner?.getInputs().flatMap((t) => (t.parent?.kind === 'Add' ? [t.parent] : [])) ?? []
    const plus = adds.find((a) => this.other(a, 1)?.kind === 'Erf') ?? null
    const erf = plus && this.other(plus, 1)
    const div = erf?.kind === 'Erf' ? (erf.input(0)?.parent ?? null) : null
    if (!inner || !plus || !erf || div?.kind !== 'Div') return false
    const x = div.input(0)
    return x ? this.matched(root, { root, inner, plus, erf, scaled: div }, { x }) : false
  }

  private other(layer: Layer, value: number): Layer | null {
    const scalar = layer.getInputs().find((t) => t.value?.scalar() === value)
    return scalar ? (layer.getInputs().find((t) => t !== scalar)?.parent ?? null) : null
  }

  override rewrite(root: Layer, match: Match): void {
    const out = root.output()!
    const gelu = root.network.addLayer({
      kind: 'com.microsoft.Gelu',
      inputs: [match.tensor('x')],
      outputs: [{ dtype: out.dtype, shape: out.shape }],
      name: `${root.scope}/Gelu`,
    })
    out.replaceAllUsesWith(gelu.output()!)
  }
}
