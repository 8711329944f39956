/** The patterns that a network of a dialect is offered. */
import type { Network, PatternAnalyzer, PatternRewriter } from '../engine'
import { CountAdd, FuseAttentionWithBiasPass, onnxLibrary, RemovePadding, ReplaceAddWithSub } from '../patterns'

interface Offered {
  readonly label: string
  /** Heading that patterns of a kind stand under. */
  readonly family: string
  readonly equation: string
  readonly benefit: number
  /** Handed to the pattern as its `args`. */
  readonly args?: unknown
}

export interface RewriterOffer extends Offered {
  readonly type: 'rewriter'
  readonly pattern: PatternRewriter
}

/** Analyzers keep what they saw, so each look takes a new one. */
export interface AnalyzerOffer extends Offered {
  readonly type: 'analyzer'
  readonly make: () => PatternAnalyzer
}

export type Offer = RewriterOffer | AnalyzerOffer

export function catalogueFor(network: Network): Offer[] {
  const offers = network.dialect.name === 'tensorrt' ? tensorrtOffers(network) : onnxOffers()
  for (const offer of offers) if (offer.type === 'rewriter') offer.pattern.args = offer.args ?? null
  return offers
}

function onnxOffers(): Offer[] {
  return onnxLibrary('ort')
    .filter((e) => !e.optIn)
    .map(({ label, family, equation, benefit, make }) => ({
      label,
      family,
      equation,
      benefit,
      type: 'rewriter',
      pattern: make('ort'),
    }))
}

function tensorrtOffers(network: Network): Offer[] {
  const rewriter = (label: string, equation: string, pattern: PatternRewriter, args?: unknown): Offer => ({
    label,
    family: 'Worked examples',
    equation,
    benefit: 10,
    type: 'rewriter',
    pattern,
    args,
  })
  return [
    rewriter(
      'Remove padding',
      'GPTAttention(padded qkv) ⇒ GPTAttention(packed qkv)',
      new RemovePadding(),
      packedSizes(network),
    ),
    rewriter(
      'Fuse attention with bias',
      'GPTAttention(x + bias) ⇒ GPTAttention(x, qkv_bias = bias)',
      new FuseAttentionWithBiasPass(),
    ),
    rewriter('Replace add with sub', 'a + b ⇒ a − b', new ReplaceAddWithSub()),
    {
      label: 'Count adds',
      family: 'Analyzers',
      equation: 'a + b, numbered',
      benefit: 0,
      type: 'analyzer',
      make: () => new CountAdd(),
    },
  ]
}

/** The sizes that remove-padding asks for, from the padded value itself. */
function packedSizes(network: Network): unknown {
  for (const layer of network.getLayers()) {
    const shape = layer.flayerInfo?.getTensor('qkv')?.shape
    if (shape?.length !== 3) continue
    const [batch_size, in_len, hidden_size] = shape
    return { batch_size, in_len, hidden_size }
  }
  return null
}
