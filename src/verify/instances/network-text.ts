import { inferShapes, onnxDialect } from '../../dialects/onnx'
import {
  ConstantValue,
  mayLeaveOut,
  Network,
  networkFromSnapshot,
  parseRule,
  pruneConstants,
  snapshotOf,
} from '../../engine'
import type { Attributes, CallGraph, DType, Layer, Tensor, ValueGraph } from '../../engine'
import { uniform } from '../random'

/** Numbers for a constant that the text gives none. */
export type Numbers = (name: string, dtype: DType, size: number) => ArrayLike<number>

/**
 * A network in a few lines:
 *
 *     in x float32[2,N,16]           network inputs; a name is a symbolic size
 *     const w float32[16,4]          random numbers
 *     const p int64[4] = 0 2 1 3     given ones; a single one fills it; `?` is a constant without data
 *     h = MatMul(x, w)               layers, as in a rule; a number is a scalar of the type of the operand beside it
 *     y = Relu(Add(h, 1))
 *     a, _, _, s = Skip(x)           `_` is a result that is left out, where it may be
 *     z = y                          another name for a value, as an output
 *     out y, h                       in one line or in several
 *
 * @throws Error that says what cannot be read
 */
export function networkFromText(text: string, opset = 23, numbers: Numbers = byName): Network {
  return grow(new Network(onnxDialect, { name: 'test', opsets: { '': opset } }), new Map(), text, numbers)
}

/** Adds what a text says to a network whose values so far have names. */
export function grow(network: Network, values: Map<string, Tensor>, text: string, numbers: Numbers = byName): Network {
  new Writer(network, values, numbers).write(text)
  pruneConstants(network)
  return networkFromSnapshot(inferShapes(snapshotOf(network)), network.dialect)
}

/** The same numbers for the same name, all of them positive. */
function byName(name: string, _: DType, size: number): number[] {
  const r = uniform([...name].reduce((h, c) => h * 31 + c.charCodeAt(0), 7))
  return Array.from({ length: size }, () => r() + 0.25)
}

const names = (list: string): string[] => list.split(',').map((x) => x.trim())

class Writer {
  constructor(
    private readonly network: Network,
    private readonly values: Map<string, Tensor>,
    private readonly numbers: Numbers,
  ) {}

  write(text: string): void {
    const statements: string[] = []
    const aliases: [string, string][] = []
    const outputs: string[] = []
    for (const line of text.split('\n').map((l) => l.replace(/#.*/, '').trim())) {
      if (line.startsWith('in ') || line.startsWith('const ')) this.declare(line)
      else if (line.startsWith('out ')) outputs.push(...names(line.slice(4)))
      else if (/^\w+ = \w+$/.test(line)) aliases.push(line.split(' = ') as [string, string])
      else if (line) statements.push(line)
    }
    for (const { names, value } of statements.length > 0 ? parsed(statements) : []) {
      if (value.type !== 'call') throw new Error('a statement of a network is a layer')
      const schema = this.network.schemaOf(value.kind)
      const layer = this.call(
        value,
        names.map((n, i) => n !== null || !mayLeaveOut(schema, i)),
      )
      names.forEach((n, i) => n !== null && this.values.set(n, layer.result(i)))
    }
    for (const [name, of] of aliases) this.values.set(name, this.valueOf(of))
    for (const name of outputs) this.network.markOutput(this.valueOf(name), name)
  }

  private declare(line: string): void {
    const found = /^(in|const) (\w+) (\w+)\[([^\]]*)\](?: = (.*))?$/.exec(line)
    if (!found) throw new Error(`not a declaration: ${line}`)
    const [, what, name, dtype, dims, given] = found as unknown as [string, string, string, DType, string, string?]
    const shape = dims === '' ? [] : names(dims).map((d) => (/^\d+$/.test(d) ? Number(d) : d))
    const t =
      what === 'in'
        ? this.network.addInput(name, dtype, shape)
        : this.network.addConstant(this.constant(dtype, shape as number[], name, given), name)
    this.values.set(name, t)
  }

  private constant(dtype: DType, shape: number[], name: string, given?: string): ConstantValue {
    if (given === '?') return new ConstantValue(dtype, shape, null)
    const size = shape.reduce((a, b) => a * b, 1)
    if (given === undefined) return ConstantValue.of(dtype, shape, this.numbers(name, dtype, size))
    const list = given
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((word) => numberOf(word, name))
    return ConstantValue.of(dtype, shape, list.length === 1 ? Array.from({ length: size }, () => list[0]!) : list)
  }

  private call(v: CallGraph, given: readonly boolean[]): Layer {
    const inputs = this.operands(v)
    const attributes: Attributes = Object.fromEntries(
      Object.entries(v.attributes).map(([k, a]) => [k, 'literal' in a ? a.literal : 'variable' in a ? a.variable : 0]),
    )
    return this.network.addLayer({ kind: v.kind, inputs, attributes, given })
  }

  private operands(v: CallGraph): (Tensor | null)[] {
    const made = v.operands.map((o) => (o.type === 'number' ? null : this.operand(o)))
    const beside = made.find((t) => t?.dtype?.includes('float'))?.dtype ?? 'float32'
    return v.operands.map((o, i) =>
      o.type === 'number' ? this.network.addConstant(ConstantValue.scalarOf(beside, o.value)) : made[i]!,
    )
  }

  private operand(v: ValueGraph): Tensor | null {
    switch (v.type) {
      case 'name':
        return this.valueOf(v.name)
      case 'absent':
        return null
      case 'call':
        return this.call(v, [true]).output()
      default:
        throw new Error(`a network has no ${v.type}`)
    }
  }

  private valueOf(name: string): Tensor {
    const t = this.values.get(name)
    if (!t) throw new Error(`nothing is called ${name}`)
    return t
  }
}

function numberOf(word: string, constant: string): number {
  const n = Number(word)
  if (Number.isNaN(n) && word !== 'NaN') throw new Error(`const ${constant}: ${word} is not a number`)
  return n
}

/** Layers in the syntax of a rule's left side; the right side is a formality. */
function parsed(statements: readonly string[]) {
  const last = /^\w+/.exec(statements.at(-1)!)![0]
  return parseRule(`${statements.join('\n')}\n=>\n${last} = Identity(x)`).left
}
