/**
 * LSTM, GRU and RNN as loops over the sequence: what does not depend on the turn before, the product with the weights of the input, is
 * computed for all turns at once.
 */
import { ConstantValue } from '../../../engine'
import type { Tensor } from '../../../engine'
import { rankOf, shapeOf, typeOf } from './builder'
import type { Builder } from './builder'
import { isFloat } from './elementwise'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

/** Of a direction: its place among the weights, and whether it goes from the end to the beginning. */
interface Direction {
  readonly at: number
  readonly isBackward: boolean
  readonly activations: readonly ((x: Tensor) => Tensor)[]
}

/** The states of a turn, the first of which is shown. */
type States = readonly Tensor[]
/** One turn: the gates of the input, and the states of the turn before. */
type Turn = (c: Cell, input: Tensor, states: States) => States

interface Kind {
  readonly gates: number
  readonly usual: readonly string[]
  readonly states: 1 | 2
  /** Whether gates of the input and of the state before are added as they are, their biases with them. */
  readonly sharesBias: boolean
  readonly turn: Turn
}

/** What turns are made of. */
class Cell {
  constructor(
    readonly n: OnnxNode,
    readonly hidden: number,
    readonly direction: Direction,
    /** [1, gates · hidden] */
    readonly stateBias: Tensor | null,
    private readonly gates: number,
  ) {}

  get b(): Builder {
    return this.n.b
  }
  f(i: number, x: Tensor): Tensor {
    return this.direction.activations[i]!(x)
  }
  sum(x: Tensor, y: Tensor | null): Tensor {
    return y ? this.b.elementwise('SUM', x, y) : x
  }
  product(x: Tensor, y: Tensor): Tensor {
    return this.b.elementwise('PROD', x, y)
  }
  /** Columns of one gate. */
  gate(x: Tensor, i: number): Tensor {
    return this.b.slice(x, [{ axis: 1, start: i * this.hidden, size: this.hidden, stride: 1 }])
  }
  /** state · weightsᵀ, of all gates or of those from one on. */
  ofState(state: Tensor, from = 0, to = this.gates): Tensor {
    const rows = weightsOf(this.n, 2, this.direction.at)
    const part = partOf(rows, from * this.hidden, to * this.hidden)
    return this.b.layer('MATRIX_MULTIPLY', [state, this.b.constant(part)], { op0: 'NONE', op1: 'TRANSPOSE' })
  }
}

const rnn: Turn = (c, input, [h]) => [c.f(0, c.sum(input, c.ofState(h!)))]

/** Gates i, o, f, c. */
const lstm: Turn = (c, input, [h, cell]) => {
  const all = c.sum(input, c.ofState(h!))
  const [i, o, f] = [0, 1, 2].map((gate) => c.f(0, c.gate(all, gate))) as [Tensor, Tensor, Tensor]
  const next = c.sum(c.product(f, cell!), c.product(i, c.f(1, c.gate(all, 3))))
  return [c.product(o, c.f(2, next)), next]
}

/** Gates z, r, h: (1 - z) · h~ + z · h. */
const gru: Turn = (c, input, [h]) => {
  const { b } = c
  const isLinear = c.n.int('linear_before_reset', 0) === 1
  const state = c.ofState(h!, 0, isLinear ? 3 : 2)
  const bias = (i: number): Tensor | null => c.stateBias && c.gate(c.stateBias, i)
  const [z, r] = [0, 1].map((i) => c.f(0, c.sum(c.sum(c.gate(input, i), c.gate(state, i)), bias(i)))) as [
    Tensor,
    Tensor,
  ]
  const reset = isLinear
    ? c.product(r, c.sum(c.gate(state, 2), bias(2)))
    : c.sum(c.ofState(c.product(r, h!), 2, 3), bias(2))
  const hidden = c.f(1, c.sum(c.gate(input, 2), reset))
  return [c.sum(c.product(b.elementwise('SUB', b.like(z, 1), z), hidden), c.product(z, h!))]
}

const KINDS: Readonly<Record<'RNN' | 'LSTM' | 'GRU', Kind>> = {
  RNN: { gates: 1, usual: ['Tanh'], states: 1, sharesBias: true, turn: rnn },
  LSTM: { gates: 4, usual: ['Sigmoid', 'Tanh', 'Tanh'], states: 2, sharesBias: true, turn: lstm },
  GRU: { gates: 3, usual: ['Sigmoid', 'Tanh'], states: 1, sharesBias: false, turn: gru },
}

const recurrent =
  (kind: Kind): Lower =>
  (n) => {
    refuse(n)
    const x = n.input(0)
    const directions = directionsOf(n, kind)
    const runs = directions.map((d) => inDirection(n, kind, x, d))
    const joined = (parts: readonly Tensor[], axis: number): Tensor =>
      parts.length === 1 ? parts[0]! : n.b.layer('CONCATENATION', parts, { axis })
    const last = (state: number): Tensor => joined(runs.map((r) => withDimension(n.b, r.last[state]!, 0)), 0) // prettier-ignore
    return [
      n.makes(0) ? joined(runs.map((r) => withDimension(n.b, r.shown()!, 1)), 1) : null, // prettier-ignore
      n.makes(1) ? last(0) : null,
      n.makes(2) ? last(1) : null,
    ]
  }

function refuse(n: OnnxNode): void {
  if (!isFloat(n.dtype(0))) unsupported(`MATRIX_MULTIPLY takes no ${n.dtype(0)}`)
  if (n.int('layout', 0) !== 0) unsupported('a batch that comes first')
  if (n.attribute('clip') !== undefined) unsupported('gates that are bounded')
  if (n.int('input_forget', 0) === 1) unsupported('an input gate that is coupled to the forget gate')
  if (n.operator === 'LSTM' && n.has(7)) unsupported('gates that see the cell')
  const length = n.type(0)?.shape?.[0]
  if (n.has(4) && !n.numbers(4)?.every((l) => l === length)) unsupported('sequences of several lengths')
}

function directionsOf(n: OnnxNode, { usual }: Kind): Direction[] {
  const direction = n.text('direction', 'forward')
  const backward = direction === 'bidirectional' ? [false, true] : [direction === 'reverse']
  const given = n.attribute('activations')
  return backward.map((isBackward, at) => ({
    at,
    isBackward,
    activations: usual.map((name, i) =>
      activation(n, Array.isArray(given) ? String(given[at * usual.length + i]) : name),
    ),
  }))
}

function activation({ b }: OnnxNode, name: string): (x: Tensor) => Tensor {
  const type = { sigmoid: 'SIGMOID', tanh: 'TANH', relu: 'RELU' }[name.toLowerCase()]
  return type ? (x) => b.activation(type, x) : unsupported(`the activation ${name}`)
}

function inDirection(n: OnnxNode, kind: Kind, x: Tensor, direction: Direction) {
  const { b } = n
  const loop = direction.at === 0 ? n.name : `${n.name}/backward`
  const { gates, sharesBias } = kind
  const hidden = n.int('hidden_size', 0) || unsupported('its size is not given')
  const weights = b.constant(weightsOf(n, 1, direction.at))
  const product = b.layer('MATRIX_MULTIPLY', [x, b.aligned(weights, 3)], { op0: 'NONE', op1: 'TRANSPOSE' })
  const [own, ofState] = biasesOf(n, direction.at, gates * hidden, sharesBias)
  const inputs = own ? b.elementwise('SUM', product, own) : product
  const cell = new Cell(n, hidden, direction, ofState, gates)

  const length = b.size(x, 0)
  const count = typeof length === 'number' ? b.shared('int64', [length], []) : b.reshape(length, [], [])
  b.layers('TRIP_LIMIT', [count], { loop, kind: 'COUNT' }, 0)
  const input = b.layer('ITERATOR', [inputs], { loop, axis: 0, ...(direction.isBackward && { reverse: true }) })
  const initial = Array.from({ length: kind.states }, (_, i) => initialOf(n, 5 + i, direction.at, x, hidden))
  const states = initial.map((t) => b.layer('RECURRENCE', [t, null], { loop }))
  const next = kind.turn(cell, input, states)
  states.forEach((state, i) => b.network.setInput(state.parent!, 1, next[i]!))
  const all = direction.isBackward ? 'REVERSE' : 'CONCATENATE'
  return {
    shown: () => b.layer('LOOP_OUTPUT', [next[0]!, count], { loop, kind: all, axis: 0 }),
    last: states.map((t) => b.layer('LOOP_OUTPUT', [t], { loop, kind: 'LAST_VALUE' })),
  }
}

/** [rows, columns] of one direction. */
function weightsOf(n: OnnxNode, i: number, at: number): ConstantValue {
  const value = n.constant(i) ?? unsupported('its weights are not constant')
  return partOf(value.reshaped([value.shape[0]! * value.shape[1]!, value.shape[2]!]), at * value.shape[1]!, (at + 1) * value.shape[1]!) // prettier-ignore
}

/** Some rows of a matrix. */
function partOf(value: ConstantValue, from: number, to: number): ConstantValue {
  const [rows, columns] = value.shape as [number, number]
  if (from === 0 && to === rows) return value
  return ConstantValue.of(
    value.dtype,
    [to - from, columns],
    Float64Array.from(value.numbers()).subarray(from * columns, to * columns),
  )
}

/** Of the input, and of the state, which are one where both are added as they are. */
function biasesOf(n: OnnxNode, at: number, size: number, sharesBias: boolean): [Tensor | null, Tensor | null] {
  if (!n.has(3)) return [null, null]
  const value = n.constant(3) ?? unsupported('its bias is not constant')
  const all = Float64Array.from(value.numbers())
  const from = at * 2 * size
  const [own, ofState] = [from, from + size].map((start) => all.slice(start, start + size))
  const row = (numbers: Float64Array): Tensor => n.b.constant(ConstantValue.of(value.dtype, [1, size], numbers))
  return sharesBias ? [row(own!.map((v, i) => v + ofState![i]!)), null] : [row(own!), row(ofState!)]
}

/** [batch, hidden]; zeros where it is not given. */
function initialOf(n: OnnxNode, i: number, at: number, x: Tensor, hidden: number): Tensor {
  const { b } = n
  const [size, batch] = [b.size(x, 1), shapeOf(x)[1]!]
  if (n.has(i)) {
    const given = n.input(i)
    const own = shapeOf(given)[0] === 1 ? given : b.slice(given, [{ axis: 0, start: at, size: 1, stride: 1 }])
    return b.reshape(own, [size, hidden], [batch, hidden])
  }
  const zeros = b.constant(ConstantValue.of(typeOf(x), [1, hidden], new Float32Array(hidden)))
  if (size === 1) return zeros
  return b.slice(zeros, [
    { axis: 0, start: 0, size, stride: 0 },
    { axis: 1, start: 0, size: hidden, stride: 1 },
  ])
}

function withDimension(b: Builder, x: Tensor, axis: number): Tensor {
  const sizes = Array.from({ length: rankOf(x) }, (_, i) => b.size(x, i))
  const at = <T>(list: readonly T[], one: T): T[] => [...list.slice(0, axis), one, ...list.slice(axis)]
  return b.reshape(x, at(sizes, 1), at(shapeOf(x), 1))
}

export const recurrentLowering = { RNN: recurrent(KINDS.RNN), LSTM: recurrent(KINDS.LSTM), GRU: recurrent(KINDS.GRU) } satisfies Readonly<Record<string, Lower>> // prettier-ignore
