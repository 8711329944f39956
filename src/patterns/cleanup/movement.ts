/**
 * Data that is moved for nothing (catalogue 12, 17, 18).
 *
 *   Concat(Split(x)) in order along one axis       =>  x
 *   Slice(Concat(.., x, ..)) of exactly x          =>  x
 *   f(Expand(x), y), y of the expanded shape        =>  f(x, y)          f broadcasts
 *
 * Preconditions: the same axis, every part once and in order; sizes static.
 */
import { isStatic, sameShape } from '../../engine'
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { intsOf, normalizedAxis, parentOf } from '../values'
import { given, nth } from '../known'

function splitThenConcat(): PatternRewriter {
  return pattern({
    name: 'Split then Concat',
    root: ['Concat'],
    match: (layer, decline) => {
      const split = parentOf(layer.input(0), 'Split')
      if (!split) return false
      const inOrder = layer.numInputs === split.numOutputs && layer.operands.every((t, i) => t === split.output(i))
      const rank = layer.result().rank
      const axes = [layer, split].map((l) => normalizedAxis(Number(l.attribute('axis') ?? 0), rank))
      if (!inOrder || axes[0] === null || axes[0] !== axes[1])
        return decline?.(
          'concat',
          layer,
          'every part once, in order, along the axis of the split',
          'another arrangement',
          { concat: layer, split },
        )
      return found(layer, { concat: layer, split }, { x: split.input(0) })
    },
    rewrite: (_, m) => ({ y: m.tensor('x') }),
  })
}

function sliceOfConcat(): PatternRewriter {
  return pattern({
    name: 'Slice of Concat',
    root: ['Slice'],
    match: (layer, decline) => {
      const concat = parentOf(layer.input(0), 'Concat')
      if (!concat) return false
      const [starts, ends, axes] = [1, 2, 3].map((i) => intsOf(layer.input(i)))
      const steps = layer.input(4) ? intsOf(layer.input(4)) : [1]
      if (starts?.length !== 1 || ends?.length !== 1 || axes?.length !== 1 || steps?.[0] !== 1) return false
      const rank = layer.result().rank
      const axis = normalizedAxis(nth(axes, 0), rank)
      if (axis === null || axis !== normalizedAxis(Number(concat.attribute('axis')), rank)) return false
      let at = 0
      for (const t of concat.getInputs()) {
        const size = t.shape?.[axis]
        if (typeof size !== 'number') break
        if (at === starts[0] && at + size === ends[0]) return found(layer, { slice: layer, concat }, { x: t })
        at += size
      }
      return decline?.('slice', layer, 'exactly one of the parts', `[${starts[0]}, ${ends[0]})`, {
        slice: layer,
        concat,
      })
    },
    rewrite: (_, m) => ({ y: m.tensor('x') }),
  })
}

/** Not Max and Min: which of 0 and -0 they give is another thing where one operand is broadcast. */
const BROADCASTING = [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Where',
  'Equal',
  'Less',
  'Greater',
  'LessOrEqual',
  'GreaterOrEqual',
  'And',
  'Or',
]

function expandBeforeBroadcast(): PatternRewriter {
  return pattern({
    name: 'Expand before a broadcast',
    root: BROADCASTING,
    needs: ['Expand'],
    match: (layer, decline) => {
      const at = expandedOperand(layer)
      if (at < 0) return false
      const expand = given(layer.operand(at).parent)
      const x = expand.operand(0)
      const others = layer.getInputs().filter((_, i) => i !== at)
      const shape = layer.result().shape
      const covered =
        shape !== null && (others.some((t) => sameShape(t.shape, shape)) || sameShape(broadcast([x, ...others]), shape))
      if (!covered)
        return decline?.('expand', expand, 'other operands that give the shape already', `[${shape ?? '...'}]`, {
          root: layer,
          expand,
        })
      return found(layer, { root: layer, expand }, { x }, at)
    },
    rewrite: (b, m) => {
      const { root } = m
      const operands = root.operands.map((t, i) => (i === m.data ? m.tensor('x') : t))
      return { y: b.call(root.kind, operands, root.record.attributes, root.result().record) }
    },
  })
}

function expandedOperand(layer: Layer): number {
  for (let i = 0; i < layer.numInputs; i++) if (layer.input(i)?.parent?.record.kind === 'Expand') return i
  return -1
}

/** The shape that static shapes broadcast to; null where one is not static. */
function broadcast(tensors: readonly Tensor[]): number[] | null {
  let to: number[] = []
  for (const t of tensors) {
    if (!isStatic(t.shape)) return null
    const rank = Math.max(to.length, t.shape.length)
    const [a, b] = [to, t.shape].map((s) => [...Array<number>(rank - s.length).fill(1), ...s])
    if (given(a).some((d, i) => d !== 1 && given(b)[i] !== 1 && d !== given(b)[i])) return null
    to = given(a).map((d, i) => (d === 1 ? nth(given(b), i) : d))
  }
  return to
}

export const MOVEMENT = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  { label: 'Split then Concat', equation: 'Concat(Split(x)) ⇒ x', benefit: 94, make: splitThenConcat },
  { label: 'Slice of Concat', equation: 'Slice(Concat(.., x, ..)) ⇒ x', benefit: 94, make: sliceOfConcat },
  {
    label: 'Expand before a broadcast',
    equation: 'f(Expand(x), y) ⇒ f(x, y)',
    benefit: 93,
    make: expandBeforeBroadcast,
  },
])
