const NAMES: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  '-': '−',
}

/** Keys as a person reads them: `Ctrl+k` as `Ctrl K`. */
export function keyText(keys: string): string {
  return keys
    .split(/\+(?=.)/)
    .map((k) => NAMES[k] ?? (k.length === 1 ? k.toUpperCase() : k))
    .join(' ')
}
