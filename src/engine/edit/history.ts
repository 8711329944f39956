import type { Network } from '../network/network'
import { sameRecord } from './apply'
import type { Annotations, Transaction } from './transaction'
import { applyTransaction, invertTransaction } from './transaction'

export type HistoryId = number

/** One point of the tree: the state behind its transaction. The root has none: the network as it came. */
export interface HistoryNode {
  readonly id: HistoryId
  readonly parent: HistoryId | null
  readonly transaction: Transaction | null
  /** In the order in which they were made; the last is where redo goes unless another was visited since. */
  readonly children: readonly HistoryId[]
  /** Given by a person. */
  readonly name: string | null
}

/** One move of the cursor: the transaction, and whether it was applied or undone. */
export interface HistoryStep {
  readonly node: HistoryId
  readonly transaction: Transaction
  readonly direction: 'forward' | 'backward'
}

interface Slot extends HistoryNode {
  children: HistoryId[]
  name: string | null
  /** The child that redo goes to. */
  preferred: HistoryId | null
}

/** The network changed behind the history's back, or a transaction was made on another network. */
export class WrongHistoryError extends Error {
  constructor() {
    super('the network was changed outside of its history: make every change through History.do or commit')
    this.name = 'WrongHistoryError'
  }
}

/** A tree of transactions with a cursor. Moving the cursor applies and undoes transactions; it is not an edit itself. */
export class History {
  private readonly slots: (Slot | undefined)[] = []
  private at: HistoryId = 0
  private version: number

  constructor(readonly network: Network) {
    this.slots.push({ id: 0, parent: null, transaction: null, children: [], name: null, preferred: null })
    this.version = network.version
  }

  get cursor(): HistoryId {
    return this.at
  }
  get root(): HistoryId {
    return 0
  }

  node(id: HistoryId): HistoryNode {
    return this.slot(id)
  }

  private slot(id: HistoryId): Slot {
    const slot = this.slots[id]
    if (!slot) throw new RangeError(`there is no point ${id} in this history`)
    return slot
  }

  /** Every point, by id, parents before their children. */
  nodes(): HistoryNode[] {
    return this.slots.filter((s) => s !== undefined)
  }

  /** Runs `change` as one transaction and keeps it behind the cursor. Null where it changed nothing or gave up. */
  do(annotations: Annotations, change: () => boolean | void): HistoryNode | null {
    this.check()
    const transaction = this.network.transact(annotations, change)
    return transaction && this.commit(transaction)
  }

  /**
   * Keeps a transaction that was just made on the network. Where the same act was done from this point before, the cursor
   * goes into that branch again.
   * @throws WrongHistoryError where other changes came in between.
   */
  commit(transaction: Transaction): HistoryNode {
    const here = this.slot(this.at)
    const again = here.children.find((id) => sameAct(this.slot(id).transaction!, transaction))
    this.version = this.network.version
    if (again !== undefined) {
      here.preferred = again
      this.at = again
      return this.slot(again)
    }
    const id = this.slots.length
    const slot: Slot = { id, parent: this.at, transaction, children: [], name: null, preferred: null }
    this.slots.push(slot)
    here.children.push(id)
    here.preferred = id
    this.at = id
    return slot
  }

  /** Goes to the parent; null at the root. */
  undo(): HistoryStep | null {
    const { parent } = this.slot(this.at)
    return parent === null ? null : (this.seek(parent)[0] ?? null)
  }

  /** Goes to the child visited or made last; null at a leaf. */
  redo(): HistoryStep | null {
    const to = this.slot(this.at).preferred
    return to === null ? null : (this.seek(to)[0] ?? null)
  }

  /**
   * Moves the cursor along the tree and gives the steps that led there, in order. The network is as it was then.
   * @throws WrongHistoryError, with nothing moved, where the network was changed from outside.
   */
  seek(id: HistoryId): HistoryStep[] {
    this.check()
    const steps = this.path(this.at, id)
    for (const step of steps) {
      const t = step.direction === 'forward' ? step.transaction : invertTransaction(step.transaction)
      applyTransaction(this.network, t)
      const slot = this.slot(step.node)
      if (step.direction === 'forward') this.slot(slot.parent!).preferred = step.node
      this.at = step.direction === 'forward' ? step.node : slot.parent!
    }
    this.version = this.network.version
    return steps
  }

  /** The steps from one point to another: up to their common ancestor, then down. */
  path(from: HistoryId, to: HistoryId): HistoryStep[] {
    const up = this.ancestors(from)
    const down = this.ancestors(to)
    let common = 0
    while (up[common] !== undefined && up[common] === down[common]) common++
    const step = (node: HistoryId, direction: HistoryStep['direction']): HistoryStep => ({
      node,
      direction,
      transaction: this.slot(node).transaction!,
    })
    return [
      ...up
        .slice(common)
        .reverse()
        .map((n) => step(n, 'backward')),
      ...down.slice(common).map((n) => step(n, 'forward')),
    ]
  }

  /** Ids from the root to a point, both included. */
  ancestors(id: HistoryId): HistoryId[] {
    const line: HistoryId[] = []
    for (let at: HistoryId | null = id; at !== null; at = this.slot(at).parent) line.push(at)
    return line.reverse()
  }

  /** The points on the line through the cursor: its ancestors, itself, and where redo would lead. */
  line(): HistoryNode[] {
    const ids = this.ancestors(this.at)
    for (let next = this.slot(this.at).preferred; next !== null; next = this.slot(next).preferred) ids.push(next)
    return ids.map((id) => this.slot(id))
  }

  rename(id: HistoryId, name: string | null): void {
    this.slot(id).name = name
  }

  /**
   * Drops a point and all behind it.
   * @throws Error where the cursor stands there, or for the root.
   */
  drop(id: HistoryId): void {
    const { parent } = this.slot(id)
    if (parent === null) throw new Error('the start of a history cannot be dropped')
    if (this.ancestors(this.at).includes(id))
      throw new Error('the branch that is open cannot be dropped: go elsewhere first')
    const owner = this.slot(parent)
    owner.children = owner.children.filter((c) => c !== id)
    if (owner.preferred === id) owner.preferred = owner.children.at(-1) ?? null
    const stack = [id]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      stack.push(...this.slot(at).children)
      this.slots[at] = undefined
    }
  }

  private check(): void {
    if (this.network.version !== this.version) throw new WrongHistoryError()
  }
}

function sameAct(a: Transaction, b: Transaction): boolean {
  return (
    a.annotations.pattern === b.annotations.pattern && a.edits.length === b.edits.length && sameRecord(a.edits, b.edits)
  )
}
