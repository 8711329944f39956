import { Network } from '../../src/engine'
import type { Tensor } from '../../src/engine'
import { onnxDialect } from '../../src/dialects/onnx'
import { networkFromText } from '../../src/verify'
import { grow } from '../../src/verify/instances/network-text'

/** A network in a few lines: see `networkFromText`. */
export const net = (text: string, opset = 23): Network => networkFromText(text, opset)

/** A network with the inputs, the constants and the outputs of `before`, by their names, and other layers. */
export function netLike(before: Network, text: string): Network {
  const network = new Network(onnxDialect, { name: 'test', opsets: before.opsets })
  const values = new Map<string, Tensor>()
  for (const t of before.getInputs()) values.set(t.name, network.addInput(t.name, t.dtype, t.shape))
  for (const { name, value } of before.getTensors()) if (value) values.set(name, network.addConstant(value, name))
  return grow(network, values, `${text}\nout ${before.outputs.map((o) => o.name).join(', ')}`)
}
