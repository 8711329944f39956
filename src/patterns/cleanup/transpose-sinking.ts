/**
 * Transposes that sink through what does not care for the order of dimensions (catalogue 9).
 *
 *   Transpose(f(Transpose(x1, p), .., Transpose(xn, p), c), q)  =>  Transpose(f'(x1, .., xn, c'), p[q])
 *
 * f is a tree of elementwise layers, Concat, Softmax and reductions that keep their dimensions; f' has its axes renamed, and its
 * constants transposed the other way.
 * Preconditions: every value inside has one use; all transposes at the leaves have one order; constants have data, and do not
 * raise the rank.
 * Cost: transposes. The one at the root goes, or takes the place of one at a leaf that nothing else uses; none is made.
 * So their number falls with each rewrite, which is why it ends.
 */
import type { Attributes, Builder, Layer, Match, MatchFailure, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { family } from '../library'
import { axesOf, normalizedAxis, permOf, usedOnce } from '../values'
import { given, knownShape, knownValue, nth } from '../known'

const UNARY = [
  ...['Relu', 'Sigmoid', 'Tanh', 'Erf', 'Neg', 'Abs', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Floor', 'Ceil', 'Cast'],
  ...['Clip', 'LeakyRelu', 'Elu', 'HardSwish', 'HardSigmoid', 'Softplus', 'Gelu', 'Swish', 'Not', 'Sign', 'Round'],
  ...['com.microsoft.Gelu', 'com.microsoft.QuickGelu'],
]
const BINARY = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Equal', 'Less', 'Greater', 'And', 'Or']
const REDUCE = ['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceL2', 'ReduceSumSquare']
const WITH_AXIS = ['Softmax', 'LogSoftmax', 'Concat']

/** How many of a layer's operands are data, whose dimensions move; the others say how. */
const dataOperands = (layer: Layer): number =>
  layer.kind === 'Concat' ? layer.numInputs : BINARY.includes(layer.kind) ? layer.numInputs : 1

const SINKS = new Set([...UNARY, ...BINARY, ...REDUCE, ...WITH_AXIS])
/** A tree larger than this is left alone. */
const LARGEST = 24
const LARGEST_CONSTANT = 1 << 16

interface Region {
  /** Operands before their users. */
  readonly inside: readonly Layer[]
  readonly leaves: readonly Layer[]
  /** The order of the transposes at the leaves. */
  readonly order: readonly number[]
}

function matchSinking(root: Layer, decline: Decline): Outcome {
  const q = permOf(root)
  const first = root.input(0)?.parent
  if (!q || !first || !SINKS.has(first.kind)) return false
  const region = regionAbove(first, q.length, decline)
  if (!region || !('order' in region)) return region ?? false
  const { inside, leaves, order } = region
  const layers: Record<string, Layer> = { second: root }
  inside.forEach((l, i) => (layers[inside.length === 1 ? 'middle' : `middle ${i + 1}`] = l))
  leaves.forEach((l, i) => (layers[leaves.length === 1 ? 'first' : `first ${i + 1}`] = l))
  const cancels = q.every((x, i) => order[x] === i)
  if (!cancels && !leaves.every((l) => usedOnce(l.output())))
    return decline?.('perm', root, 'orders that cancel', `${String(q)} after ${String(order)}`, layers)
  return found(root, layers, {}, region)
}

/** The tree above the root, its own last layer included; a reason where something in it is in the way. */
function regionAbove(first: Layer, rank: number, decline: Decline): Region | MatchFailure | null | undefined {
  const inside: Layer[] = []
  const leaves: Layer[] = []
  let order: readonly number[] | null = null
  const stack = [first]
  for (let layer = stack.pop(); layer; layer = stack.pop()) {
    if (!usedOnce(layer.output())) return decline?.('middle', layer, 'a value that nothing else uses', 'several users')
    if (!namesAxes(layer, rank)) return decline?.('axis', layer, 'known axes, and dimensions that stay', 'others')
    inside.push(layer)
    for (let i = 0; i < dataOperands(layer); i++) {
      const t = layer.input(i)
      const parent = t?.parent
      if (!t || (t.rank !== rank && !t.isConstant)) return null
      if (t.isConstant) {
        if (!isMovable(t, rank)) return decline?.('constant', layer, 'a small constant of no higher rank', t.name)
      } else if (parent?.kind === 'Transpose') {
        const p = permOf(parent)
        if (!p || (order && String(order) !== String(p)))
          return decline?.('first', parent, `a transpose by ${String(order)}`, `one by ${String(p)}`)
        order = p
        if (!leaves.includes(parent)) leaves.push(parent)
      } else if (parent && SINKS.has(parent.kind) && inside.length + stack.length < LARGEST) stack.push(parent)
      else return decline?.('first', parent ?? null, 'Transpose', parent?.kind ?? 'an input')
    }
  }
  return order && { inside: inside.reverse(), leaves, order }
}

function namesAxes(layer: Layer, rank: number): boolean {
  if (REDUCE.includes(layer.kind)) {
    const keeps = Number(layer.attribute('keepdims') ?? 1) === 1
    return keeps && axesOf(layer) !== null && given(axesOf(layer)).length > 0
  }
  // Before operator set 13 a softmax took all dimensions from its axis on as one.
  if (layer.kind.endsWith('Softmax') && layer.network.opsetOf('') < 13) return false
  return !WITH_AXIS.includes(layer.kind) || axisOf(layer, rank) !== null
}

function axisOf(layer: Layer, rank: number): number | null {
  return normalizedAxis(Number(layer.attribute('axis') ?? -1), rank)
}

function isMovable(t: Tensor, rank: number): boolean {
  return !!t.value?.isAvailable && t.rank !== null && t.rank <= rank && t.value.size <= LARGEST_CONSTANT
}

function rewriteSinking(b: Builder, m: Match): Readonly<Record<string, Tensor>> {
  const { inside, order } = m.data as Region
  const q = given(permOf(m.root))
  const back = order.map((_, i) => order.indexOf(i))
  const made = new Map<Tensor, Tensor>()
  const moved = (t: Tensor | null, isData: boolean): Tensor | null => {
    if (!t || !isData) return t
    const { parent } = t
    return made.get(t) ?? (t.isConstant ? movedConstant(b, t, back) : given(parent).input(0))
  }
  for (const layer of inside) {
    const y = layer.result()
    const count = dataOperands(layer)
    const operands = layer.operands.map((t, i) => moved(t, i < count))
    if (REDUCE.includes(layer.kind) && layer.input(1)) operands[1] = b.ints(...movedAxes(layer, order))
    const shape = y.shape && back.map((i) => nth(knownShape(y), i))
    made.set(y, b.call(layer.kind, operands, movedAttributes(layer, order), { dtype: y.dtype, shape }))
  }
  const x = given(made.get(m.root.operand(0)))
  const perm = q.map((i) => nth(order, i))
  return { y: perm.every((p, i) => p === i) ? x : b.call('Transpose', [x], { perm }) }
}

function movedAxes(layer: Layer, order: readonly number[]): number[] {
  return given(axesOf(layer)).map((a) => nth(order, given(normalizedAxis(a, order.length))))
}

/** An axis of the transposed value is axis `order[axis]` of the value itself. */
function movedAttributes(layer: Layer, order: readonly number[]): Attributes {
  const { attributes } = layer.record
  if (WITH_AXIS.includes(layer.kind)) return { ...attributes, axis: nth(order, given(axisOf(layer, order.length))) }
  return attributes['axes'] === undefined ? attributes : { ...attributes, axes: movedAxes(layer, order) }
}

/** The constant as it broadcasts with values whose dimensions stand in the other order. Folded when the clean-up comes to it. */
function movedConstant(b: Builder, t: Tensor, perm: readonly number[]): Tensor {
  if (knownValue(t).size === 1) return t
  const shape = [...Array<number>(perm.length - given(t.rank)).fill(1), ...(t.shape as number[])]
  const full = t.rank === perm.length ? t : b.call('Reshape', [t, b.ints(...shape)])
  return b.call('Transpose', [full], { perm })
}

function transposeSinking(): PatternRewriter {
  return pattern({ name: 'Transpose sinking', root: ['Transpose'], match: matchSinking, rewrite: rewriteSinking })
}

export const SINKING = family('Clean-up', { stage: 1, exactness: 'rounding' }, [
  {
    label: 'Transpose sinking',
    equation: 'Transpose(f(Transpose(x), ..)) ⇒ Transpose(f(x, ..)), or without',
    benefit: 92,
    make: transposeSinking,
  },
])
