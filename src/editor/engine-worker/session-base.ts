import { fingerprintOf } from '../../engine'
import type { ConstantValue, NetworkSnapshot, TensorId } from '../../engine'

/** What steps are told from: the network as it came, whose weights they need not repeat. */
export class SessionBase {
  private own: string | null = null
  private readonly numbers = new Map<ConstantValue, TensorId>()
  private readonly constants = new Map<TensorId, ConstantValue>()

  /** @param start the network as it came */
  constructor(private readonly start: NetworkSnapshot) {
    for (const { id, value } of start.tensors) {
      if (!value) continue
      this.numbers.set(value, id)
      this.constants.set(id, value)
    }
  }

  /** Worked out when the first step is kept, not while the network is on its way to the screen. */
  get fingerprint(): string {
    return (this.own ??= fingerprintOf(this.start))
  }

  readonly numberOf = (constant: ConstantValue): TensorId | undefined => this.numbers.get(constant)
  readonly constantOf = (id: TensorId): ConstantValue | undefined => this.constants.get(id)
}
