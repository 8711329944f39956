/**
 * If, Loop and Scan as TensorRT's conditionals and loops: their bodies stand among the other layers, between boundary layers. What TensorRT
 * cannot do has no counterpart: values that change their shape from turn to turn, and values of all turns of a loop that may end early.
 */
import type { Shape, Tensor } from '../../../engine'
import { rankOf, typeOf } from './builder'
import type { Builder, Size } from './builder'
import type { Body, Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

const conditional: Lower = (n) => {
  const [yes, no] = [n.body('then_branch', []), n.body('else_branch', [])]
  enough(n, yes.outputs.length)
  enough(n, no.outputs.length)
  const { b, name } = n
  b.layers('CONDITION', [scalarOf(b, n.input(0))], { conditional: name }, 0)
  const inside = n.captured().map((t) => b.layer('CONDITIONAL_INPUT', [t], { conditional: name }))
  const [p, q] = [yes.lower(inside), no.lower(inside)]
  n.resume()
  return n.record.outputs.map((_, i) => {
    const [x, y] = [p[i]!, q[i]!]
    if (rankOf(x) !== rankOf(y))
      unsupported(
        `its branches give values of rank ${rankOf(x)} and ${rankOf(y)}: TensorRT's conditional wants one rank`,
      )
    if (typeOf(x) !== typeOf(y)) unsupported(`its branches give values of type ${typeOf(x)} and ${typeOf(y)}`)
    return b.layer('CONDITIONAL_OUTPUT', [x, y], { conditional: name })
  })
}

/** Before a body its own operands stand: a loop's number of turns and condition. */
const LIMITS = 2
/** TensorRT counts turns in 32 bits; exporters write the largest number that there is for a loop without a count. */
const MOST_TURNS = 2 ** 31 - 1

const loop: Lower = (n) => {
  const { b, name } = n
  const initial = n.own(LIMITS)
  const types = initial.map((t) => turnType(b, t))
  const body = n.body('body', [{ dtype: 'int64', shape: [] }, { dtype: 'bool', shape: [] }, ...types])
  const [goesOn, ...given] = body.outputs
  if (!goesOn) unsupported('its body gives no condition')
  enough(n, given.length)
  const always = (!n.has(1) || n.scalar(1) === 1) && (body.constant(goesOn.id) === 1 || body.isOwn(goesOn.id, 1))
  const most = n.has(0) ? n.scalar(0) : Infinity
  const isCounted = n.has(0) && (always || most === null || most <= MOST_TURNS)
  const stacked = given.length - initial.length
  if (always && most !== null && most > MOST_TURNS)
    unsupported('it has neither a count that TensorRT takes nor a condition')
  if (stacked > 0 && !always)
    unsupported('it gives the values of its turns, and may end before its count: TensorRT gives as many as the count')

  const count = isCounted ? scalarOf(b, n.input(0)) : null
  if (count) limit(n, 'COUNT', count)
  const states = initial.map((t) => recurrence(n, t))
  const turn = body.uses(0) ? recurrence(n, b.shared('int64', [0], [])) : b.shared('int64', [0], [])
  const yes = b.shared('bool', [1], [])
  const going = always ? null : recurrence(n, n.has(1) ? scalarOf(b, n.input(1)) : yes)
  if (going) limit(n, 'WHILE', going)

  const first = b.network.counters.nextLayerId
  const [again, ...next] = body.lower([turn, going ?? yes, ...states, ...n.captured()])
  n.resume()
  if (body.uses(0)) follows(turn, b.elementwise('SUM', turn, b.shared('int64', [1], [])))
  if (going) follows(going, scalarOf(b, again!))
  else b.drop(again!, first)
  states.forEach((state, i) => follows(state, steady(next[i]!, types[i]!, given[i]!)))
  const shown = next.slice(states.length).map((t, i) => {
    rankOf(t)
    const own = body.changes(given[states.length + i]!.id, always ? [1] : []) ? t : repeated(n, t)
    return b.layer('LOOP_OUTPUT', [own, count], { loop: name, kind: 'CONCATENATE', axis: 0 })
  })
  return [...states.map((t) => b.layer('LOOP_OUTPUT', [t], { loop: name, kind: 'LAST_VALUE' })), ...shown]
}

const scan: Lower = (n) => {
  if (n.opset < 9) unsupported('Scan of operator set 8 has a batch of its own')
  const { b, name } = n
  const own = n.own()
  const parts = own.slice(own.length - n.int('num_scan_inputs', own.length))
  const initial = own.slice(0, own.length - parts.length)
  if (parts.length === 0) unsupported('it scans nothing')
  const [axes, backwards] = [n.ints('scan_input_axes'), n.ints('scan_input_directions')]
  const at = parts.map((t, i) => n.axis(axes?.[i] ?? 0, rankOf(t)))
  const types = initial.map((t) => turnType(b, t))
  const elements = parts.map((t, i) => {
    const { dtype, shape } = turnType(b, t)
    return { dtype, shape: shape.filter((_, axis) => axis !== at[i]) }
  })
  const body = n.body('body', [...types, ...elements])
  enough(n, body.outputs.length)
  const [outAxes, prepends] = [n.ints('scan_output_axes'), n.ints('scan_output_directions')]

  const count = numberOf(b, b.size(parts[0]!, at[0]!))
  limit(n, 'COUNT', count)
  const states = initial.map((t) => recurrence(n, t))
  const each = parts.map((t, i) =>
    b.layer('ITERATOR', [t], { loop: name, axis: at[i]!, ...(backwards?.[i] === 1 && { reverse: true }) }),
  )
  const next = body.lower([...states, ...each, ...n.captured()])
  n.resume()
  states.forEach((state, i) => follows(state, steady(next[i]!, types[i]!, body.outputs[i]!)))
  const shown = next.slice(states.length).map((t, i) => {
    const axis = n.axis(outAxes?.[i] ?? 0, rankOf(t) + 1)
    const inside = body.changes(body.outputs[states.length + i]!.id, []) ? t : repeated(n, t)
    const kind = prepends?.[i] === 1 ? 'REVERSE' : 'CONCATENATE'
    return b.layer('LOOP_OUTPUT', [inside, count], { loop: name, kind, axis })
  })
  return [...states.map((t) => b.layer('LOOP_OUTPUT', [t], { loop: name, kind: 'LAST_VALUE' })), ...shown]
}

/** What a value is in every turn; sizes that are not known have names until all is lowered, so that a body can be seen to keep them. */
function turnType(b: Builder, t: Tensor): { dtype: NonNullable<Tensor['dtype']>; shape: Shape } {
  const shape = t.shape ?? unsupported(`the rank of ${t.name} is not known`)
  return { dtype: typeOf(t), shape: shape.map((d) => (d === null || d === -1 ? b.unnamedSize() : d)) }
}

/** The value for the next turn, which has to be of the type and shape of this one. */
function steady(next: Tensor, type: ReturnType<typeof turnType>, told: Body['outputs'][number]): Tensor {
  const shape = told.shape?.every((d) => d !== null) ? told.shape : next.shape
  const isSame = shape?.length === type.shape.length && shape.every((d, i) => d === type.shape[i])
  if (!isSame || next.dtype !== type.dtype)
    unsupported(`${told.name} is not known to keep its shape from turn to turn, as TensorRT's loops want it`)
  return next
}

/** Every result is one that the body gives. */
function enough({ record }: OnnxNode, given: number): void {
  if (given < record.outputs.length) unsupported(`its body gives ${given} values of ${record.outputs.length}`)
}

function limit({ b, name }: OnnxNode, kind: 'COUNT' | 'WHILE', value: Tensor): void {
  b.layers('TRIP_LIMIT', [value], { loop: name, kind }, 0)
}

/** A value that is carried along; what it is in the next turn is said by `follows`. */
const recurrence = ({ b, name }: OnnxNode, initial: Tensor): Tensor =>
  b.layer('RECURRENCE', [initial, null], { loop: name })

function follows(state: Tensor, next: Tensor): void {
  const layer = state.parent!
  layer.network.setInput(layer, 1, next)
}

/** A value from outside as one that each turn has. */
function repeated(n: OnnxNode, value: Tensor): Tensor {
  const own = recurrence(n, value)
  follows(own, own)
  return own
}

/** The one element of a tensor by itself. */
function scalarOf(b: Builder, t: Tensor): Tensor {
  const rank = rankOf(t)
  return rank === 0 ? t : b.layer('SHUFFLE', [t], { reshape_dims: [] }, { dtype: t.dtype, shape: [] })
}

const numberOf = (b: Builder, size: Size): Tensor =>
  typeof size === 'number' ? b.shared('int64', [size], []) : scalarOf(b, size)

export const controlLowering = { If: conditional, Loop: loop, Scan: scan } satisfies Readonly<Record<string, Lower>>
