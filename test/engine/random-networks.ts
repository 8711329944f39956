/** Networks and changes at random, from a seed. */
import { ConstantValue, genericDialect, Network, networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Layer, Tensor } from '../../src/engine'

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

/** One random sound change of any kind: network inputs and outputs, constants, FLayers and types too. */
export function anyChange(network: Network, r: () => number): void {
  const layers = network.getLayers().filter((l) => !l.isRemoved())
  const layer = pick(r, layers)
  if (!layer || r() < 0.4) return randomChange(network, r)
  const n = Math.floor(r() * 1000)
  const changes: readonly (() => unknown)[] = [
    () => network.setProperty(pick(r, ['p', 'q']), r() < 0.3 ? null : { n: [n, 'N'] }),
    () => network.addInput(`in_${n}`, 'float32', [4]),
    () => {
      const spare = network.getInputs().findIndex((t) => t.firstUse < 0 && !t.isNetworkOutput())
      const tensor = network.getInputs()[spare]
      if (!tensor) return
      network.edit({ type: 'setNetworkInput', index: spare, from: tensor.id, to: null })
      network.removeTensor(tensor)
    },
    () => network.setInput(layer, 0, network.addConstant(ConstantValue.of('float32', [4], [n, 1, NaN, -0]))),
    () => {
      const spare = network.getTensors().find((t) => t.isConstant && t.firstUse < 0)
      if (spare) network.removeTensor(spare)
    },
    () => {
      const name = `out_${n}`
      if (!network.isOutput(name)) network.markOutput(layer.output()!, name)
    },
    () => {
      const index = network.outputs.length - 1
      const { name, tensor } = network.outputs[index]!
      if (index > 0) network.edit({ type: 'setNetworkOutput', index, name, from: tensor, to: null })
    },
    () => {
      const from = layer.record.flayer
      const to = { kind: 'f', rawInputs: { x: { tensor: layer.record.inputs[0]! }, n: [n, null] }, rawOutputs: null }
      network.edit({ type: 'setFLayer', layer: layer.id, from, to: from ? null : to })
    },
    () => network.setTensorType(layer.output()!, 'float32', pick(r, [[4], [n], null, ['N']])),
    () => network.renameTensor(layer.output()!, `t${n}`),
    () =>
      network.setAttribute(
        layer,
        'value',
        pick(r, [null, -0, NaN, 'a', true, [1, 2], ['a'], ConstantValue.scalarOf('int8', 1)]),
      ),
  ]
  pick(r, changes)()
}

function isDangling(layer: Layer): boolean {
  return layer.getOutputs().every((t) => t.liveUses === 0 && !t.isNetworkOutput())
}

/** A copy that shares nothing that changes. */
export function copyOf(network: Network): Network {
  return networkFromSnapshot(snapshotOf(network), network.dialect)
}
