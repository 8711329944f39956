/**
 * A network to rehearse on. Code that runs for the first time takes several times as long as later: a worker that waits for a model
 * goes through all that opening one asks of it, so that the first that somebody waits for is not the first.
 */
import { ConstantValue, Network, snapshotOf } from '../../engine'
import type { Dialect, NetworkSnapshot, Tensor } from '../../engine'

const WIDTH = 8
/** Alike but for their sizes, which keeps them from being laid out once for all. */
const BLOCKS = 4
const OPSET = 17

export function rehearsalNetwork(dialect: Dialect): NetworkSnapshot {
  const network = new Network(dialect, { name: 'rehearsal', opsets: { '': OPSET } })
  let value = network.addInput('x', 'float32', [1, 16, WIDTH])
  for (let i = 0; i < BLOCKS; i++) value = block(network, value, i)
  network.markOutput(value, 'y')
  return snapshotOf(network)
}

/** Two branches that meet again, the longer one in a module of its own, and two whose lines cross: those ELK is asked to lay out. */
function block(network: Network, x: Tensor, index: number): Tensor {
  const scope = `layers.${index}`
  const weight = network.addConstant(
    ConstantValue.of('float32', [WIDTH, WIDTH], new Array<number>(WIDTH * WIDTH).fill(0.5)),
    `${scope}.weight`,
  )
  const half = network.addConstant(ConstantValue.of('float32', [], [0.5]), `${scope}.half`)
  const layer = (kind: string, inputs: Tensor[], inside = ''): Tensor => {
    const outputs = [{ dtype: 'float32', shape: [1, 16, WIDTH] }] as const
    return network.addLayer({ kind, inputs, outputs, scope: inside ? `${scope}/${inside}` : scope }).result()
  }
  let inner = layer('MatMul', [x, weight], 'mlp')
  for (let i = 0; i <= index; i++) inner = layer('Mul', [inner, layer('Sigmoid', [inner], 'mlp')], 'mlp')
  inner = layer('Add', [layer('MatMul', [inner, weight], 'mlp'), half], 'mlp')
  const sum = layer('Add', [x, inner])
  let left = layer('Relu', [sum])
  for (let i = 0; i < index; i++) left = layer('Relu', [left])
  const right = layer('Tanh', [sum])
  return layer('Sub', [layer('Mul', [left, right]), layer('Add', [left, right])])
}
