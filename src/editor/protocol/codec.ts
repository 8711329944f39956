import type { NetworkSnapshot, Transaction } from '../../engine'
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
