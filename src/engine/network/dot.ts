import type { Network } from './network'

/** The network in Graphviz' DOT language, layers marked as removed dashed. */
export function toDot(network: Network): string {
  const lines = [`digraph ${quote(network.name)} {`, '  node [shape=box]']
  for (const t of network.getInputs()) lines.push(`  t${t.id} [label=${quote(t.toString())} shape=ellipse]`)
  for (const layer of network.getLayers()) {
    lines.push(
      `  l${layer.id} [label=${quote(`${layer.kind}\n${layer.name}`)}${layer.isRemoved() ? ' style=dashed' : ''}]`,
    )
    for (const t of layer.getInputs()) {
      const from = t.parent ? `l${t.parent.id}` : t.isConstant ? null : `t${t.id}`
      if (from) lines.push(`  ${from} -> l${layer.id} [label=${quote(t.toString())}]`)
    }
  }
  network.outputs.forEach((o, i) => {
    const t = network.getTensor(o.tensor)
    lines.push(
      `  o${i} [label=${quote(o.name)} shape=ellipse]`,
      `  ${t?.parent ? `l${t.parent.id}` : `t${o.tensor}`} -> o${i}`,
    )
  })
  return [...lines, '}'].join('\n')
}

function quote(s: string): string {
  return `"${s.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`
}
