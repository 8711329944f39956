import { inferShapes } from '../../dialects/onnx'
import { dialectNamed } from '../../dialects/tensorrt'
import { codeOf, ConstantValue, networkFromSnapshot, snapshotOf } from '../../engine'
import type { Dim, DType, Network, NetworkSnapshot } from '../../engine'
import type { Draw } from './draw'

/** How an instance differs from what a pattern is about. */
export type Variant = 'plain' | 'shared' | 'output' | 'constants' | 'rank' | 'names' | 'type' | 'sizes'

export const VARIANTS: readonly Variant[] = [
  'plain',
  'plain',
  'plain',
  'shared',
  'output',
  'constants',
  'constants',
  'rank',
  'names',
]

/** Of networks that were not drawn, types and sizes are varied too. */
export const GIVEN_VARIANTS: readonly Variant[] = [...VARIANTS, 'type', 'type', 'sizes', 'sizes']

/** What is varied without operators of ONNX and their shapes. */
const OF_ANY_DIALECT: readonly Variant[] = ['output', 'constants']

/** Floats that arithmetic treats in its own way. */
const EDGES: Readonly<Partial<Record<DType, readonly number[]>>> = {
  float32: [
    Infinity,
    -Infinity,
    NaN,
    -0,
    0,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    1e-45,
    1.17549435e-38,
    1e30,
    1e-30,
  ],
  float16: [Infinity, -Infinity, NaN, -0, 0, 65504, -65504, 6e-8, 6.1e-5],
  float64: [Infinity, -Infinity, NaN, -0, 0, Number.MAX_VALUE, 5e-324, 1e300],
}

/**
 * The network, or one just beside it: a value inside is used elsewhere, or is an output; constants hold what is special; an input has
 * a dimension more; sizes of inputs have names, or are not known, or are others; its floats are of another type.
 */
export function variantOf(snapshot: NetworkSnapshot, variant: Variant, exact: boolean, d: Draw): NetworkSnapshot {
  if (variant === 'plain' || (snapshot.dialect !== 'onnx' && !OF_ANY_DIALECT.includes(variant))) return snapshot
  if (variant === 'constants') return withEdges(snapshot, exact, d)
  if (variant === 'rank') return withRank(snapshot, d)
  if (variant === 'names') return withNames(snapshot, d)
  if (variant === 'sizes') return withSizes(snapshot, d)
  if (variant === 'type') return withType(snapshot, d.pick(['float16', 'float64']))
  const network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
  const inside = network.getTensors().filter((t) => t.parent && !t.isNetworkOutput())
  if (inside.length === 0) return snapshot
  const t = d.pick(inside)
  if (variant === 'output') network.markOutput(t, `inside_${t.id}`)
  else share(network, t.id)
  return snapshotOf(network)
}

function share(network: Network, id: number): void {
  const t = network.getTensor(id)!
  const kind = t.dtype === 'bool' ? 'Not' : 'Identity'
  network.markOutput(network.addLayer({ kind, inputs: [t] }).result(), `shared_${id}`)
}

/** What neither overflows nor drowns all else in a sum or a product of a few; or is no number, which nobody claims to keep. */
const isModerate = (x: number): boolean => !Number.isFinite(x) || Math.abs(x) < 1e4

/** @param exact the largest numbers too, which overflow in any sum that is ordered anew; not in half floats, which runtimes widen */
function withEdges(snapshot: NetworkSnapshot, exact: boolean, d: Draw): NetworkSnapshot {
  const tensors = snapshot.tensors.map((t) => {
    const { value } = t
    const edges = value && EDGES[value.dtype]?.filter((x) => (exact && value.dtype !== 'float16') || isModerate(x))
    if (!edges || !value.isAvailable || d.chance(0.4)) return t
    const numbers = Array.from(value.numbers())
    for (let i = 0; i < numbers.length; i++) if (d.chance(0.3)) numbers[i] = d.pick(edges)
    return { ...t, value: ConstantValue.of(value.dtype, value.shape, numbers) }
  })
  return { ...snapshot, tensors }
}

function withRank(snapshot: NetworkSnapshot, d: Draw): NetworkSnapshot {
  if (snapshot.inputs.length === 0) return snapshot
  const chosen = d.pick(snapshot.inputs)
  const more = d.int(1, 2)
  return withShapes(snapshot, (id, shape) => (id === chosen ? [more, ...shape] : shape))
}

/**
 * Sizes by name: equal ones have one name mostly, and else one of their input's own, which may be 1 when it is run; a size of 1 stays,
 * and the last one where constants stand beside it.
 */
function withNames(snapshot: NetworkSnapshot, d: Draw): NetworkSnapshot {
  const stays = new Map<number, boolean>()
  const isBeside = snapshot.tensors.some((t) => (t.value?.size ?? 0) > 1)
  return withShapes(snapshot, (id, shape) =>
    shape.map((size, i) => {
      if (typeof size === 'number' && !stays.has(size)) stays.set(size, d.chance(0.3))
      if (size === 1 || stays.get(Number(size)) || (isBeside && i === shape.length - 1)) return size
      return d.chance(0.8) ? `size${size}` : d.chance(0.7) ? `batch${id}_${size}` : null
    }),
  )
}

/** Other sizes of the inputs, equal ones alike; those of constants stay, for they fit nothing else. */
function withSizes(snapshot: NetworkSnapshot, d: Draw): NetworkSnapshot {
  const fixed = new Set(snapshot.tensors.flatMap((t) => t.value?.shape ?? []))
  const others = new Map<Dim, number>()
  return withShapes(snapshot, (_, shape) =>
    shape.map((size) => {
      if (typeof size === 'number' && fixed.has(size)) return size
      const other = others.get(size) ?? d.int(1, 5)
      others.set(size, other)
      return other
    }),
  )
}

/** What is float32 is of another type; so is what is cast to it. */
function withType(snapshot: NetworkSnapshot, to: DType): NetworkSnapshot {
  const [from, code] = [codeOf('float32'), codeOf(to)]
  const valueOf = (value: ConstantValue): ConstantValue =>
    value.isAvailable ? ConstantValue.of(to, value.shape, value.numbers()) : new ConstantValue(to, value.shape, null)
  const tensors = snapshot.tensors.map((t) => {
    if (t.dtype !== 'float32') return t
    return { ...t, dtype: to, ...(t.value && { value: valueOf(t.value) }) }
  })
  const layers = snapshot.layers.map((l) =>
    l.attributes['to'] === from && code !== undefined ? { ...l, attributes: { ...l.attributes, to: code } } : l,
  )
  return withShapes({ ...snapshot, tensors, layers }, (_, shape) => shape)
}

/** The network with other shapes of its inputs, and what follows of them. */
function withShapes(
  snapshot: NetworkSnapshot,
  of: (id: number, shape: readonly Dim[]) => readonly Dim[],
): NetworkSnapshot {
  const tensors = snapshot.tensors.map((t) => {
    if (snapshot.inputs.includes(t.id)) return { ...t, shape: of(t.id, t.shape ?? []) }
    return t.value ? t : { ...t, dtype: null, shape: null }
  })
  return inferShapes({ ...snapshot, tensors })
}
