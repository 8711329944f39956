/** The steps of a session, in the engine worker: written as lines of JSON, read back and proved on the network. */
import type { HistoryId, HistoryNode, Transaction } from '../../engine'
import {
  decode,
  decodeTransaction,
  growTree,
  newProblems,
  plainPoint,
  plainTree,
  problemText,
  toPlain,
  traceOf,
  verifyNetwork,
  WrongBaseError,
} from '../../engine'
import type { SessionBase } from './session-base'
import type { Workspace } from './workspace'
import type { SnapshotPart } from '../protocol/snapshot-codec'
import type { Start } from '../protocol/verify-calls'
import { SessionError, wholeTree } from '../file/session-file'
import type { KeptSteps, RestoreRequest } from '../protocol/kept-steps'

const { anything, count, DecodeError, object } = decode

/** Writes the steps that were not written before, a line each, in ascending order of their ids. */
export class StepWriter {
  private readonly lines: Uint8Array[] = []
  private readonly encoder = new TextEncoder()

  /** @param upTo ids up to this one were written before */
  constructor(
    private readonly home: Workspace,
    private upTo: HistoryId,
  ) {}

  /** A step at a time; it may be left, and begun again later. */
  *writing(): Generator<void> {
    for (const { id, transaction } of this.unwritten()) {
      if (transaction) {
        const step = toPlain(transaction, { bytes: 'base64', held: this.home.base.numberOf })
        this.lines.push(this.encoder.encode(`${JSON.stringify({ id, step })}\n`))
      }
      this.upTo = id
      yield
    }
  }

  private unwritten(): HistoryNode[] {
    const { history, tree } = this.home
    const nodes = [...history.nodes(), ...tree.deleted.flatMap((d) => d.dropped.nodes)]
    return nodes.filter(({ id }) => id > this.upTo).sort((a, b) => a.id - b.id)
  }

  /** All of it, with the tree as it is now; nobody may be at work on the network. */
  kept(): KeptSteps {
    for (const _ of this.writing());
    const { history, tree, base } = this.home
    const steps = new Uint8Array(this.lines.reduce((sum, line) => sum + line.length, 0))
    this.lines.reduce((at, line) => (steps.set(line, at), at + line.length), 0)
    const deleted = tree.deleted.map(({ called, dropped }) => ({ called, points: dropped.nodes.map(plainPoint) }))
    return { tree: { ...plainTree(history), deleted }, base: base.fingerprint, steps, upTo: this.upTo }
  }
}

/** The steps from the start to where the network stands, as trace JSON. */
export function writeTrace({ network, history, base }: Workspace): Uint8Array {
  const line = history.ancestors(history.cursor).flatMap((id) => history.node(id).transaction ?? [])
  return new TextEncoder().encode(JSON.stringify(traceOf(network, base.fingerprint, line)))
}

/** The network as it came, without what the page need not know, and the way from there to where it stands. */
export function startOf(home: Workspace, tell: (part: SnapshotPart) => void): Start {
  const { history } = home
  return { rest: home.startText.tell(tell), steps: home.packedSteps(history.path(history.root, history.cursor)) }
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
