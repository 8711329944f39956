import type { Network, TensorId, Transaction } from '../engine'
import { changeOf, StateBefore } from './region'

/** Which value of the network now each value of an earlier state is, followed through one transaction after the other. */
export class ValueTrail {
  /** Only of those that another has taken the place of. */
  private readonly now = new Map<TensorId, TensorId>()
  private readonly origins = new Map<TensorId, TensorId[]>()

  /** @param network right after the transaction */
  follow(network: Network, transaction: Transaction): void {
    const { pairs, made } = changeOf(network, new StateBefore(network, transaction), transaction)
    const moves: [TensorId[], TensorId][] = []
    for (const [before, after] of pairs) {
      if (before === after || isStillUsed(network, before, made)) continue
      moves.push([[...(this.origins.get(before) ?? []), ...(this.now.has(before) ? [] : [before])], after])
      this.origins.delete(before)
    }
    for (const [origins, after] of moves) {
      for (const id of origins) this.now.set(id, after)
      this.origins.set(after, [...(this.origins.get(after) ?? []), ...origins])
    }
  }

  /** The value that stands for one of the state that it began with. */
  of(id: TensorId): TensorId {
    return this.now.get(id) ?? id
  }
}

/** Whether something uses it that did so before. */
function isStillUsed(network: Network, id: TensorId, made: ReadonlySet<number>): boolean {
  const tensor = network.getTensor(id)
  return tensor !== undefined && (tensor.outputCount > 0 || tensor.getUsers().some((l) => !made.has(l.id)))
}
