import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import type { ValueGraph } from './graph'

/** Expected against found: what a reason is made of. */
export interface Mismatch {
  readonly expected: string
  readonly found: string
}

/** What stands at an operand, in words. */
export function describe(t: Tensor | null): string {
  if (!t) return 'no operand'
  if (t.value) return `a constant ${constantText(t)}`
  return t.parent ? `${t.parent.kind} (${t.parent.name})` : `network input ${t.name}`
}

/** A number that was expected, against what stands there. */
export function numberMismatch(v: Extract<ValueGraph, { type: 'number' }>, t: Tensor | null): Mismatch {
  const within = v.tolerance === undefined ? '' : ` within ${v.tolerance}`
  return {
    expected: `a constant near ${numberText(v.value)}${within}`,
    found: t?.value ? constantText(t) : describe(t),
  }
}

/** An attribute that was expected, against the layer's. Axes are told from the front and from the end. */
export function attributeMismatch(name: string, wanted: unknown, found: unknown, layer: Layer): Mismatch {
  const rank = layer.input(0)?.rank
  const last = name === 'axis' && wanted === -1
  const axis = last ? `the last axis${typeof rank === 'number' ? `, ${rank - 1}` : ''}` : valueText(wanted)
  return { expected: axis, found: found === undefined ? `${name} is not given` : `${name} is ${valueText(found)}` }
}

function constantText(t: Tensor): string {
  const x = t.value?.isAvailable ? t.value.scalar() : null
  const text = x === null ? `of shape [${t.value?.shape.join(', ') ?? ''}]` : numberText(x)
  return `${text}, from ${t.name}`
}

/** As many digits as a float32 has. */
export function numberText(x: number): string {
  return String(Number.isInteger(x) ? x : Number(x.toPrecision(7))).replace('e+', 'e')
}

export function valueText(v: unknown): string {
  if (v === null || v === undefined) return 'not known'
  if (Array.isArray(v)) return `[${v.map(valueText).join(', ')}]`
  return typeof v === 'number' ? numberText(v) : typeof v === 'string' || typeof v === 'boolean' ? String(v) : 'a graph'
}
