/**
 * Slices of slices, and slices that share out a value (catalogue 12).
 *
 *   Slice(Slice(x, a, b), c, d)              =>   Slice(x, a + c, min(b, a + d))
 *   Slice(x, 0, a), .. Slice(x, z, size)     =>   Split(x) with the sizes of the parts
 *
 * Preconditions: one axis, constant bounds that count from the front, steps of 1. For Split the parts cover the axis without a
 * gap, and no two begin at one place: then the sizes are told, for an even share would be another one (5 is 3 + 2, never 2 + 3).
 * It is horizontal: the slices share nothing but x and constants, so that no result can feed another.
 */
import { Match } from '../../engine'
import type { Layer, PatternRewriter, RulePattern } from '../../engine'
import { onnxRule, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { family } from '../library'
import { intsOf, normalizedAxis } from '../values'
import { last, nth } from '../known'

interface Cut {
  readonly axis: number
  readonly from: number
  /** Past the end of the axis, perhaps. */
  readonly to: number
}

/** What a Slice takes; null unless that is one piece along one axis, counted from the front. */
function cutOf(layer: Layer): Cut | null {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => (layer.input(i) ? intsOf(layer.input(i)) : undefined))
  if (starts?.length !== 1 || ends?.length !== 1 || axes === null || (axes && axes.length !== 1)) return null
  if (steps === null || (steps && steps[0] !== 1)) return null
  const axis = normalizedAxis(axes?.[0] ?? 0, layer.input(0)?.rank ?? null)
  const [from, to] = [nth(starts, 0), nth(ends, 0)]
  return axis === null || from < 0 || to < from ? null : { axis, from, to }
}

/** Which axis an operand of Slice names, counted from the front; the first where it is not given. */
const axisOf = (name: string): string => `((${name}.value ?? 0) + x.rank) % x.rank`

/** Both pieces are counted from the front, along one axis. */
const sliceOfSlice = (): RulePattern =>
  onnxRule(`rule "Slice chain" exact
first = Slice(x, @start, @end, axis?, step?)
y = Slice(first, @start2, @end2, axis2?, step2?)
=>
y = Slice(x, {[start.value + start2.value]}, {[max(start.value + start2.value, min(end.value, start.value + end2.value))]}, {[${axisOf('axis')}]})
where start.size == 1, end.size == 1, start2.size == 1, end2.size == 1, ${axisOf('axis')} == ${axisOf('axis2')},
      0 <= start.value, start.value <= end.value, 0 <= start2.value, start2.value <= end2.value,
      (step.value ?? 1) == 1, (step2.value ?? 1) == 1`)

const MOST_USERS = 64
/** Split takes its sizes as an operand from here on. */
const OPSET = 13

function matchShares(root: Layer, decline: Decline): Outcome {
  const x = root.input(0)
  const axis = cutOf(root)?.axis
  if (!x || axis === undefined) return false
  const size = x.shape?.[axis]
  if (typeof size !== 'number' || x.isConstant || x.parent?.kind === 'Shape')
    return decline?.('x', root, 'a computed value of static size along the axis', `[${x.shape ?? '...'}]`)
  if (x.liveUses > MOST_USERS) return decline?.('x', root, `at most ${MOST_USERS} users of x`, `${x.liveUses}`)
  const opset = root.network.opsets[''] ?? 1
  if (opset < OPSET) return decline?.('x', root, `opset ${OPSET}`, String(opset))
  const parts = sharesOf(x.getUsers(), axis, size)
  if (!parts) return decline?.('parts', root, `slices that cover [0, ${size}) once`, 'others', { first: root })
  const layers = parts.map((p) => p.layer)
  // New layers go in front of the root: that is the part that stands first.
  const inOrder = [...layers]
  root.network.inOrder(inOrder)
  if (inOrder[0] !== root) return false
  const results = layers.map((l, i) => [`y${i}`, l.result()] as const)
  return new Match(root, new Map(layers.map((l, i) => [`part${i}`, l])), new Map([['x', x], ...results]), {
    axis,
    sizes: parts.map((p) => p.to - p.from),
  })
}

/** The slices among `users` that cover the axis, in its order; null unless they are two at least, and unmistakable. */
function sharesOf(users: readonly Layer[], axis: number, size: number): (Cut & { readonly layer: Layer })[] | null {
  const byStart = new Map<number, Cut & { readonly layer: Layer }>()
  for (const layer of new Set(users)) {
    const cut = layer.kind === 'Slice' ? cutOf(layer) : null
    if (cut?.axis !== axis) continue
    if (byStart.has(cut.from)) return null
    byStart.set(cut.from, { ...cut, to: Math.min(cut.to, size), layer })
  }
  const parts = []
  for (let at = 0; at < size; at = last(parts).to) {
    const part = byStart.get(at)
    if (!part || part.to <= at) return null
    parts.push(part)
  }
  return parts.length < 2 ? null : parts
}

function slicesToSplit(): PatternRewriter {
  return pattern({
    name: 'Slices to Split',
    root: ['Slice'],
    match: matchShares,
    rewrite: (b, m) => {
      const { axis, sizes } = m.data as { axis: number; sizes: readonly number[] }
      const types = sizes.map((_, i) => m.tensor(`y${i}`).record)
      const split = b.layer(
        'Split',
        [m.tensor('x'), b.ints(...sizes)],
        { axis },
        types.map((t) => ({ dtype: t.dtype, shape: t.shape })),
      )
      return Object.fromEntries(sizes.map((_, i) => [`y${i}`, split.result(i)]))
    },
  })
}

export const SLICES = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  { label: 'Slice chain', equation: 'Slice(Slice(x)) ⇒ Slice(x)', benefit: 98, make: sliceOfSlice },
  {
    label: 'Slices to Split',
    equation: 'x[0:a], x[a:b], .. x[z:] ⇒ Split(x)',
    // Last: rotations of embeddings are known by their slices.
    stage: 4,
    benefit: 12,
    make: slicesToSplit,
  },
])
