/** Estimated widths of text in the system font: layout runs in a worker, where nothing can be measured. */
const NARROW = new Set([..."iljtfrI.,:;|'![]()/ ·"])
const WIDE = new Set([...'mwMWGOQ%@→'])

export function textWidth(text: string, size: number, bold = false): number {
  let units = 0
  for (const c of text) units += NARROW.has(c) ? 0.34 : WIDE.has(c) ? 0.88 : c >= 'A' && c <= 'Z' ? 0.68 : 0.59
  return units * size * (bold ? 1.06 : 1)
}
