/** Attributes that are written as they are: numbers, words and lists of them. */
import { codeOf } from '../../engine'
import { isFalse, isTrue } from './conditions'
import { numberText } from './terms'
import type { Value } from './values'

/** null for what is worked out. */
export function literalText(v: Value): string | null {
  if (v.type === 'number') return numberText(v.value)
  if (v.type === 'string') return v.value.includes('"') ? null : `"${v.value}"`
  if (v.type === 'bool') return isTrue(v.is) ? '1' : isFalse(v.is) ? '0' : null
  if (v.type === 'dtype') return v.text.startsWith('$') ? v.text : String(codeOf(v.text) ?? v.text)
  if (v.type !== 'list') return null
  const items = v.items.map((x) => (x.type === 'list' ? null : literalText(x)))
  return items.every((t) => t !== null) ? `[${items.join(', ')}]` : null
}
