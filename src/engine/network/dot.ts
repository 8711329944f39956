import type { LayerNode } from '../store/nodes'
import type { TensorRecord } from '../store/records'
import { ABSENT } from '../store/records'
import type { Store } from '../store/store'

/** The network in Graphviz' DOT language, layers marked as removed dashed. */
export function dotOf(store: Store, name: string): string {
  const lines = [`digraph ${quote(name)} {`, '  node [shape=box]']
  for (const id of store.inputs)
    lines.push(`  t${id} [label=${quote(tensorText(store.tensor(id).record))} shape=ellipse]`)
  for (let l = store.first; l; l = l.next) lines.push(...layerLines(store, l))
  store.outputs.forEach((o, i) => {
    const { parent } = store.tensor(o.tensor)
    lines.push(
      `  o${i} [label=${quote(o.name)} shape=ellipse]`,
      `  ${parent ? `l${parent.id}` : `t${o.tensor}`} -> o${i}`,
    )
  })
  return [...lines, '}'].join('\n')
}

function layerLines(store: Store, { id, record }: LayerNode): string[] {
  const look = record.removed ? ' style=dashed' : ''
  const lines = [`  l${id} [label=${quote(`${record.kind}\n${record.name}`)}${look}]`]
  for (const input of record.inputs) {
    if (input === ABSENT) continue
    const t = store.tensor(input)
    const from = t.parent ? `l${t.parent.id}` : t.record.value ? null : `t${t.id}`
    if (from) lines.push(`  ${from} -> l${id} [label=${quote(tensorText(t.record))}]`)
  }
  return lines
}

/** Name and type of a tensor, as messages tell them. */
export function tensorText({ name, dtype, shape }: TensorRecord): string {
  return `${name}: ${dtype ?? 'unknown'}${shape ? `[${shape.map((d) => d ?? '?').join(',')}]` : '[...]'}`
}

function quote(s: string): string {
  return `"${s.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`
}
