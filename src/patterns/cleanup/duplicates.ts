/**
 * Common subexpressions (catalogue 3):  y = f(x), z = f(x)  =>  y = f(x), z = y
 *
 * Preconditions: same kind, attributes and operands (equal small constants count as the same, commutative operands in either
 * order, an absent optional operand is not a present one), deterministic, bodies included, not both network outputs.
 */
import { hasRandomBody } from '../../dialects/onnx'
import { commutes, sameRecord } from '../../engine'
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { given } from '../known'

/** Users of a value that are looked at; behind a hub with more than that, duplicates stay. */
const MOST_USERS = 256
const SMALL = 1024

function matchDuplicate(layer: Layer): Outcome {
  const anchor = fewestUsers(layer)
  if (!anchor || layer.numOutputs === 0) return false
  // Of a kind without a schema nobody knows whether it gives the same result twice.
  const { schema } = layer
  if (!schema || schema.deterministic === false) return false
  if (hasRandomBody(layer.record.attributes, layer.network.opsetOf(''))) return false
  const first = earlier(layer, anchor)
  if (!first) return false
  return found(layer, { duplicate: layer, first }, Object.fromEntries(layer.results.map((t, i) => [`y${i}`, t])))
}

/** A user of `anchor` in front of `layer` that does the same. */
function earlier(layer: Layer, anchor: Tensor): Layer | null {
  let first: Layer | null = null
  let seen = 0
  const { kind } = layer.record
  anchor.forEachUse((other) => {
    const { record } = other
    const fits =
      record.kind === kind && other !== layer && !record.removed && isSame(layer, other) && other.isBefore(layer)
    if (fits && !(isOutput(layer) && isOutput(other))) first = other
    return first === null && ++seen < MOST_USERS
  })
  return first
}

function isOutput(layer: Layer): boolean {
  return layer.getOutputs().some((t) => t.isNetworkOutput())
}

function fewestUsers(layer: Layer): Tensor | null {
  let best: Tensor | null = null
  for (let i = 0; i < layer.numInputs; i++) {
    const t = layer.input(i)
    if (t && !t.value && (!best || t.liveUses < best.liveUses)) best = t
  }
  return best && best.liveUses > 1 ? best : null
}

function isSame(a: Layer, b: Layer): boolean {
  if (a.numInputs !== b.numInputs || a.numOutputs !== b.numOutputs) return false
  if (
    !sameOperands(a, b, false) &&
    !(commutes(a.schema, a.record.attributes) && a.numInputs === 2 && sameOperands(a, b, true))
  )
    return false
  return sameResults(a, b) && sameRecord(a.record.attributes, b.record.attributes)
}

/** Whether the same results are made. */
function sameResults(a: Layer, b: Layer): boolean {
  for (let i = 0; i < a.numOutputs; i++) if ((a.output(i) === null) !== (b.output(i) === null)) return false
  return true
}

function sameOperands(a: Layer, b: Layer, swapped: boolean): boolean {
  for (let i = 0; i < a.numInputs; i++) if (!sameValue(a.input(i), b.input(swapped ? 1 - i : i))) return false
  return true
}

function sameValue(a: Tensor | null, b: Tensor | null): boolean {
  if (a === b) return true
  return !!a?.value && !!b?.value && a.value.size <= SMALL && a.value.isAvailable && a.value.equals(b.value)
}

function duplicate(): PatternRewriter {
  return pattern({
    name: 'Duplicate layer',
    match: matchDuplicate,
    rewrite: (_, m) => {
      const first = m.layer('first')
      return Object.fromEntries(m.root.results.flatMap((t, i) => (t ? [[`y${i}`, given(first.results[i])]] : [])))
    },
  })
}

export const DUPLICATES = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  { label: 'Duplicate layer', equation: 'y = f(x), z = f(x) ⇒ z = y', benefit: 90, make: duplicate },
])
