import type { LayerRecord, NetworkSnapshot, TensorRecord, Transaction } from '../../engine'
import { fromPlain, toPlain } from '../../engine'

/** A snapshot, a transaction or another engine value as `toPlain` made it. */
export type Plain = { readonly plain: unknown }

/** Constants of more bytes than this stay in the engine worker: the page shows their type and shape only. */
export const INLINE = 512

export function packed(value: unknown): Plain {
  return { plain: toPlain(value, { bytes: 'array', inlineUpTo: INLINE }) }
}

/** With all constants, for a worker that computes with them. */
export function packedWhole(value: unknown): Plain {
  return { plain: toPlain(value, { bytes: 'array' }) }
}

export const unpackedSnapshot = (p: Plain): NetworkSnapshot => fromPlain(p.plain) as NetworkSnapshot
export const unpackedTransaction = (p: Plain): Transaction => fromPlain(p.plain) as Transaction

/** So many layers or tensors are packed and read in a few milliseconds. */
const PART = 600

export type PartOf = { readonly list: 'layers' | 'tensors'; readonly items: Plain }

/** A snapshot in parts, and what is left of it without its layers and tensors. */
export function inParts(snapshot: NetworkSnapshot): { readonly rest: Plain; readonly parts: Iterable<PartOf> } {
  const rest = packed({ ...snapshot, properties: {}, layers: [], tensors: [] })
  return { rest, parts: partsOf(snapshot) }
}

function* partsOf(snapshot: NetworkSnapshot): Generator<PartOf> {
  for (const list of ['layers', 'tensors'] as const) {
    for (let from = 0; from < snapshot[list].length; from += PART)
      yield { list, items: packed(snapshot[list].slice(from, from + PART)) }
  }
}

/** Puts a snapshot together again. */
export class SnapshotAssembler {
  private readonly layers: LayerRecord[] = []
  private readonly tensors: TensorRecord[] = []

  add({ list, items }: PartOf): void {
    const read = fromPlain(items.plain) as never[]
    this[list].push(...read)
  }

  with(rest: Plain): NetworkSnapshot {
    return { ...(fromPlain(rest.plain) as NetworkSnapshot), layers: this.layers, tensors: this.tensors }
  }
}
