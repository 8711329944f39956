import type { Check } from '../kinds/notation'
import { equalTypes } from './broadcast'
import { axesOf, axisOf } from './indexing'
import { alike, countIn, firstOf, listOf, numberIn, ofRank, ofTypes, sizesIn } from './operand-rules'

export const axisRule =
  (i = 0, more = 0): Check =>
  (r) => {
    const [axis, rank] = [r.number('axis'), r.rank(i)]
    if (axis === null || rank === null || axisOf(axis, rank + more) !== null) return null
    return `${r.kind} has axis ${axis}, and its operand ${rank} dimensions`
  }

export const concatenationRules: Check = (r) => {
  const shapes = r.shapes().filter((s) => s !== null)
  const [first] = shapes
  if (!first) return equalTypes(r)
  const axis = axisOf(r.number('axis') ?? Math.max(first.length - 3, 0), first.length)
  if (axis === null) return axisRule()(r)
  for (const s of shapes) {
    if (s.length !== first.length)
      return `CONCATENATION needs operands of equal rank, not ${first.length} and ${s.length}`
    const other = s.findIndex(
      (d, i) => i !== axis && typeof d === 'number' && typeof first[i] === 'number' && d !== first[i],
    )
    if (other >= 0) return `operands of CONCATENATION differ in dimension ${other}: ${s[other]} and ${first[other]}`
  }
  return equalTypes(r)
}

/** The lists of a SLICE: one number for each dimension that it cuts. */
const sliceLists: Check = (r) => {
  const n = countIn(r, 'axes', 5) ?? (r.has(5) ? null : r.rank(0))
  for (const [name, at] of [
    ['start', 1],
    ['shape', 2],
    ['stride', 3],
  ] as const) {
    const count = countIn(r, name, at)
    if (count === null && !r.has(at) && name !== 'stride') return `SLICE needs its ${name}`
    if (count !== null && n !== null && count !== n) return `${name} of SLICE has ${count} sizes, not ${n}`
    const below = name === 'shape' ? sizesIn(r, name, at)?.find((d) => d < 0) : undefined
    if (below !== undefined) return `SLICE takes ${below} elements: sizes are 0 or more`
  }
  return null
}

/** Where nothing is filled in each element that is taken is there. */
const sliceBounds: Check = (r) => {
  const x = r.shape(0)
  const [start, size] = [sizesIn(r, 'start', 1), sizesIn(r, 'shape', 2)]
  const stride = r.has(3) || r.ints('stride') ? sizesIn(r, 'stride', 3) : size?.map(() => 1)
  const cut = r.has(5) || r.ints('axes') ? sizesIn(r, 'axes', 5) : x?.map((_, i) => i)
  if (r.text('mode') !== 'STRICT_BOUNDS' || !x || !start || !size || !stride || !cut) return null
  for (const [i, given] of cut.entries()) {
    const axis = axisOf(given, x.length)
    if (axis === null) return `SLICE has axis ${given}, and its operand ${x.length} dimensions`
    const [d, n] = [x[axis], size[i] ?? 0]
    const last = start[i]! + (n - 1) * stride[i]!
    if (typeof d === 'number' && n > 0 && (start[i]! < 0 || start[i]! >= d || last < 0 || last >= d))
      return `SLICE takes elements ${start[i]} to ${last} of dimension ${axis}, which has ${d}`
  }
  return null
}

const sliceFill: Check = (r) =>
  r.has(4) && r.text('mode') !== 'FILL'
    ? `SLICE ${r.text('mode')} fills nothing in, and is given what to fill in`
    : null

export const sliceRules = firstOf(
  ...['start', 'shape', 'stride'].map((what, i) => listOf(i + 1, what)),
  listOf(5, 'axes'),
  sliceLists,
  sliceFill,
  alike(0, 4, 'what it fills in and the input'),
  sliceBounds,
)

export const gatherRules: Check = (r) => {
  const fault = ofTypes('INT32 or INT64', 1, 'indices')(r)
  if (fault !== null) return fault
  const [mode, e] = [r.text('mode'), r.number('num_elementwise_dims') ?? 0]
  const [x, q] = [r.rank(0), r.rank(1)]
  const most = mode === 'ELEMENT' ? 0 : mode === 'DEFAULT' ? 1 : (x ?? Infinity) - 1
  if (e < 0 || e > most) return `GATHER ${mode} takes up to ${most} dimensions by elements, not ${e}`
  if (mode === 'ELEMENT' && x !== null && q !== null && x !== q)
    return `GATHER ELEMENT needs operands of equal rank, not ${x} and ${q}`
  if (mode !== 'ND') return firstOf(ofRank(ABOVE_0, 0, 'the data'), axisRule())(r)
  const depth = r.shape(1)?.at(-1)
  return x !== null && typeof depth === 'number' && depth > x - e
    ? `indices of GATHER ND have ${depth} places, and the data ${x - e} dimensions for them`
    : ofRank(ABOVE_0, 1, 'indices')(r)
}
const ABOVE_0 = [1, 2, 3, 4, 5, 6, 7, 8]

/** What is put in has the shape of the indices, or of what they point at. */
const scatterRanks: Check = (r) => {
  const [x, q, s] = [r.rank(0), r.rank(1), r.rank(2)]
  if (r.text('mode') === 'ELEMENT') {
    if (x !== null && [q, s].some((rank) => rank !== null && rank !== x))
      return `SCATTER ELEMENT needs operands of equal rank, not ${x}, ${q} and ${s}`
    return axisRule()(r)
  }
  const depth = r.shape(1)?.at(-1)
  if (x === null || q === null || s === null || typeof depth !== 'number') return null
  if (depth > x) return `indices of SCATTER ND have ${depth} places, and the data ${x} dimensions`
  const wanted = x + q - depth - 1
  return s === wanted ? null : `updates of SCATTER ND have ${wanted} dimensions here, not ${s}`
}

export const scatterRules = firstOf(
  ofTypes('INT32 or INT64', 1, 'indices'),
  alike(0, 2, 'data and updates'),
  scatterRanks,
)

export const oneHotRules = firstOf(
  ofTypes('INT32 or INT64', 0, 'indices'),
  ofRank([1], 1, 'values'),
  (r) => ((r.length(1) ?? 2) === 2 ? null : `values of ONE_HOT are two, off and on, not ${r.length(1)}`),
  numberIn(2, 'depth'),
  (r) => ((r.numbers(2)?.[0] ?? 1) > 0 ? null : `the depth of ONE_HOT is above 0, not ${r.numbers(2)![0]}`),
  axisRule(0, 1),
)

const squeezable: Check = (r) => {
  const x = r.shape(0)
  const axes = x && axesOf(r, x.length)
  const large = axes?.find((a) => typeof x![a] === 'number' && x![a] !== 1)
  return large === undefined ? null : `SQUEEZE takes out dimension ${large}, which has ${String(x![large])}`
}

/** Axes that are there, each once; `more`: those that are new count. */
const eachOnce =
  (more: boolean): Check =>
  (r) => {
    const [rank, axes] = [r.rank(0), r.numbers(1)]
    if (rank === null || !axes) return null
    const places = rank + (more ? axes.length : 0)
    const found = axes.map((a) => axisOf(a, places))
    if (found.includes(null)) return `${r.kind} has axes [${axes.join(',')}], of ${places} dimensions`
    return new Set(found).size < axes.length ? `axes [${axes.join(',')}] of ${r.kind} name one twice` : null
  }

export const squeezeRules = firstOf(listOf(1, 'axes'), eachOnce(false), squeezable)
export const unsqueezeRules = firstOf(listOf(1, 'axes'), eachOnce(true))

export const reverseSequenceRules = firstOf(listOf(1, 'lengths'), (r) => {
  const [batch, along, rank] = [r.number('batch_axis') ?? 1, r.number('sequence_axis') ?? 0, r.rank(0)]
  if (batch === along) return `REVERSE_SEQUENCE has its batch and its sequence along one axis, ${batch}`
  if (rank !== null && Math.max(batch, along) >= rank)
    return `REVERSE_SEQUENCE has axes ${batch} and ${along}, and its operand ${rank} dimensions`
  const [x, lengths] = [r.shape(0)?.[batch], r.length(1)]
  return typeof x === 'number' && lengths !== null && x !== lengths
    ? `REVERSE_SEQUENCE has ${lengths} lengths for ${x} sequences`
    : null
})

export const fillRules: Check = (r) => {
  const [op, to] = [r.text('operation'), r.text('to_type')]
  const isRandom = op !== 'LINSPACE'
  if (isRandom && to !== 'FLOAT' && to !== 'HALF') return `FILL ${op} makes FLOAT or HALF, not ${to}`
  if (!isRandom && to !== 'FLOAT' && to !== 'INT32' && to !== 'INT64')
    return `FILL LINSPACE makes INT32, INT64 or FLOAT, not ${to}`
  if (r.has(1) !== r.has(2)) return 'FILL takes alpha and beta both as operands, or neither'
  if (!r.has(0) && !r.ints('shape')) return 'FILL needs its shape'
  const below = sizesIn(r, 'shape', 0)?.find((d) => d < 0)
  if (below !== undefined) return `FILL makes ${below} elements: sizes are 0 or more`
  return firstOf(listOf(0, 'the shape'), ofRank([0], 1, 'alpha'), alike(1, 2, 'alpha and beta'))(r)
}

export const constantRules: Check = (r) => {
  const [value, shape] = [r.tensor('weights'), r.ints('shape')]
  if (!value || !shape) return null
  const size = shape.reduce((n, d) => n * d, 1)
  return size === value.size ? null : `CONSTANT [${shape.join(',')}] has ${size} elements, its weights ${value.size}`
}

export const nmsRules = firstOf(
  ofTypes('floating-point numbers', 0, 'boxes'),
  ofRank([3, 4], 0, 'boxes'),
  ofRank([3], 1, 'scores'),
  (r) => {
    const last = r.shape(0)?.at(-1)
    return typeof last === 'number' && last !== 4 ? `boxes of NMS have 4 numbers each, not ${last}` : null
  },
  ofRank([0], 2, 'the most boxes of a class'),
)
