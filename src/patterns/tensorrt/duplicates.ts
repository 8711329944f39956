/**
 * Common subexpressions among TensorRT's layers:  y = f(x), z = f(x)  =>  z = y
 *
 * Preconditions, besides those of the pattern: no plugin, whose kernel may have a state of its own; nothing that is in place, that is
 * talked over between devices, or that stands at the boundary of a loop; a network without conditionals, where of equal layers one may be
 * of each branch; equal result types and asked-for precisions. Of constants, sizes and indices count by value: weights may be refitted.
 */
import type { ConstantValue, DType, Layer, Tensor } from '../../engine'
import { duplicates } from '../cleanup/duplicates'
import { heldBy } from './values'

/** Kinds that are more than what they give: plugins, what is in place or random, and boundaries. */
const NOT_PURE: ReadonlySet<string> = new Set(
  `PLUGIN PLUGIN_V2 PLUGIN_V3 FILL ASSERTION KV_CACHE_UPDATE DIST_COLLECTIVE ATTENTION_INPUT ATTENTION_OUTPUT
   TRIP_LIMIT RECURRENCE ITERATOR LOOP_OUTPUT`.split(/\s+/),
)
const SIZES: ReadonlySet<DType> = new Set<DType>(['int32', 'int64', 'bool'])

const isPure = (layer: Layer): boolean => !NOT_PURE.has(layer.kind) && layer.network.countOfKind('CONDITION') === 0

/** A dump says beside the attributes in which precision a layer is to be computed. */
const differ = (a: Layer, b: Layer): boolean =>
  a.record.metadata?.['precision'] !== b.record.metadata?.['precision'] ||
  a.results.some((t, i) => t !== null && t.dtype !== b.results[i]?.dtype)

/** What sizes and indices are, of CONSTANT layers. */
function valueOf(t: Tensor): ConstantValue | null {
  const value = heldBy(t)
  return value && SIZES.has(value.dtype) ? value : null
}

export const duplicateLayers = duplicates({ isPure, differ, valueOf })
