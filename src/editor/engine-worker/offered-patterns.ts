import type { PatternInfo } from '../protocol/match-info'
import type { Offer } from './catalogue'

/** The patterns of a workspace as the page lists them. */
export function offeredPatterns(catalogue: readonly Offer[]): PatternInfo[] {
  return catalogue.map((o) => {
    const {
      label,
      family,
      equation,
      type,
      benefit,
      exactness,
      assumes,
      optIn,
      rule,
      language,
      tried,
      source,
      off,
      folder,
    } = o
    const info = { label, family, equation, type, benefit, exactness, assumes, optIn, ...(language && { language }) }
    const own = { ...(rule !== undefined && { rule }), ...(tried && { tried }), ...(off && { off }) }
    return { ...info, ...own, ...(folder !== undefined && { folder }), ...(source && { source }) }
  })
}
