/** Estimated widths of text, on the wide side of system fonts: layout runs in a worker, where nothing can be measured. */
const NARROW = new Set([..."iljtfrI.,:;|'![]()/ ·"])
const WIDE = new Set([...'mwMWGOQ%@→'])

export function textWidth(text: string, size: number, bold = false): number {
  let units = 0
  for (const c of text) units += NARROW.has(c) ? 0.4 : WIDE.has(c) ? 0.95 : c >= 'A' && c <= 'Z' ? 0.73 : 0.64
  return units * size * (bold ? 1.06 : 1)
}
