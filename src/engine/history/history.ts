import type { Network } from '../network/network'
import { newSlot, sameAct } from './history-node'
import type { Dropped, HistoryId, HistoryNode, HistoryStep, Slot } from './history-node'
import type { Annotations, Transaction } from '../edit/transaction'
import { performTransaction, undoTransaction } from '../edit/apply'
import { replay } from './replay'

/** The network changed behind the history's back, or a transaction was made on another network. */
export class WrongHistoryError extends Error {
  constructor() {
    super('the network was changed outside of its history: make every change through History.do or commit')
    this.name = 'WrongHistoryError'
  }
}

/** No history has so many points; a table of them is as long as the largest id. */
const MOST = 2 ** 20

/** A tree of transactions with a cursor. Moving the cursor applies and undoes transactions; it is not an edit itself. */
export class History {
  private readonly slots: (Slot | undefined)[] = []
  private at: HistoryId = 0
  private version: number

  constructor(readonly network: Network) {
    this.slots.push(newSlot(0, null, null))
    this.version = network.version
  }

  /** The point that the network stands at. */
  get cursor(): HistoryId {
    return this.at
  }
  /** The point that everything grew from: the network as it came. */
  get root(): HistoryId {
    return 0
  }

  /** @throws RangeError where there is no such point */
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
    const slot = newSlot(id, this.at, transaction)
    this.slots.push(slot)
    here.children.push(id)
    here.preferred = id
    this.at = id
    return slot
  }

  /**
   * Puts a point with an id of its own behind the cursor, as another history of this network had it, and goes there.
   * @throws WrongBaseError where the transaction does not fit or leaves the network unsound, RangeError where the id is taken or
   * beyond all bounds; nothing has changed then.
   */
  grow(id: HistoryId, transaction: Transaction): HistoryNode {
    this.check()
    if (this.slots[id]) throw new RangeError(`there are two points ${id}`)
    if (!Number.isInteger(id) || id < 0 || id >= MOST) throw new RangeError(`no history has a point ${id}`)
    replay(this.network, transaction)
    this.version = this.network.version
    const slot = newSlot(id, this.at, transaction)
    this.slots[id] = slot
    this.slot(this.at).children.push(id)
    this.prefer(id)
    this.at = id
    return slot
  }

  /** Makes redo lead to this point from the one before it. */
  prefer(id: HistoryId): void {
    const { parent } = this.slot(id)
    if (parent !== null) this.slot(parent).preferred = id
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
      if (step.direction === 'forward') performTransaction(this.network, step.transaction)
      else undoTransaction(this.network, step.transaction)
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

  /** Gives a point a name; null takes it away. @throws RangeError where there is no such point */
  rename(id: HistoryId, name: string | null): void {
    this.slot(id).name = name
  }

  /** Gives the branch that begins with this point a name; null takes it away. @throws RangeError where there is no such point */
  nameBranch(first: HistoryId, name: string | null): void {
    this.slot(first).branch = name
  }

  /** @throws RangeError where there is no such point */
  bookmark(id: HistoryId, wanted: boolean): void {
    this.slot(id).bookmarked = wanted
  }

  /**
   * Drops a point and all behind it. Their ids stay theirs: nothing made later has one of them.
   * @throws Error where the cursor stands there, or for the root.
   */
  drop(id: HistoryId): Dropped {
    const { parent } = this.slot(id)
    if (parent === null) throw new Error('the start of a history cannot be dropped')
    if (this.ancestors(this.at).includes(id))
      throw new Error('the branch that is open cannot be dropped: go elsewhere first')
    const owner = this.slot(parent)
    const index = owner.children.indexOf(id)
    const wasPreferred = owner.preferred === id
    owner.children = owner.children.filter((c) => c !== id)
    if (wasPreferred) owner.preferred = owner.children.at(-1) ?? null
    const nodes: Slot[] = []
    const stack = [id]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const slot = this.slot(at)
      nodes.push(slot)
      stack.push(...slot.children)
      this.slots[at] = undefined
    }
    return { root: id, index, wasPreferred, nodes }
  }

  /**
   * Puts back what `drop` took out, with the ids it had.
   * @throws RangeError where the point that it grew from is gone too; Error where it is there already.
   */
  restore({ root, index, wasPreferred, nodes }: Dropped): void {
    if (this.slots[root]) throw new Error(`point ${root} was not dropped`)
    const owner = this.slot(nodes[0]!.parent!)
    for (const node of nodes) this.slots[node.id] = node as Slot
    owner.children.splice(index, 0, root)
    if (wasPreferred) owner.preferred = root
  }

  private check(): void {
    if (this.network.version !== this.version) throw new WrongHistoryError()
  }
}
