/**
 * Two layers of one kind in a row (catalogue 7, 8, 10, 11, 16).
 *
 *   Transpose(Transpose(x, p), q)  =>  Transpose(x, p[q])
 *   Reshape(Reshape(x, s), t)      =>  Reshape(x, t)
 *   Cast(Cast(x))                  =>  Cast(x), where the first loses nothing
 *   Neg(Neg(x)), Not(Not(x))       =>  x
 *   Unsqueeze, Squeeze, Flatten    =>  Reshape, where the result is static but for one size
 */
import { isStatic, sameShape } from '../../engine'
import type { DType, Layer, PatternRewriter, Tensor } from '../../engine'
import { family } from '../library'
import { found, pattern } from '../define'
import { intsOf, parentOf, permOf } from '../values'

function transposeChain(): PatternRewriter {
  return pattern({
    name: 'Transpose chain',
    root: ['Transpose'],
    match: (layer, decline) => {
      const first = parentOf(layer.input(0), 'Transpose')
      if (!first)
        return decline?.(
          'first',
          layer.input(0)?.parent ?? null,
          'Transpose',
          layer.input(0)?.parent?.kind ?? 'an input',
          { second: layer },
        )
      const p = permOf(first)
      const q = permOf(layer)
      if (!p || !q) return decline?.('perm', first, 'a known rank', 'an unknown one', { second: layer, first })
      if (p.length !== q.length)
        return decline?.('perm', layer, `an order of ${p.length} dimensions`, `one of ${q.length}`, {
          second: layer,
          first,
        })
      return found(
        layer,
        { second: layer, first },
        { x: first.input(0) },
        q.map((i) => p[i]!),
      )
    },
    rewrite: (b, m) => {
      const perm = m.data as number[]
      const x = m.tensor('x')
      return { y: perm.every((p, i) => p === i) ? x : b.call('Transpose', [x], { perm }) }
    },
  })
}

/** Reshape to a shape that needs nothing of its operand: static but for one size, which the elements that are left fill. */
function reshapeTo(t: Tensor): number[] | null {
  const { shape } = t
  if (!shape || shape.filter((d) => typeof d !== 'number').length > 1 || shape.includes(0)) return null
  return shape.map((d) => (typeof d === 'number' ? d : -1))
}

function reshapeChain(): PatternRewriter {
  return pattern({
    name: 'Reshape chain',
    root: ['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'],
    match: (layer, decline) => {
      const first = parentOf(layer.input(0), 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten')
      if (!first)
        return decline?.(
          'first',
          layer.input(0)?.parent ?? null,
          'Reshape, Squeeze, Unsqueeze or Flatten',
          layer.input(0)?.parent?.kind ?? 'an input',
          { second: layer },
        )
      const x = first.input(0)!
      const to = reshapeTo(layer.output()!) ?? copiesNothing(layer)
      if (!to)
        return decline?.(
          'shape',
          layer,
          'a shape with one unknown size at most',
          `[${layer.output()!.shape ?? '...'}]`,
          {
            second: layer,
            first,
          },
        )
      return found(layer, { second: layer, first }, { x }, to)
    },
    rewrite: (b, m) => {
      const x = m.tensor('x')
      return {
        y: sameShape(x.shape, m.root.output()!.shape)
          ? x
          : b.call('Reshape', [x, b.ints(...(m.data as number[]))], {}, m.root.output()!.record),
      }
    },
  })
}

/** The constant shape of a Reshape without sizes copied from its operand. */
function copiesNothing(layer: Layer): number[] | null {
  const shape = layer.kind === 'Reshape' ? intsOf(layer.input(1)) : null
  return shape && !shape.includes(0) ? shape : null
}

/** [..] -> [n, a, b] -> [n, b, a] -> [.., b, a]: a transpose of the last two dimensions that went through three. */
function transposeThroughReshape(): PatternRewriter {
  return pattern({
    name: 'Transpose between reshapes',
    root: ['Reshape'],
    match: (layer, decline) => {
      const transpose = parentOf(layer.input(0), 'Transpose')
      const first = parentOf(transpose?.input(0), 'Reshape')
      if (!transpose || !first || String(permOf(transpose)) !== '0,2,1') return false
      const x = first.input(0)!
      const [mid, to] = [first.output()!.shape, layer.output()!.shape]
      if (!isStatic(x.shape) || !isStatic(mid) || !isStatic(to) || to.length < 3) return false
      const before = [...to.slice(0, -2), to.at(-1)!, to.at(-2)!]
      const fits = sameShape(mid.slice(-2), before.slice(-2))
      if (!fits)
        return decline?.('shape', layer, `[.., ${mid[2]}, ${mid[1]}]`, `[${to}]`, { reshape: layer, transpose, first })
      return found(layer, { reshape: layer, transpose, first }, { x }, before)
    },
    rewrite: (b, m) => {
      const shape = m.data as number[]
      const x = m.tensor('x')
      const wide = sameShape(x.shape, shape)
        ? x
        : b.call('Reshape', [x, b.ints(...shape)], {}, { dtype: x.dtype, shape })
      return { y: b.call('Transpose', [wide], { perm: swapPerm(shape.length) }) }
    },
  })
}

function swapPerm(rank: number): number[] {
  const perm = Array.from({ length: rank }, (_, i) => i)
  return [...perm.slice(0, -2), rank - 1, rank - 2]
}

const WIDER: Readonly<Partial<Record<DType, readonly DType[]>>> = {
  float16: ['float32', 'float64'],
  bfloat16: ['float32', 'float64'],
  float32: ['float64'],
  int8: ['int16', 'int32', 'int64', 'float16', 'float32', 'float64'],
  uint8: ['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float16', 'float32', 'float64'],
  int16: ['int32', 'int64', 'float32', 'float64'],
  int32: ['int64', 'float64'],
  bool: ['uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'float32', 'float64'],
}

function castChain(): PatternRewriter {
  return pattern({
    name: 'Cast chain',
    root: ['Cast'],
    match: (layer, decline) => {
      const first = parentOf(layer.input(0), 'Cast')
      const x = first?.input(0)
      const [from, mid] = [x?.dtype, first?.output()!.dtype]
      if (!first || !x || !from || !mid) return false
      if (from !== mid && !WIDER[from]?.includes(mid))
        return decline?.('first', first, 'a cast that loses nothing', `${from} to ${mid}`, { second: layer, first })
      return found(layer, { second: layer, first }, { x })
    },
    rewrite: (b, m) => {
      const x = m.tensor('x')
      const { root } = m
      return { y: x.dtype === root.output()!.dtype ? x : b.call('Cast', [x], root.record.attributes) }
    },
  })
}

function involution(): PatternRewriter {
  return pattern({
    name: 'Double negation',
    root: ['Neg', 'Not'],
    match: (layer) => {
      const first = parentOf(layer.input(0), layer.kind)
      return first ? found(layer, { second: layer, first }, { x: first.input(0) }) : false
    },
    rewrite: (_, m) => ({ y: m.tensor('x') }),
  })
}

export const CHAINS = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Transpose chain',
    equation: 'Transpose(Transpose(x, p), q) ⇒ Transpose(x, p[q])',
    benefit: 100,
    make: transposeChain,
  },
  { label: 'Reshape chain', equation: 'Reshape(Reshape(x)) ⇒ Reshape(x)', benefit: 99, make: reshapeChain },
  {
    label: 'Transpose between reshapes',
    equation: 'Reshape(Transpose(Reshape(x))) ⇒ Transpose(x)',
    benefit: 98,
    make: transposeThroughReshape,
  },
  { label: 'Cast chain', equation: 'Cast(Cast(x)) ⇒ Cast(x)', benefit: 100, make: castChain },
  { label: 'Double negation', equation: '−(−x) ⇒ x', benefit: 100, make: involution },
])
