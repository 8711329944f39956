/** One content to ELK's layered layout and back. Knows ELK's vocabulary so that nothing else has to. */
import type { ElkExtendedEdge, ElkNode, ElkPort } from 'elkjs/lib/elk-api'
import { HEADING, PADDING, RANK_GAP, SIDE_GAP, inX, nameRoom, outX } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import { FRAME } from './view'
import type { Spine } from './spine'
import type { Content } from './view'

/** Rejects with LayoutCancelled once `signal` is aborted, where it can be interrupted at all. */
export type RunElk = (graph: ElkNode, signal?: AbortSignal) => Promise<ElkNode>

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(RANK_GAP),
  'elk.spacing.nodeNode': String(SIDE_GAP),
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '12',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.edgeRouting': 'POLYLINE',
  'elk.separateConnectedComponents': 'false',
  'elk.layered.considerModelOrder.strategy': 'NONE',
}

/** Heading and padding between the corner of the frame and the content; the top content has none of the first. */
export function originOf(content: Content): { x: number; y: number } {
  return { x: PADDING, y: content.group.parent ? HEADING + PADDING / 2 : PADDING }
}

/** How much straighter the spine is to be than other lines: more than all lines of a group together could ask for. */
const STRAIGHT = { 'elk.layered.priority.straightness': '1000' }

export function toElk(content: Content, boxes: readonly Box[], spine: Spine): ElkNode {
  const straight = new Set(spine.links)
  const children: ElkNode[] = content.items.map((item, i) => {
    const box = boxes[i]!
    const ports: ElkPort[] = [
      ...box.inX.map((x, k) => port(`${i}i${k}`, x, 0, 'NORTH')),
      ...box.outX.map((x, k) => port(`${i}o${k}`, x, box.height, 'SOUTH')),
    ]
    const layoutOptions: Record<string, string> = { 'elk.portConstraints': 'FIXED_POS' }
    if (item.kind === 'output') layoutOptions['elk.layered.layering.layerConstraint'] = 'LAST'
    return { id: `n${i}`, width: box.width, height: box.height, ports, layoutOptions }
  })
  content.entries.forEach((_, k) => children.push(gate(`e${k}`, 'FIRST_SEPARATE', 'SOUTH')))
  content.exits.forEach((_, k) => children.push(gate(`x${k}`, 'LAST_SEPARATE', 'NORTH')))
  const edges: ElkExtendedEdge[] = content.links.map((l, i) => {
    const source =
      l.from === FRAME
        ? `e${content.entries.indexOf(l.tensor)}p`
        : `${l.from}o${content.items[l.from]!.outPorts.indexOf(l.tensor)}`
    const target =
      l.to === FRAME
        ? `x${content.exits.indexOf(l.tensor)}p`
        : `${l.to}i${content.items[l.to]!.inPorts.indexOf(l.toPort)}`
    return { id: `l${i}`, sources: [source], targets: [target], ...(straight.has(i) && { layoutOptions: STRAIGHT }) }
  })
  return { id: 'root', layoutOptions: OPTIONS, children, edges }
}

/**
 * A small graph that takes ELK through all that `toElk` asks of it. The first layout of a worker takes some hundred milliseconds
 * longer than those that follow; laying this one out beforehand takes that off the first that somebody waits for.
 */
export function warmUpGraph(): ElkNode {
  const layers = Array.from({ length: 12 }, (_, i) => `n${i}`)
  const children = layers.map((id) => ({
    id,
    width: 120,
    height: 40,
    ports: [port(`${id}a`, 40, 0, 'NORTH'), port(`${id}b`, 80, 0, 'NORTH'), port(`${id}c`, 60, 40, 'SOUTH')],
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
  }))
  const edge = (from: string, to: string) => ({ id: `${from} ${to}`, sources: [from], targets: [to] })
  // A chain with branches over one, two and three ranks, between a gate above and one below.
  const edges = layers.flatMap((id, i) => [
    edge(`${id}c`, i + 1 < layers.length ? `n${i + 1}a` : 'x0p'),
    ...(i + 3 < layers.length ? [edge(`${id}c`, `n${i + 1 + (i % 3)}b`)] : []),
  ])
  const gates = [gate('e0', 'FIRST_SEPARATE', 'SOUTH'), gate('x0', 'LAST_SEPARATE', 'NORTH')]
  return {
    id: 'root',
    layoutOptions: OPTIONS,
    children: [...children, ...gates],
    edges: [edge('e0p', 'n0a'), ...edges],
  }
}

function port(id: string, x: number, y: number, side: string): ElkPort {
  return { id, x, y, width: 0, height: 0, layoutOptions: { 'elk.port.side': side } }
}

/** A point on the frame that a value passes through. */
function gate(id: string, constraint: string, side: string): ElkNode {
  const layoutOptions = { 'elk.layered.layering.layerConstraint': constraint, 'elk.portConstraints': 'FIXED_POS' }
  return { id, width: 2, height: 2, ports: [port(`${id}p`, 1, side === 'SOUTH' ? 2 : 0, side)], layoutOptions }
}

export function fromElk(content: Content, boxes: readonly Box[], laid: ElkNode): Arrangement {
  const { x: ox, y: oy } = originOf(content)
  const nodes = new Map((laid.children ?? []).map((n) => [n.id, n]))
  const edges = new Map((laid.edges ?? []).map((e) => [e.id, e]))
  // The rows of gates at both ends are drawn in by the gap to the next rank, which needs no room inside a frame.
  const lift = content.entries.length > 0 ? RANK_GAP - PADDING / 2 : 0
  const items = content.items.map((_, i): [number, number] => {
    const n = nodes.get(`n${i}`)
    return [Math.round(ox + (n?.x ?? 0)), Math.round(oy - lift + (n?.y ?? 0))]
  })
  const bottom = items.reduce((m, [, y], i) => Math.max(m, y + boxes[i]!.height), oy)
  const right = items.reduce((m, [x], i) => Math.max(m, x + boxes[i]!.width), ox)
  const height = Math.round(bottom + PADDING)
  const gateX = (id: string) => Math.round(ox + 1 + (nodes.get(id)?.x ?? 0))
  const entries = content.entries.map((_, k) => gateX(`e${k}`))
  const exits = content.exits.map((_, k) => gateX(`x${k}`))
  const wide = Math.max(right, ...entries, ...exits, Math.round((laid.width ?? 0) + ox))
  const routes = content.links.map((l, i) => {
    const bends = edges.get(`l${i}`)?.sections?.[0]?.bendPoints ?? []
    const start =
      l.from === FRAME
        ? [entries[content.entries.indexOf(l.tensor)]!, 0]
        : [items[l.from]![0] + outX(content, boxes, l), items[l.from]![1] + boxes[l.from]!.height]
    const end =
      l.to === FRAME
        ? [exits[content.exits.indexOf(l.tensor)]!, height]
        : [items[l.to]![0] + inX(content, boxes, l), items[l.to]![1]]
    return [...start, ...bends.flatMap((p) => [Math.round(ox + p.x), Math.round(oy - lift + p.y)]), ...end]
  })
  return { width: Math.max(wide + PADDING, nameRoom(content)), height, items, routes, entries, exits }
}
