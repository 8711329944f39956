/**
 * A loop as ONNX's Loop. Its condition is asked before each turn, so it is computed ahead: once of the initial values outside, and in
 * each turn of the next ones.
 */
import type { LayerRecord, Shape, Tensor, TensorId } from '../../../engine'
import { ABSENT, snapshotOf } from '../../../engine'
import { exportBody } from '../../onnx'
import { conditionLayers } from '../boundaries'
import { axisOf } from '../infer/indexing'
import type { Loop } from '../loops'
import type { OnnxBuilder, Type } from './builder'
import { cannotRaise } from './error'
import type { Plan } from './plan'

/** One network that is being written, of ONNX operators: the whole, or the body of a loop. */
export interface Level {
  readonly b: OnnxBuilder
  readonly plan: Plan
  /** Values that it takes of the network around it, in the order of its inputs behind its own. */
  readonly captured: readonly TensorId[]
  value(id: TensorId): Tensor
  typeOf(id: TensorId): Type
  /** Makes `t` the value of a tensor, under its name. */
  take(id: TensorId, t: Tensor): void
  input(name: string, type: Type): Tensor
  /** An empty network inside of this one. */
  body(): Level
  /** Raises all that is in the body of a loop. */
  raiseAll(loop: string): void
  /** The value of a tensor that these layers, in order, make where some tensors have other values. */
  otherwise(layers: readonly LayerRecord[], values: ReadonlyMap<TensorId, Tensor>, wanted: TensorId): Tensor
}

export function raiseLoop(loop: Loop, outer: Level): void {
  const { b } = outer
  const [count, condition] = [limitOf(loop, 'COUNT'), limitOf(loop, 'WHILE')]
  if (count === null && condition === null) cannotRaise(`loop ${loop.name} has no trip limit`)
  const length = count === null ? null : scalar(b, outer.value(count), 'int64')
  const inner = outer.body()
  const turn = inner.input('turn', { dtype: 'int64', shape: [] })
  const going = inner.input('going', { dtype: 'bool', shape: [] })
  const states = loop.starts.filter((l) => l.kind === 'RECURRENCE')
  for (const state of states) inner.take(state.outputs[0]!, inner.input(state.name, stateType(outer, state)))
  for (const layer of loop.starts)
    if (layer.kind === 'ITERATOR') inner.take(layer.outputs[0]!, iterated(inner, layer, turn, count))
  inner.raiseAll(loop.name)

  const all = loop.ends.filter((l) => l.attributes['kind'] !== 'LAST_VALUE')
  const next = states.map((l) => inner.value(nextOf(l)))
  const shown = all.map((l) => inner.value(valueOf(l)))
  const goesOn = condition === null ? going : conditionOver(inner, loop, condition, next)
  for (const [i, t] of [goesOn, ...next, ...shown].entries()) inner.b.network.markOutput(t, `result_${i}`)
  const body = exportBody(snapshotOf(inner.b.network), 2 + states.length)

  const initial = states.map((l) => outer.value(valueOf(l)))
  const first = condition === null ? b.constant('bool', [1]) : conditionOver(outer, loop, condition, initial)
  const operands = [length, first, ...initial, ...inner.captured.map((id) => outer.value(id))]
  const types = [
    ...states.map((l) => stateType(outer, l)),
    ...shown.map(({ dtype, shape }): Type => ({ dtype, shape: shape && [null, ...shape] })),
  ]
  b.name = loop.name
  b.scope = loop.ends[0]?.scope ?? ''
  const results = b.ops('Loop', operands, { body }, types.length, types)
  for (const layer of loop.ends) {
    const at = all.indexOf(layer)
    const t = at < 0 ? lastValue(layer, states, results) : stacked(outer, layer, results[states.length + at]!, loop)
    outer.take(layer.outputs[0]!, t)
  }
}

function limitOf(loop: Loop, kind: string): TensorId | null {
  const limit = loop.limits.find((l) => l.attributes['kind'] === kind)
  return limit ? given(limit, 0, 'value') : null
}

function given({ name, inputs }: LayerRecord, i: number, what: string): TensorId {
  const id = inputs[i] ?? ABSENT
  return id === ABSENT ? cannotRaise(`${name} has no ${what}`) : id
}
/** The value for the next turn. */
const nextOf = (state: LayerRecord): TensorId => given(state, 1, 'value for the next turn')
const valueOf = (layer: LayerRecord): TensorId =>
  given(layer, 0, layer.kind === 'RECURRENCE' ? 'initial value' : 'value')

/** What a state is in every turn. */
function stateType(level: Level, state: LayerRecord): Type {
  const [{ dtype, shape }, next] = [level.typeOf(state.outputs[0]!), level.typeOf(nextOf(state))]
  const same = (d: Shape[number], i: number): Shape[number] => (next.shape?.[i] === d ? d : null)
  return { dtype, shape: shape && shape.map(same) }
}

function scalar(b: OnnxBuilder, x: Tensor, dtype: 'int64' | 'bool'): Tensor {
  const y = b.cast(x, dtype)
  return x.rank === 0 ? y : b.reshape(y, [])
}

function iterated(inner: Level, layer: LayerRecord, turn: Tensor, count: TensorId | null): Tensor {
  const { b } = inner
  const x = inner.value(valueOf(layer))
  const { axis, reverse } = layer.attributes
  b.name = layer.name
  b.scope = layer.scope
  if (reverse !== true) return b.op('Gather', [x, turn], { axis: Number(axis ?? 0) })
  if (count === null)
    return cannotRaise(`${layer.name} goes backwards, and nothing says from where: its loop has no count`)
  const last = b.op('Sub', [scalar(b, inner.value(count), 'int64'), b.constant('int64', [1])])
  return b.op('Gather', [x, b.op('Sub', [last, turn])], { axis: Number(axis ?? 0) })
}

function conditionOver(level: Level, loop: Loop, condition: TensorId, values: readonly Tensor[]): Tensor {
  const { plan } = level
  const needed = conditionLayers(plan.loops, loop, condition)
  for (const { kind, name } of needed)
    if (kind === 'ITERATOR' || kind === 'LOOP_OUTPUT')
      cannotRaise(`the condition of loop ${loop.name} is computed from ${kind} ${name}`)
  const layers = plan.steps(loop.name).flatMap((s) => ('layer' in s && needed.has(s.layer) ? [s.layer] : []))
  const states = loop.starts.filter((l) => l.kind === 'RECURRENCE')
  const known = new Map(states.map((l, i) => [l.outputs[0]!, values[i]!]))
  return scalar(level.b, level.otherwise(layers, known, condition), 'bool')
}

function lastValue(layer: LayerRecord, states: readonly LayerRecord[], results: readonly Tensor[]): Tensor {
  const at = states.findIndex((l) => l.outputs[0] === layer.inputs[0])
  return results[at] ?? cannotRaise(`LAST_VALUE of ${layer.name} is not of a RECURRENCE`)
}

/** The values of all turns, in their order or backwards. Where the loop ends before its length, zeros follow. */
function stacked(outer: Level, layer: LayerRecord, values: Tensor, loop: Loop): Tensor {
  const { b } = outer
  const rank = values.rank ?? cannotRaise(`the rank of ${layer.name} is not known`)
  const axis = axisOf(Number(layer.attributes['axis'] ?? 0), rank) ?? cannotRaise(`${layer.name} has no such axis`)
  const [count, length] = [limitOf(loop, 'COUNT'), given(layer, 1, 'length')]
  const whole = limitOf(loop, 'WHILE') === null && count !== null && isSame(outer.value(count), outer.value(length))
  let found = values
  if (layer.attributes['kind'] === 'REVERSE') {
    if (!whole)
      cannotRaise(`REVERSE of ${layer.name} has a length that need not be the count: where it starts is not documented`)
    found = b.op('Slice', [values, b.ints([-1]), b.ints([Number.MIN_SAFE_INTEGER]), b.ints([0]), b.ints([-1])])
  } else if (!whole) found = padded(b, values, b.reshape(b.cast(outer.value(length), 'int64'), [1]))
  const front = Array.from({ length: rank - 1 }, (_, i) => i + 1)
  return b.transpose(found, [...front.slice(0, axis), 0, ...front.slice(axis)])
}

/** More values than the length are an error: they do not fit. */
function padded(b: OnnxBuilder, values: Tensor, length: Tensor): Tensor {
  const sizes = b.op('Shape', [values])
  const missing = b.op('Max', [b.op('Sub', [length, b.element(sizes, 0)]), b.ints([0])])
  const rest = b.op('Slice', [sizes, b.ints([1]), b.ints([Number.MAX_SAFE_INTEGER]), b.ints([0])])
  const dtype = values.dtype ?? 'float32'
  const narrow = dtype === 'bool'
  const wide = narrow ? b.cast(values, 'int32') : values
  const zeros = b.op('Expand', [b.like(wide, 0), b.op('Concat', [missing, rest], { axis: 0 })])
  const all = b.op('Concat', [wide, zeros], { axis: 0 })
  return b.cast(b.op('Reshape', [all, b.op('Concat', [length, rest], { axis: 0 })]), dtype)
}

function isSame(a: Tensor, b: Tensor): boolean {
  if (a === b) return true
  const [p, q] = [a, b].map(({ value }) => (value?.isAvailable ? value.numbers()[0] : undefined))
  return p !== undefined && p === q
}
