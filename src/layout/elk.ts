/** One piece to ELK's layered layout and back. Knows ELK's vocabulary so that nothing else has to. */
import type { ElkExtendedEdge, ElkNode, ElkPort } from 'elkjs/lib/elk-api'
import { flowOf, SIDE_GAP } from './flow'
import { endsOf } from './piece'
import type { LaidPiece, Piece } from './piece'
import { FRAME } from './view'
import { nth } from './known'

/** Rejects with LayoutCancelled once `signal` is aborted, where it can be interrupted at all. */
export type RunElk = (graph: ElkNode, signal?: AbortSignal) => Promise<ElkNode>

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
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

/** How much straighter the spine is to be than other lines: more than all lines of a piece together could ask for. */
const STRAIGHT = { 'elk.layered.priority.straightness': '1000' }

/** @param gap between one rank and the next */
const optionsFor = (gap: number) => ({ ...OPTIONS, 'elk.layered.spacing.nodeNodeBetweenLayers': String(gap) })

export function toElk({ gap, boxes, lines, entries, exits, last }: Piece): ElkNode {
  const lowest = new Set(last)
  const children: ElkNode[] = boxes.map((box, i) => {
    const ports: ElkPort[] = [
      ...box.inX.map((x, k) => port(`${i}i${k}`, x, 0, 'NORTH')),
      ...box.outX.map((x, k) => port(`${i}o${k}`, x, box.height, 'SOUTH')),
    ]
    const layoutOptions: Record<string, string> = { 'elk.portConstraints': 'FIXED_POS' }
    if (lowest.has(i)) layoutOptions['elk.layered.layering.layerConstraint'] = 'LAST'
    return { id: `n${i}`, width: box.width, height: box.height, ports, layoutOptions }
  })
  for (let k = 0; k < entries; k++) children.push(gate(`e${k}`, 'FIRST_SEPARATE', 'SOUTH'))
  for (let k = 0; k < exits; k++) children.push(gate(`x${k}`, 'LAST_SEPARATE', 'NORTH'))
  const edges: ElkExtendedEdge[] = lines.map((l, i) => ({
    id: `l${i}`,
    sources: [l.from === FRAME ? `e${l.fromPort}p` : `${l.from}o${l.fromPort}`],
    targets: [l.to === FRAME ? `x${l.toPort}p` : `${l.to}i${l.toPort}`],
    ...(l.straight && { layoutOptions: STRAIGHT }),
  }))
  return { id: 'root', layoutOptions: optionsFor(gap), children, edges }
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
    layoutOptions: optionsFor(flowOf('down').rankGap),
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

export function fromElk(piece: Piece, elk: ElkNode): LaidPiece {
  const { boxes, lines } = piece
  const nodes = new Map((elk.children ?? []).map((n) => [n.id, n]))
  const edges = new Map((elk.edges ?? []).map((e) => [e.id, e]))
  const found = boxes.map((_, i): [number, number] => {
    const { x = 0, y = 0 } = nodes.get(`n${i}`) ?? {}
    return [Math.round(x), Math.round(y)]
  })
  const top = found.reduce((m, [, y]) => Math.min(m, y), Infinity)
  const places = found.map(([x, y]): [number, number] => [x, y - top])
  const gateX = (id: string) => Math.round(1 + (nodes.get(id)?.x ?? 0))
  const laid = {
    width: Math.round(elk.width ?? 0),
    height: places.reduce((m, [, y], i) => Math.max(m, y + nth(boxes, i).height), 0),
    places,
    entries: Array.from({ length: piece.entries }, (_, k) => gateX(`e${k}`)),
    exits: Array.from({ length: piece.exits }, (_, k) => gateX(`x${k}`)),
  }
  const routes = lines.map((l, i) => {
    const [start, end] = endsOf(l, piece, laid)
    const bends = edges.get(`l${i}`)?.sections?.[0]?.bendPoints ?? []
    // What comes from above or goes on below has half the room there that ELK gave it.
    const within = (y: number) => Math.min(Math.max(y, start[1]), Math.max(start[1], end[1]))
    return [...start, ...bends.flatMap((p) => [Math.round(p.x), within(Math.round(p.y) - top)]), ...end]
  })
  return { ...laid, routes }
}
