import type { Dialect, KindSchema } from './dialect'
import { domainOf } from './dialect'

/** What the dialect says of each kind in the operator sets of one network, asked once a kind: every match asks. */
export class Schemas {
  /** null for a kind that the dialect does not know. */
  private readonly known = new Map<string, KindSchema | null>()

  constructor(
    readonly dialect: Dialect,
    readonly opsets: Readonly<Record<string, number>>,
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
    return this.opsets[domainOf(kind)] ?? 1
  }
}
