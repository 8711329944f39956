import type { Dialect, KindSchema } from './dialect'
import { domainOf } from './dialect'

/** What the dialect says of each kind in the operator sets of one network, asked once a kind: every match asks. */
export class Schemas {
  /** Of the newest operator sets that a dialect knows: for what is made before there is a network. */
  static newest(dialect: Dialect): Schemas {
    return new Schemas(dialect, null)
  }

  /** null for a kind that the dialect does not know. */
  private readonly known = new Map<string, KindSchema | null>()

  constructor(
    readonly dialect: Dialect,
    private readonly opsets: Readonly<Record<string, number>> | null,
  ) {}

  of(kind: string): KindSchema | undefined {
    const known = this.known.get(kind)
    if (known !== undefined) return known ?? undefined
    const schema = this.dialect.schema(kind, this.opsetOf(kind))
    this.known.set(kind, schema ?? null)
    return schema
  }

  /** Version of the operator set that a kind belongs to; 1 where the network does not say. */
  opsetOf(kind: string): number {
    return this.opsets === null ? Infinity : (this.opsets[domainOf(kind)] ?? 1)
  }
}
