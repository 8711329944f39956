/**
 * Common subexpressions (catalogue 3):  y = f(x), z = f(x)  =>  y = f(x), z = y
 *
 * Preconditions: same kind, attributes and operands (equal small constants count as the same, commutative operands in either
 * order, an absent optional operand is not a present one), deterministic, bodies included, not both network outputs.
 */
import { hasRandomBody } from '../../dialects/onnx'
import { commutes, sameRecord } from '../../engine'
import type { ConstantValue, Layer, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import type { LibraryEntry } from '../library'
import { given } from '../known'

/** Users of a value that are looked at; behind a hub with more than that, duplicates stay. */
const MOST_USERS = 256
const SMALL = 1024

/** What a dialect knows of its layers. */
export interface Merging {
  /** Whether a layer of a known kind gives the same result twice, and is no more than what it gives. */
  readonly isPure: (layer: Layer) => boolean
  /** Whether two layers of the same kind, attributes and operands differ all the same. */
  readonly differ?: (a: Layer, b: Layer) => boolean
  /** The value that an operand is, and nothing else: another operand of an equal value may stand for it. null for any other. */
  readonly valueOf: (t: Tensor) => ConstantValue | null
}

function matchDuplicate(layer: Layer, merging: Merging): Outcome {
  const anchor = fewestUsers(layer, merging)
  if (!anchor || layer.numOutputs === 0) return false
  // Of a kind without a schema nobody knows whether it gives the same result twice.
  const { schema } = layer
  if (!schema || schema.deterministic === false || !merging.isPure(layer)) return false
  const first = earlier(layer, anchor, merging)
  if (!first) return false
  return found(layer, { duplicate: layer, first }, Object.fromEntries(layer.results.map((t, i) => [`y${i}`, t])))
}

/** A user of `anchor` in front of `layer` that does the same. */
function earlier(layer: Layer, anchor: Tensor, merging: Merging): Layer | null {
  let first: Layer | null = null
  let seen = 0
  const { kind } = layer.record
  anchor.forEachUse((other) => {
    const { record } = other
    const fits =
      record.kind === kind &&
      other !== layer &&
      !record.removed &&
      isSame(layer, other, merging) &&
      other.isBefore(layer)
    if (fits && !(isOutput(layer) && isOutput(other))) first = other
    return first === null && ++seen < MOST_USERS
  })
  return first
}

function isOutput(layer: Layer): boolean {
  return layer.getOutputs().some((t) => t.isNetworkOutput())
}

function fewestUsers(layer: Layer, { valueOf }: Merging): Tensor | null {
  let best: Tensor | null = null
  for (let i = 0; i < layer.numInputs; i++) {
    const t = layer.input(i)
    if (t && (!best || t.liveUses < best.liveUses) && !valueOf(t)) best = t
  }
  return best && best.liveUses > 1 ? best : null
}

function isSame(a: Layer, b: Layer, { differ, valueOf }: Merging): boolean {
  if (a.numInputs !== b.numInputs || a.numOutputs !== b.numOutputs) return false
  if (
    !sameOperands(a, b, valueOf, false) &&
    !(commutes(a.schema, a.record.attributes) && a.numInputs === 2 && sameOperands(a, b, valueOf, true))
  )
    return false
  return sameResults(a, b) && sameRecord(a.record.attributes, b.record.attributes) && !differ?.(a, b)
}

/** Whether the same results are made. */
function sameResults(a: Layer, b: Layer): boolean {
  for (let i = 0; i < a.numOutputs; i++) if ((a.output(i) === null) !== (b.output(i) === null)) return false
  return true
}

function sameOperands(a: Layer, b: Layer, valueOf: Merging['valueOf'], swapped: boolean): boolean {
  for (let i = 0; i < a.numInputs; i++) if (!sameValue(a.input(i), b.input(swapped ? 1 - i : i), valueOf)) return false
  return true
}

function sameValue(a: Tensor | null, b: Tensor | null, valueOf: Merging['valueOf']): boolean {
  if (a === b) return true
  const [p, q] = [a ? valueOf(a) : null, b ? valueOf(b) : null]
  return !!p && !!q && p.size <= SMALL && p.isAvailable && p.equals(q)
}

/** The pattern for a dialect's layers. */
export const duplicates = (merging: Merging): LibraryEntry[] =>
  family('Clean-up', { stage: 1, exactness: 'exact' }, [
    {
      label: 'Duplicate layer',
      equation: 'y = f(x), z = f(x) ⇒ z = y',
      benefit: 90,
      make: () =>
        pattern({
          name: 'Duplicate layer',
          match: (layer) => matchDuplicate(layer, merging),
          rewrite: (_, m) => {
            const first = m.layer('first')
            return Object.fromEntries(m.root.results.flatMap((t, i) => (t ? [[`y${i}`, given(first.results[i])]] : [])))
          },
        }),
    },
  ])

export const DUPLICATES = duplicates({
  isPure: (layer) => !hasRandomBody(layer.record.attributes, layer.network.opsetOf('')),
  valueOf: (t) => t.value ?? null,
})
