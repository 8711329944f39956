import { inferShapes, onnxDialect } from '../../src/dialects/onnx'
import { ConstantValue, Network, networkFromSnapshot, parseRule, pruneConstants, snapshotOf } from '../../src/engine'
import type { Attributes, CallGraph, DType, Layer, Tensor, ValueGraph } from '../../src/engine'
import { random } from '../engine/support'

/**
 * A network in a few lines:
 *
 *     in x float32[2,N,16]           network inputs; a name is a symbolic size
 *     const w float32[16,4]          random numbers
 *     const p int64[4] = 0 2 1 3     given ones; a single one fills it; `?` is a constant without data
 *     h = MatMul(x, w)               layers, as in a rule; a number is a float32 scalar
 *     y = Relu(Add(h, 1))
 *     z = y                          another name for a value, as an output
 *     out y, h
 */
export function net(text: string, opset = 23): Network {
  return build(new Network(onnxDialect, { name: 'test', opsets: { '': opset } }), new Map(), text)
}

/** A network with the inputs, the constants and the outputs of `before`, by their names, and other layers. */
export function netLike(before: Network, text: string): Network {
  const network = new Network(onnxDialect, { name: 'test', opsets: before.opsets })
  const values = new Map<string, Tensor>()
  for (const t of before.getInputs()) values.set(t.name, network.addInput(t.name, t.dtype, t.shape))
  for (const { name, value } of before.getTensors()) if (value) values.set(name, network.addConstant(value, name))
  return build(network, values, `${text}\nout ${before.outputs.map((o) => o.name).join(', ')}`)
}

function build(network: Network, values: Map<string, Tensor>, text: string): Network {
  const statements: string[] = []
  const aliases: [string, string][] = []
  let outputs: string[] = []
  for (const line of text.split('\n').map((l) => l.replace(/#.*/, '').trim())) {
    if (line.startsWith('in ') || line.startsWith('const ')) declare(network, values, line)
    else if (line.startsWith('out ')) outputs = names(line.slice(4))
    else if (/^\w+ = \w+$/.test(line)) aliases.push(line.split(' = ') as [string, string])
    else if (line) statements.push(line)
  }
  for (const { names, value } of statements.length > 0 ? parsed(statements) : []) {
    if (value.type !== 'call') throw new Error('a statement of a network is a layer')
    const layer = call(network, values, value, names.length)
    names.forEach((n, i) => n !== null && values.set(n, layer.output(i)!))
  }
  for (const [name, of] of aliases) values.set(name, valueOf(values, of))
  for (const name of outputs) network.markOutput(valueOf(values, name), name)
  pruneConstants(network)
  return networkFromSnapshot(inferShapes(snapshotOf(network)), onnxDialect)
}

/** Layers in the syntax of a rule's left side; the right side is a formality. */
function parsed(statements: readonly string[]) {
  const last = /^\w+/.exec(statements.at(-1)!)![0]
  return parseRule(`${statements.join('\n')}\n=>\n${last} = Identity(x)`).left
}

const names = (list: string): string[] => list.split(',').map((x) => x.trim())

function declare(network: Network, values: Map<string, Tensor>, line: string): void {
  const found = /^(in|const) (\w+) (\w+)\[([^\]]*)\](?: = (.*))?$/.exec(line)
  if (!found) throw new Error(`not a declaration: ${line}`)
  const [, what, name, dtype, dims, given] = found as unknown as [string, string, string, DType, string, string?]
  const shape = dims === '' ? [] : names(dims).map((d) => (/^\d+$/.test(d) ? Number(d) : d))
  if (what === 'in') values.set(name, network.addInput(name, dtype, shape))
  else values.set(name, network.addConstant(constant(dtype, shape as number[], name, given), name))
}

function constant(dtype: DType, shape: number[], name: string, given?: string): ConstantValue {
  const size = shape.reduce((a, b) => a * b, 1)
  const r = random([...name].reduce((h, c) => h * 31 + c.charCodeAt(0), 7))
  const list = given?.split(' ').map(Number)
  if (given === '?') return new ConstantValue(dtype, shape, null)
  const values = Array.from({ length: size }, (_, i) => (list ? (list.length === 1 ? list[0]! : list[i]!) : r() + 0.25))
  return ConstantValue.of(dtype, shape, values)
}

function call(network: Network, values: Map<string, Tensor>, v: CallGraph, outputCount: number): Layer {
  const inputs = v.operands.map((o) => operand(network, values, o))
  const attributes: Attributes = Object.fromEntries(
    Object.entries(v.attributes).map(([k, a]) => [k, 'literal' in a ? a.literal : 'variable' in a ? a.variable : 0]),
  )
  return network.addLayer({ kind: v.kind, inputs, attributes, outputCount })
}

function operand(network: Network, values: Map<string, Tensor>, v: ValueGraph): Tensor | null {
  switch (v.type) {
    case 'name':
      return valueOf(values, v.name)
    case 'number':
      return network.addConstant(ConstantValue.scalarOf('float32', v.value))
    case 'absent':
      return null
    case 'call':
      return call(network, values, v, 1).output()
    default:
      throw new Error(`a network has no ${v.type}`)
  }
}

function valueOf(values: Map<string, Tensor>, name: string): Tensor {
  const t = values.get(name)
  if (!t) throw new Error(`nothing is called ${name}`)
  return t
}
