/** The network by module scope, as the outline lists it, and the search for layers and scopes. */
import type { LayerId, Network } from '../../engine'
import { operatorOf } from '../../engine'
import type { LayerCounts, Scope } from './layer-counts'

const outer = (path: string): string | null => (path === '' ? null : path.slice(0, Math.max(0, path.lastIndexOf('/'))))

export interface OutlineRow {
  readonly key: string
  readonly depth: number
  /** Of a scope; null for a layer. */
  readonly path: string | null
  readonly layer: LayerId | null
  readonly label: string
  readonly count: number
  readonly open: boolean
}

/** Layers that lie beside modules are listed behind them, and where there are more than this, folded into one row. */
const LOOSE = 8

/** The rows to be listed when these scopes are unfolded. */
export function outlineRows({ root, network }: LayerCounts, unfolded: ReadonlySet<string>): OutlineRow[] {
  const rows: OutlineRow[] = []
  const stack: { scope: Scope; depth: number; loose: boolean }[] = []
  const row = (depth: number, path: string, label: string, count: number): boolean => {
    const open = unfolded.has(path)
    rows.push({ key: `S${path}`, depth, path, layer: null, label, count, open })
    return open
  }
  const layers = (scope: Scope, depth: number) => {
    const here = [...scope.layers].flatMap((id) => network.getLayer(id) ?? [])
    for (const { id, name } of network.inOrder(here)) {
      const label = name.slice(name.lastIndexOf('/') + 1)
      rows.push({ key: `L${id}`, depth, path: null, layer: id, label, count: 0, open: false })
    }
  }
  const inside = (scope: Scope, depth: number) => {
    stack.push({ scope, depth, loose: true })
    for (const child of [...scope.scopes].reverse())
      if (child.total > 0) stack.push({ scope: child, depth, loose: false })
  }
  inside(root, 0)
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { scope, depth, loose } = top
    if (!loose) {
      if (row(depth, scope.path, scope.name, scope.total)) inside(scope, depth + 1)
      continue
    }
    const fold = scope.scopes.some((s) => s.total > 0) && scope.layers.size > LOOSE
    if (!fold) layers(scope, depth)
    else if (row(depth, `${scope.path}/*`, 'layers in no module', scope.layers.size)) layers(scope, depth + 1)
  }
  return rows
}

/** The scopes that must be unfolded for the row of a layer or a group to be seen. */
export function scopesAround(network: Network, key: string): string[] {
  const layer = key.startsWith('L') ? network.getLayer(Number(key.slice(1))) : undefined
  const inner = layer ? layer.scope : key.startsWith('G:') ? outer(key.slice(2)) : null
  if (inner === null) return []
  const paths = layer ? [`${inner}/*`] : []
  for (let path: string | null = inner; path !== null; path = outer(path)) paths.push(path)
  return paths
}

/** Layers whose name or kind holds every word, best first: kind, then end of the name, then anywhere. */
export function searchLayers(
  network: Network,
  text: string,
  most: number,
): { id: LayerId; kind: string; name: string }[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found: { id: LayerId; kind: string; name: string; rank: number }[] = []
  for (const layer of network.getLayers()) {
    if (layer.isRemoved()) continue
    const kind = operatorOf(layer.kind)
    const all = `${kind} ${layer.name}`.toLowerCase()
    if (!words.every((w) => all.includes(w))) continue
    const rank = kind.toLowerCase().startsWith(words[0]!) ? 0 : layer.name.toLowerCase().endsWith(words[0]!) ? 1 : 2
    found.push({ id: layer.id, kind, name: layer.name, rank })
  }
  return found.sort((a, b) => a.rank - b.rank).slice(0, most)
}

/** Module scopes whose last part or path holds every word, shortest path first. */
export function searchScopes(network: Network, text: string, most: number): string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const paths = new Set<string>()
  for (const layer of network.getLayers()) {
    if (layer.isRemoved()) continue
    for (let path: string | null = layer.scope; path !== null && path !== '' && !paths.has(path); path = outer(path))
      paths.add(path)
  }
  const ends = (path: string) => path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  return [...paths]
    .filter((path) => words.every((w) => path.toLowerCase().includes(w)) && words.some((w) => ends(path).includes(w)))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .slice(0, most)
}

/** Length of the module path that all names begin with, up to a `/`; 0 for a single name. */
export function commonPath(names: readonly string[]): number {
  const [first = '', ...others] = names
  if (others.length === 0) return 0
  let n = first.length
  for (const name of others) while (!name.startsWith(first.slice(0, n))) n--
  return first.lastIndexOf('/', n - 1) + 1
}
