/** The steps of a session, in the engine worker: written as lines of JSON, read back and proved on the network. */
import type { HistoryId, Transaction } from '../../engine'
import {
  decode,
  decodeTransaction,
  growTree,
  newProblems,
  plainPoint,
  plainTree,
  problemText,
  snapshotOf,
  toPlain,
  traceOf,
  verifyNetwork,
  WrongBaseError,
} from '../../engine'
import type { SessionBase } from './session-base'
import type { Workspace } from './workspace'
import { packed } from '../protocol/codec'
import type { MoveStep } from '../protocol/moves'
import type { Plain } from '../protocol/codec'
import { SessionError, wholeTree } from '../file/session-file'
import type { KeptSteps, RestoreRequest } from '../protocol/kept-steps'

const { anything, count, DecodeError, object } = decode

/** @param known ids up to this one were written before */
export function writeSteps({ history, tree, base }: Workspace, known: HistoryId): KeptSteps {
  const lines: string[] = []
  let upTo = known
  for (const { id, transaction } of [...history.nodes(), ...tree.deleted.flatMap((d) => d.dropped.nodes)]) {
    upTo = Math.max(upTo, id)
    if (id <= known || !transaction) continue
    const step = toPlain(transaction, { bytes: 'base64', held: base.numberOf })
    lines.push(`${JSON.stringify({ id, step })}\n`)
  }
  const steps = new TextEncoder().encode(lines.join(''))
  const deleted = tree.deleted.map(({ called, dropped }) => ({ called, points: dropped.nodes.map(plainPoint) }))
  return { tree: { ...plainTree(history), deleted }, base: base.fingerprint, steps, upTo }
}

/** The steps from the start to where the network stands, as trace JSON. */
export function writeTrace({ network, history, base }: Workspace): Uint8Array {
  const line = history.ancestors(history.cursor).flatMap((id) => history.node(id).transaction ?? [])
  return new TextEncoder().encode(JSON.stringify(traceOf(network, base.fingerprint, line)))
}

/** The network as it came, without what the page need not know, and the way from there to where it stands. */
export function startOf(home: Workspace): { snapshot: Plain; steps: readonly MoveStep[] } {
  const { history, network } = home
  const at = history.cursor
  history.seek(history.root)
  const snapshot = packed({ ...snapshotOf(network), properties: {} })
  history.seek(at)
  return { snapshot, steps: home.moved(history.path(history.root, at)).steps }
}

/**
 * Gives a network that was just opened the history that was kept of it.
 * @throws SessionError for another network, and for steps that are damaged or do not fit
 */
export function restoreSteps(home: Workspace, { tree: kept, base, steps }: RestoreRequest): void {
  const own = home.base.fingerprint
  if (own !== base)
    throw new SessionError(
      `It was made on another model: its network has the fingerprint ${base}, and that of ${home.network.name} is ${own}.`,
    )
  const read = readSteps(steps, home.base)
  const tree = wholeTree(kept)
  const order = new Map(tree.points.map(({ id }, i) => [id, i]))
  const before = verifyNetwork(home.network)
  let at = 0
  try {
    growTree(
      home.history,
      tree,
      (id) => {
        at = order.get(id) ?? 0
        return read.get(id)
      },
      (node) => home.adopt(node),
    )
    const [problem] = newProblems(verifyNetwork(home.network), before)
    if (problem) throw new Error(problemText(problem))
    for (const { called, points } of kept.deleted) if (points[0]) home.tree.drop(points[0].id, called)
  } catch (error) {
    const { history } = home
    history.seek(history.root)
    for (const child of history.node(history.root).children) history.drop(child)
    const reason =
      error instanceof WrongBaseError ? placed(error) : error instanceof Error ? error.message : String(error)
    throw new SessionError(`The session is damaged at step ${at} of ${tree.points.length - 1}: ${reason}.`)
  }
}

const placed = ({ at, why }: WrongBaseError): string => (at === '' ? why : `${at}: ${why}`)

function readSteps(bytes: Uint8Array, base: SessionBase): Map<HistoryId, Transaction> {
  const read = new Map<HistoryId, Transaction>()
  const lines = new TextDecoder().decode(bytes).split('\n')
  lines.forEach((line, i) => {
    if (line === '') return
    try {
      const { id, step } = stepLine(JSON.parse(line), `steps[${i}]`)
      read.set(id, decodeTransaction(step, `steps[${i}]`, base.constantOf))
    } catch (error) {
      const reason = error instanceof DecodeError ? error.message : `line ${i + 2}: ${String(error)}`
      throw new SessionError(`The session is damaged at ${reason}.`)
    }
  })
  return read
}

const stepLine = object({ id: count, step: anything })
