/** The patterns that a network of a dialect is offered. */
import type { PatternAnalyzer, PatternRewriter } from '../engine'
import { GeluErf } from './provisional-gelu'

export type CatalogueEntry = { readonly label: string; readonly equation: string; readonly benefit: number } & (
  | { readonly type: 'rewriter'; readonly pattern: PatternRewriter }
  | { readonly type: 'analyzer'; readonly pattern: PatternAnalyzer }
)

export function catalogueFor(dialect: string): CatalogueEntry[] {
  if (dialect !== 'onnx') return []
  return [
    {
      label: 'Gelu (erf)',
      equation: 'x · 0.5 · (1 + Erf(x / √2)) ⇒ Gelu(x)',
      benefit: 10,
      type: 'rewriter',
      pattern: new GeluErf(),
    },
  ]
}
