import { fingerprint } from '../../engine'
import type { ConstantValue, Network, TensorId } from '../../engine'

/** What steps are told from: the network as it came, whose weights they need not repeat. */
export class SessionBase {
  readonly fingerprint: string
  private readonly numbers = new Map<ConstantValue, TensorId>()
  private readonly constants = new Map<TensorId, ConstantValue>()

  /** @param network as it came */
  constructor(network: Network) {
    this.fingerprint = fingerprint(network)
    for (const { id, record } of network.getTensors()) {
      if (!record.value) continue
      this.numbers.set(record.value, id)
      this.constants.set(id, record.value)
    }
  }

  readonly numberOf = (constant: ConstantValue): TensorId | undefined => this.numbers.get(constant)
  readonly constantOf = (id: TensorId): ConstantValue | undefined => this.constants.get(id)
}
