import type { StringStringEntryProto } from '../proto/messages'

const NAME_SCOPES = 'pkg.torch.onnx.name_scopes'

/**
 * Module path of a node: `encoder/layer.0/attention`. PyTorch's dynamo exporter says it in the node's metadata, the
 * TorchScript exporter (and TensorFlow's) in the node's name: `/encoder/layer.0/attention/MatMul`.
 */
export function scopeOf(name: string, metadata: readonly StringStringEntryProto[]): string {
  for (const entry of metadata) {
    if (entry.key === NAME_SCOPES) return pathOfNameScopes(entry.value ?? '')
  }
  for (const entry of metadata) {
    if (entry.key === 'namespace') return pathOfNamespace(entry.value ?? '')
  }
  const parts = name.split('/').filter((p) => p !== '')
  return relativePath(parts.slice(0, -1))
}

/** A Python list of qualified names, outermost first, the operation itself last: `['', 'm', 'm.encoder', 'matmul']`. */
function pathOfNameScopes(list: string): string {
  const names = Array.from(list.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g), (m) => m[1] ?? m[2] ?? '')
  return relativePath(names.slice(0, -1))
}

/** `qualified name: class` joined by `/`, the operation itself last. Class names may hold no slash. */
function pathOfNamespace(text: string): string {
  const names = text.split('/').map((part) => part.slice(0, part.indexOf(':')).trim())
  return relativePath(names.slice(0, -1))
}

/** Each part without the prefix that the one before it already says. */
function relativePath(names: readonly string[]): string {
  const parts: string[] = []
  let outer = ''
  for (const name of names) {
    if (name === '') continue
    parts.push(outer !== '' && name.startsWith(outer + '.') ? name.slice(outer.length + 1) : name)
    outer = name
  }
  return parts.join('/')
}
