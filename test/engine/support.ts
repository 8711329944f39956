import { expect } from 'vitest'
import {
  applyTransaction,
  fromPlain,
  genericDialect,
  invertTransaction,
  Network,
  networkFromSnapshot,
  snapshotOf,
  toPlain,
  verifyNetwork,
} from '../../src/engine'
import type { Layer, NetworkSnapshot, Tensor, Transaction } from '../../src/engine'

export const F32 = [{ dtype: 'float32', shape: [4] }] as const

/** Uniform numbers in [0, 1) from a seed. */
export function random(seed: number): () => number {
  let s = seed >>> 0
  return () => {
    s = (s + 0x6d2b79f5) >>> 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<T>(r: () => number, from: readonly T[]): T {
  return from[Math.floor(r() * from.length)]!
}

/** A chain of layers of the given kinds on one input, its end the output `out`. */
export function chain(...kinds: string[]): Network {
  const network = new Network(genericDialect)
  let x = network.addInput('x', 'float32', [4])
  for (const kind of kinds) x = network.addLayer({ kind, inputs: [x], outputs: F32 }).output()!
  network.markOutput(x, 'out')
  return network
}

/** A random DAG: one to three operands a layer, some used twice, some results unused. */
export function randomNetwork(seed: number, size = 20): Network {
  const r = random(seed)
  const network = new Network(genericDialect)
  const values: Tensor[] = [network.addInput('x', 'float32', [4]), network.addInput('y', 'float32', [4])]
  for (let i = 0; i < size; i++) {
    const inputs = Array.from({ length: 1 + Math.floor(r() * 3) }, () => pick(r, values))
    const layer = network.addLayer({
      kind: pick(r, ['A', 'B', 'C']),
      inputs,
      outputs: r() < 0.2 ? [F32[0], F32[0]] : F32,
    })
    values.push(...layer.getOutputs())
  }
  network.markOutput(values.at(-1)!, 'out')
  network.markOutput(pick(r, values), 'aux')
  return network
}

/** One random sound change. */
export function randomChange(network: Network, r: () => number): void {
  const layers = network.getLayers().filter((l) => !l.isRemoved())
  const layer = pick(r, layers)
  if (!layer) return
  const old = layer.output()!
  const what = r()
  if (what < 0.5) {
    const made = network.addLayer({
      kind: pick(r, ['A', 'B', 'D']),
      inputs: layer.getInputs(),
      outputs: F32,
      before: layer,
    })
    old.replaceAllUsesWith(made.output()!)
    if (isDangling(layer)) layer.markAsRemoved()
  } else if (what < 0.7) {
    old.replaceAllUsesWith(layer.input(0)!)
    if (isDangling(layer)) layer.markAsRemoved()
  } else if (what < 0.8) network.setAttribute(layer, 'axis', Math.floor(r() * 4))
  else if (what < 0.9) network.renameLayer(layer, network.uniqueName('renamed'))
  else if (isDangling(layer) && layer.getOutputs().every((t) => t.firstUse < 0)) network.removeLayer(layer)
}

function isDangling(layer: Layer): boolean {
  return layer.getOutputs().every((t) => t.liveUses === 0 && !t.isNetworkOutput())
}

/** A copy that shares nothing that changes. */
export function copyOf(network: Network): Network {
  return networkFromSnapshot(snapshotOf(network), network.dialect)
}

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
