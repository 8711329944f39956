import { isConstantValue } from '../store/constant'
import type { Network } from '../network/network'
import type { NetworkSnapshot } from '../store/records'
import { DecodeError } from '../edit/decode'
import { decodeTransaction } from '../edit/decode-edit'
import { toPlain } from '../edit/plain'
import type { Transaction } from '../edit/transaction'
import { WrongBaseError } from '../edit/wrong-base'
import { replayAll } from './replay'

/** Transactions as JSON, with the fingerprint of the network that they start from. */
export interface Trace {
  readonly format: 'graft-trace'
  readonly version: 1
  readonly network: string
  /** `fingerprint` of the network before the first transaction. */
  readonly base: string
  readonly transactions: readonly unknown[]
}

/** A trace is damaged, of another version, or was made on another network. Nothing was changed. */
export class TraceError extends Error {
  override readonly name = 'TraceError'
}

/** The transactions as JSON. @param base `fingerprint` of the network before the first of them */
export function traceOf(network: Network, base: string, transactions: readonly Transaction[]): Trace {
  const encoded = transactions.map((t) => toPlain(t, { bytes: 'base64' }))
  return { format: 'graft-trace', version: 1, network: network.name, base, transactions: encoded }
}

/** @throws TraceError for what is not a trace. */
export function readTrace(json: unknown): { base: string; transactions: Transaction[] } {
  const trace = json as Partial<Trace> | null
  if (typeof trace !== 'object' || trace?.format !== 'graft-trace') throw new TraceError('this is not a Graft trace')
  if (trace.version !== 1)
    throw new TraceError(`this trace has version ${String(trace.version)}; version 1 can be read`)
  if (!Array.isArray(trace.transactions) || typeof trace.base !== 'string')
    throw new TraceError('this trace is damaged: it has no transactions')
  try {
    return {
      base: trace.base,
      transactions: trace.transactions.map((t, i) => decodeTransaction(t, `transactions[${i}]`)),
    }
  } catch (error) {
    if (error instanceof DecodeError) throw new TraceError(`this trace is damaged at ${error.message}`)
    throw error
  }
}

/**
 * Applies a trace to a fresh copy of the network that it was made on (E9).
 * @throws TraceError, with the network as it was, for another network or edits that do not fit.
 */
export function replayTrace(network: Network, json: unknown): Transaction[] {
  const { base, transactions } = readTrace(json)
  const own = fingerprint(network)
  if (own !== base)
    throw new TraceError(`this trace was made on another network (${base}), not on ${network.name} (${own})`)
  try {
    replayAll(network, transactions, (i) => `transactions[${i}]`)
  } catch (error) {
    if (!(error instanceof WrongBaseError)) throw error
    throw new TraceError(`this trace does not fit ${error.at === '' ? 'this network' : `at ${error.at}`}: ${error.why}`)
  }
  return transactions
}

/** A short text that two networks share when they have the same layers, tensors, operands and attributes. */
export function fingerprint(network: Network): string {
  return fingerprintOf({
    layers: network.getLayers().map((l) => l.record),
    tensors: network.getTensors().map((t) => t.record),
    inputs: network.store.inputs,
    outputs: network.outputs,
  })
}

/** The `fingerprint` of the network of a snapshot, which need not be built for it. */
export function fingerprintOf({
  layers,
  tensors,
  inputs,
  outputs,
}: Pick<NetworkSnapshot, 'layers' | 'tensors' | 'inputs' | 'outputs'>): string {
  let h1 = 0xdeadbeef
  let h2 = 0x41c6ce57
  const feed = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i)
      h1 = Math.imul(h1 ^ c, 2654435761)
      h2 = Math.imul(h2 ^ c, 1597334677)
    }
  }
  const brief = (_: string, v: unknown): unknown =>
    isConstantValue(v) ? [v.dtype, v.shape, v.byteLength, v.data && Array.from(v.head(32)!)] : v
  for (const { id, kind, name, inputs, outputs, attributes, removed } of layers)
    feed(JSON.stringify([id, kind, name, inputs, outputs, attributes, removed], brief))
  for (const { id, name, dtype, value } of [...tensors].sort((a, b) => a.id - b.id))
    feed(JSON.stringify([id, name, dtype, value ?? null], brief))
  feed(JSON.stringify([inputs, outputs.map(({ name, tensor }) => ({ name, tensor }))]))
  return (h1 >>> 0).toString(16).padStart(8, '0') + (h2 >>> 0).toString(16).padStart(8, '0')
}
