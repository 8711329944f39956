import type { Unlowered } from './lower-onnx'

/** What became plugins, a line for each operator and reason, the most frequent first. */
export function pluginTexts(plugins: readonly Unlowered[]): string[] {
  const counts = new Map<string, number>()
  for (const { operator, reason } of plugins) {
    const text = `${operator} without a counterpart in TensorRT, a plugin here (${reason})`
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text, n]) => `${n} ${text}`)
}
