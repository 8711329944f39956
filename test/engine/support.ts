import { expect } from 'vitest'
import { applyTransaction, fromPlain, invertTransaction, snapshotOf, toPlain, verifyNetwork } from '../../src/engine'
import type { Network, NetworkSnapshot, Transaction } from '../../src/engine'

export * from './random-networks'

/** E1, E4 and E9 for one transaction that led from `before` to `network`. */
export function expectLaws(before: NetworkSnapshot, network: Network, t: Transaction): void {
  const after = snapshotOf(network)
  expect(verifyNetwork(network)).toEqual([])
  applyTransaction(network, invertTransaction(t))
  expect(snapshotOf(network)).toEqual(before)
  const sent = fromPlain(JSON.parse(JSON.stringify(toPlain(t, { bytes: 'base64' })))) as Transaction
  applyTransaction(network, sent)
  expect(snapshotOf(network)).toEqual(after)
}
