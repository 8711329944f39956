/** What the steps of a history are verified by: cut out of the network where it stands behind a step, when somebody asks. */
import type { History, HistoryId } from '../../engine'
import { cutStep } from '../../verify'
import type { StepRegion } from '../../verify'

/** Two small networks, nothing to compare, or why it cannot be cut out. */
export type Evidence = StepRegion | string | null

export class StepEvidence {
  private readonly known = new Map<HistoryId, Evidence>()

  constructor(private readonly history: History) {}

  /** Whether what is asked for is there already, so that nothing has to move. */
  has(point: HistoryId): boolean {
    return this.known.has(point)
  }

  /**
   * The evidence of the step that led to a point. Where it is not known yet, the network goes there and comes back: nobody
   * may be at work on it. The history is afterwards as it was, redo included. null for a point that is not there any more.
   */
  of(point: HistoryId): Evidence {
    if (!this.known.has(point) && this.history.nodes().some((n) => n.id === point)) this.collect(point)
    return this.known.get(point) ?? null
  }

  private collect(point: HistoryId): void {
    const { history } = this
    const start = history.cursor
    const line = history.line()
    const way = history.seek(point).length
    this.cut()
    // As many again as the way there took: the steps behind are most often asked for next, and are then not walked to one by one.
    for (let n = 0; n < way && history.redo() && !this.known.has(history.cursor); n++) this.cut()
    history.seek(start)
    for (const { id } of line) history.prefer(id)
  }

  /** Of the step that the network stands behind. */
  private cut(): void {
    const { id, transaction } = this.history.node(this.history.cursor)
    // A step without a pattern only prunes: there is nothing to compare.
    const isCompared = transaction?.annotations.pattern !== undefined
    this.known.set(id, isCompared ? this.region(transaction) : null)
  }

  private region(transaction: Parameters<typeof cutStep>[1]): Evidence {
    try {
      return cutStep(this.history.network, transaction, true)
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
