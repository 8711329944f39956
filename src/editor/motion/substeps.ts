/** Inside one step: its match part by part, then its edits one by one, and how the picture looks at each of them. */
import { operatorOf } from '../../engine'
import type { Network, Transaction } from '../../engine'
import type { SceneEdge, SceneNode } from '../../layout'
import { editText } from '../text/edit-text'
import { PHASES } from './phases'
import type { Change } from './scene-diff'
import type { StepRecord } from './step-record'

/** One thing that happens in a step. */
export interface Moment {
  readonly text: string
  /** How many parts of the match are lit, and how many edits are done. */
  readonly parts: number
  readonly edits: number
}

/** @param network as it is behind the step */
export function momentsOf(transaction: Transaction, network: Network): Moment[] {
  const parts = Object.entries(transaction.annotations.match?.layers ?? {})
  const { edits } = transaction
  const matched = parts.map(([part, id], i): Moment => {
    const layer = network.getLayer(id)
    const what = layer ? `${operatorOf(layer.kind)} ${layer.name}` : `layer ${id}`
    return { text: `Match, part ${i + 1} of ${parts.length}: ${part} is ${what}`, parts: i + 1, edits: 0 }
  })
  const done = edits.map((edit, i): Moment => {
    const text = `Edit ${i + 1} of ${edits.length}: ${editText(edit, network)}`
    return { text, parts: parts.length, edits: i + 1 }
  })
  return [...matched, ...done]
}

/** What of a step has happened. */
export interface Substep {
  readonly parts: number
  /** Keys of nodes that are out, in, or have another operand. */
  readonly out: ReadonlySet<string>
  readonly in: ReadonlySet<string>
  readonly rewired: ReadonlySet<string>
  /** A network output was changed. */
  readonly outputs: boolean
}

export function substepOf(transaction: Transaction, { parts, edits }: Moment): Substep {
  const [out, came, rewired] = [new Set<string>(), new Set<string>(), new Set<string>()]
  let outputs = false
  for (const edit of transaction.edits.slice(0, edits)) {
    if (edit.type === 'addLayer') came.add(`L${edit.layer.id}`)
    else if (edit.type === 'removeLayer') out.add(`L${edit.layer.id}`)
    else if (edit.type === 'setRemoved' && edit.to) out.add(`L${edit.layer}`)
    else if (edit.type === 'setInput') rewired.add(`L${edit.layer}`)
    else if (edit.type === 'setNetworkOutput') outputs = true
  }
  return { parts, out, in: came, rewired, outputs }
}

/** Times of a step's film at which a node or an edge looks as it does here: before, on its way out, there. */
const BEFORE = 0
const LIT = PHASES.match[1]
const LEAVING = PHASES.insert[0] + 30
const THERE = PHASES.insert[1]
const DRAWN = PHASES.insert[1]

/** The time of the film that shows a node as it is now. */
export function nodeTime(inside: Substep, record: StepRecord, key: string, change: Change<SceneNode>): number {
  if (inside.out.has(key)) return LEAVING
  if (change.from === null) return inside.in.has(key) ? THERE : BEFORE
  const part = record.parts.get(key)
  // The parts light up one after the other until the end of the phase.
  return part && part.order < inside.parts ? LIT : BEFORE
}

/** The same for an edge: it goes with an end or with the operand that it is, and comes with its ends. */
export function edgeTime(inside: Substep, record: StepRecord, { from, to }: Change<SceneEdge>): number {
  const edge = to ?? from
  if (!edge || (from && to)) return BEFORE
  const touched = inside.rewired.has(edge.to) || (inside.outputs && !edge.to.startsWith('L'))
  if (from) return touched || inside.out.has(edge.to) || inside.out.has(edge.from) ? LEAVING : BEFORE
  const isNew = (key: string) => record.nodes.get(key)?.from === null
  const there = (key: string) => !isNew(key) || inside.in.has(key)
  const drawn = there(edge.from) && there(edge.to) && (touched || inside.in.has(edge.to))
  return drawn ? DRAWN : BEFORE
}
