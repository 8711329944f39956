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
export function namedInModule(kind: LayerType, attributes: Attributes): { name?: string; scope?: string } {
  if (path?.network !== defaultNet()) return {}
  const scope = path.at
  const key = `${scope === '' ? '' : `${scope}/`}${typed(kind, attributes)}`
  const count = path.counts.get(key) ?? 0
  path.counts.set(key, count + 1)
  return { name: `${key}_${count}`, scope }
}

/** `ELEMENTWISE_SUM`, `PLUGIN_V2_GPTAttention`: the type, and what it does where one type does many things. */
function typed(kind: LayerType, { op, plugin_type: plugin }: Attributes): string {
  if (
    (kind === LayerType.ELEMENTWISE || kind === LayerType.UNARY || kind === LayerType.REDUCE) &&
    typeof op === 'string'
  )
    return `${kind}_${op}`
  return kind.startsWith('PLUGIN') && typeof plugin === 'string' ? `${kind}_${plugin}` : kind
}
