import { defaultNet } from '../../../engine'
import type { Attributes, Network } from '../../../engine'
import { LayerType } from '../layer-type'

/** Where layers are being made: the path of the module whose `forward` runs, and how often each name was given below it. */
interface Path {
  readonly network: Network
  at: string
  readonly counts: Map<string, number>
}

let path: Path | null = null

/** Runs a module's `forward` under its path: what it makes is named after it. Calls nest; the outermost begins anew. */
export function withinModule<T>(at: string, run: () => T): T {
  const network = defaultNet()
  const outer = path
  const before = outer?.at
  path = outer?.network === network ? outer : { network, at: '', counts: new Map() }
  path.at = at
  try {
    return run()
  } finally {
    if (outer && before !== undefined && path === outer) outer.at = before
    path = outer
  }
}

/** Name and scope of a new layer inside a module; nothing outside of one, where the network names it. */
export function namedInModule(
  network: Network,
  kind: LayerType,
  attributes: Attributes,
): { name?: string; scope?: string } {
  if (path?.network !== network) return {}
  const { at: scope, counts } = path
  const key = scope === '' ? typed(kind, attributes) : scope + '/' + typed(kind, attributes)
  const count = counts.get(key) ?? 0
  counts.set(key, count + 1)
  return { name: key + '_' + count, scope }
}

/** `ELEMENTWISE_SUM`, `PLUGIN_V2_GPTAttention`: the type, and what it does where one type does many things. */
function typed(kind: LayerType, { op, plugin_type: plugin }: Attributes): string {
  if (
    typeof op === 'string' &&
    (kind === LayerType.ELEMENTWISE || kind === LayerType.UNARY || kind === LayerType.REDUCE)
  )
    return kind + '_' + op
  return typeof plugin === 'string' && kind.startsWith('PLUGIN') ? kind + '_' + plugin : kind
}

/** A name that no layer of this kind has in an attribute: loops and conditionals are known by theirs, removed ones too. */
export function freeName(network: Network, prefix: string, kind: LayerType, attribute: string): string {
  const taken = new Set(network.getLayers().flatMap((l) => (l.kind === kind ? [l.attribute(attribute)] : [])))
  let n = 0
  while (taken.has(`${prefix}_${n}`)) n++
  return `${prefix}_${n}`
}
