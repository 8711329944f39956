import type { NetworkSnapshot, Transaction } from '../engine'
import { fromPlain, toPlain } from '../engine'
import type { Plain } from './protocol'

/** Constants of more bytes than this stay in the engine worker: the page shows their type and shape only. */
const INLINE = 512

export function packed(value: unknown): Plain {
  return { plain: toPlain(value, { bytes: 'array', inlineUpTo: INLINE }) }
}

export const unpackedSnapshot = (p: Plain): NetworkSnapshot => fromPlain(p.plain) as NetworkSnapshot
export const unpackedTransaction = (p: Plain): Transaction => fromPlain(p.plain) as Transaction
