/** What the kernels of com.microsoft ask of operands, and rules of onnxscript take for granted, as conditions. */
import { callsIn } from '../../engine'
import type { CallGraph, Condition, Statement, Term, ValueGraph } from '../../engine'
import { compared, functionOf, valueOf } from './graph-terms'

interface Made {
  readonly left: readonly Statement[]
  readonly right: readonly Statement[]
}

/** The operand of a layer of the right side, where the left side names it. */
function named({ operands }: CallGraph, at: number, right: readonly Statement[]): string | null {
  const v: ValueGraph | undefined = operands[at]
  if (v?.type !== 'name' || right.some((s) => s.names.includes(v.name))) return null
  return v.name
}

const last = (name: string): Term => ({ type: 'property', of: name, name: 'shape', index: -1 })

const conditionsOf = (
  { right }: Made,
  kinds: RegExp,
  asks: (call: CallGraph, name: (at: number) => string | null) => readonly Condition[],
): Condition[] =>
  callsIn(right).flatMap((call) => (kinds.test(call.kind) ? asks(call, (at) => named(call, at, right)) : []))

/** A bias lies along the last axis: what is added otherwise is broadcast, and these do not. */
export function rowsBesideBias(way: Made): Condition[] {
  return conditionsOf(way, /^com\.microsoft\.(Bias|Fast)Gelu$/, (_, name) => {
    const [x, bias] = [name(0), name(1)]
    if (x === null) return []
    const rows = compared(valueOf(x, 'rank'), '>=', 1)
    return bias === null ? [rows] : [rows, compared(last(bias), '==', last(x))]
  })
}

/** A row of no elements has no norm that kernels compute. */
export function rowsToNormalize(way: Made): Condition[] {
  return conditionsOf(way, /^(RMS|SimplifiedLayer|Layer)Normalization$/, ({ kind }, name) => {
    const x = name(0)
    if (x === null || callsIn(way.left).some((c) => c.kind === kind)) return []
    const unknown: Condition = { type: 'not', of: { type: 'holds', term: functionOf('known', [last(x)]) } }
    return [{ type: 'or', of: [unknown, compared(last(x), '!=', 0)] }]
  })
}

/** Batches are put last of both factors, which have equally many dimensions then. */
export function batchesOfBoth(way: Made): Condition[] {
  return conditionsOf(way, /^com\.microsoft\.FusedMatMul$/, ({ attributes }, name) => {
    const [a, b] = [name(0), name(1)]
    if (a === null || b === null || !('transBatchA' in attributes || 'transBatchB' in attributes)) return []
    return [compared(valueOf(a, 'rank'), '>=', 3), compared(valueOf(a, 'rank'), '==', valueOf(b, 'rank'))]
  })
}
