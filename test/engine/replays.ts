/** What is promised of any trace and any history from outside, however damaged (E12). */
import assert from 'node:assert/strict'
import {
  decode,
  decodeTransaction,
  decodeTree,
  fingerprint,
  growTree,
  History,
  plainTree,
  replayTrace,
  snapshotOf,
  toPlain,
  TraceError,
  traceOf,
  undoTransaction,
  verifyNetwork,
  WrongBaseError,
} from '../../src/engine'
import type { HistoryId, Network, NetworkSnapshot, PlainTree, Transaction } from '../../src/engine'
import { mutated } from './mutate'
import { anyChange, copyOf, random, randomNetwork } from './random-networks'

/** A random run of changes of all kinds, as transactions on a copy of `network`. */
export function randomRun(network: Network, seed: number): Transaction[] {
  const copy = copyOf(network)
  const r = random(seed)
  const done: Transaction[] = []
  for (let i = 0; i < 6; i++) {
    const t = copy.transact(
      { label: `${i}`, root: 0, rootName: 'A', match: { layers: { a: 0 }, tensors: { x: 0 } } },
      () => {
        for (let j = 0; j <= r() * 3; j++) anyChange(copy, r)
      },
    )
    if (t) done.push(t)
  }
  return done
}

interface Outcome {
  readonly outcome: 'refused' | 'replayed'
}

/** One damaged trace of a random run: refused with a place and a reason, or replayed to a sound network that undoes exactly. */
export function expectTraceKept(seed: number): Outcome {
  const network = randomNetwork(seed % 50, 8)
  const trace = JSON.parse(JSON.stringify(traceOf(network, fingerprint(network), randomRun(network, seed)))) as object
  const { json, where } = mutated((trace as { transactions: unknown }).transactions, seed)
  return expectKept(network, where, () => {
    const done = replayTrace(network, { ...trace, transactions: json })
    return () => {
      for (const t of done.toReversed()) undoTransaction(network, t)
    }
  })
}

/** The same for a history of several branches, as sessions keep it. */
export function expectHistoryKept(seed: number): Outcome {
  const network = randomNetwork(seed % 50, 8)
  const { tree, steps } = randomHistory(network, seed)
  const damaged = mutated({ tree, steps }, seed)
  const kept = damaged.json as { tree: PlainTree; steps: Record<HistoryId, unknown> }
  return expectKept(network, damaged.where, () => {
    const history = new History(network)
    try {
      const tree = decodeTree(kept.tree, 'tree')
      if (typeof kept.steps !== 'object' || kept.steps === null) throw new Error('no steps')
      const read = new Map(
        Object.entries(kept.steps).map(([id, t]) => [Number(id), decodeTransaction(t, `steps[${id}]`)]),
      )
      growTree(
        history,
        tree,
        (id) => read.get(id),
        () => assert.deepEqual(verifyNetwork(network), []),
      )
    } catch (error) {
      history.seek(history.root)
      throw error
    }
    return () => void history.seek(history.root)
  })
}

function randomHistory(network: Network, seed: number) {
  const copy = copyOf(network)
  const r = random(seed)
  const history = new History(copy)
  for (let i = 0; i < 6; i++) {
    if (r() < 0.3) history.undo()
    history.do({ label: `${i}` }, () => anyChange(copy, r))
  }
  const steps = Object.fromEntries(
    history
      .nodes()
      .map(({ id, transaction }) => [id, transaction])
      .filter(([, t]) => t),
  )
  const plain = { tree: plainTree(history), steps: toPlain(steps, { bytes: 'base64' }) }
  return JSON.parse(JSON.stringify(plain)) as { tree: PlainTree; steps: Record<HistoryId, unknown> }
}

function expectKept(network: Network, where: string, act: () => () => void): Outcome {
  const before = snapshotOf(network)
  let undo: (() => void) | null = null
  try {
    undo = act()
  } catch (error) {
    expectRefusal(error, where)
  }
  if (undo) {
    assert.deepEqual(verifyNetwork(network), [], where)
    undo()
  }
  expectSame(network, before, where)
  return { outcome: undo ? 'replayed' : 'refused' }
}

function expectSame(network: Network, before: NetworkSnapshot, where: string): void {
  assert.deepEqual(verifyNetwork(network), [], where)
  assert.deepEqual(snapshotOf(network), before, where)
}

/** Named, with a reason; never a slip of the program. */
function expectRefusal(error: unknown, where: string): void {
  const named =
    error instanceof TraceError ||
    error instanceof WrongBaseError ||
    error instanceof decode.DecodeError ||
    (error instanceof Error && /point|step|branch/.test(error.message) && error.constructor !== TypeError)
  if (!named) throw new Error(`${where}: a slip, not a refusal`, { cause: error })
  assert.doesNotMatch((error as Error).message, /undefined|is not a function|Cannot read/, where)
}
