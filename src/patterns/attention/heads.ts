/**
 * What stands around the attention core (catalogue 47, 50).
 *
 *   Attention(q, repeat(k), repeat(v))                         =>  Attention(q, k, v)     grouped keys and values
 *   Merge(Attention(Split(q), Split(k), Split(v)))             =>  Attention(q, k, v; heads)
 *
 * repeat(x) is Reshape(Expand(Unsqueeze(x, 2))); Split is Transpose(0213) of Reshape [batch, length, heads, size]; Merge the
 * other way round. Preconditions: sizes proven equal, symbolic ones by name; keys and values in the same groups.
 */
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { isPerm, parentOf, sameDim, usedOnce } from '../values'
import { beyondPlain } from './plain'
import { ONLY_HERE, otherUse, standing } from './reasons'
import { knownShape, nth } from '../known'

/** x [b, g, t, d] of a value that repeats each of its g heads n times; null where it is none. */
function repeated(t: Tensor, layers: Record<string, Layer>, part: string): Tensor | null {
  const reshape = parentOf(t, 'Reshape')
  const expand = parentOf(reshape?.input(0), 'Expand')
  const unsqueeze = parentOf(expand?.input(0), 'Unsqueeze', 'Reshape')
  const x = unsqueeze?.input(0)
  if (!reshape || !expand || !unsqueeze || !x || x.rank !== 4 || t.rank !== 4) return null
  const [from, one, wide, to] = [knownShape(x), unsqueeze.result().shape, expand.result().shape, knownShape(t)]
  if (one?.length !== 5 || wide?.length !== 5 || one[2] !== 1) return null
  const same =
    [0, 1].every((i) => sameDim(one[i], from[i]) && sameDim(wide[i], from[i])) &&
    [2, 3].every((i) => sameDim(one[i + 1], from[i]) && sameDim(wide[i + 1], from[i]) && sameDim(to[i], from[i]))
  const [g, n, h] = [wide[1], wide[2], to[1]]
  if (!same || !sameDim(to[0], from[0]) || typeof g !== 'number' || typeof n !== 'number' || h !== g * n) return null
  Object.assign(layers, { [`${part}Reshape`]: reshape, [`${part}Expand`]: expand, [`${part}Unsqueeze`]: unsqueeze })
  return x
}

function groupedHeads(): PatternRewriter {
  return pattern({
    name: 'Grouped heads',
    root: ['Attention'],
    parts: 7,
    match: (layer, decline) => {
      const layers: Record<string, Layer> = { attention: layer }
      const [k, v] = [layer.input(1), layer.input(2)]
      if (!k || !v) return false
      const kx = repeated(k, layers, 'key')
      const vx = repeated(v, layers, 'value')
      if (!kx || !vx)
        return decline?.(
          'repeat',
          (kx ? v : k).parent,
          `${kx ? 'values' : 'keys'} repeated for several query heads, Reshape(Expand(Unsqueeze(x, 2)))`,
          standing(kx ? v : k),
          layers,
        )
      if (!sameDim(knownShape(kx)[1], knownShape(vx)[1]))
        return decline?.(
          'repeat',
          layer,
          'keys and values in the same groups',
          `${knownShape(kx)[1]} groups of keys and ${knownShape(vx)[1]} of values`,
          layers,
        )
      return found(layer, layers, { kx, vx })
    },
    rewrite: (b, m) => {
      const { root } = m
      const operands = root.operands.map((t, i) => (i === 1 ? m.tensor('kx') : i === 2 ? m.tensor('vx') : t))
      return { y: b.call('Attention', operands, root.record.attributes, root.result().record) }
    },
  })
}

/** x [b, t, heads * size] of a value that is its heads [b, heads, t, size]; null where it is none. */
function splitOf(t: Tensor | null, layers: Record<string, Layer>, part: string): Tensor | null {
  const transpose = t?.parent ?? null
  if (!t || !isPerm(transpose, 0, 2, 1, 3)) return null
  const reshape = parentOf(transpose.input(0), 'Reshape')
  const x = reshape?.input(0)
  const heads = reshape?.output()?.shape
  if (!reshape || !x || x.rank !== 3 || heads?.length !== 4) return null
  const [h, d] = [heads[2], heads[3]]
  const fits =
    sameDim(knownShape(x)[0], heads[0]) &&
    sameDim(knownShape(x)[1], heads[1]) &&
    typeof h === 'number' &&
    typeof d === 'number' &&
    knownShape(x)[2] === h * d
  if (!fits) return null
  Object.assign(layers, { [`${part}Transpose`]: transpose, [`${part}Reshape`]: reshape })
  return x
}

function matchHeads(root: Layer, decline: Decline): Outcome {
  const transpose = root.input(0)?.parent ?? null
  if (!isPerm(transpose, 0, 2, 1, 3))
    return decline?.('transpose', transpose, 'Transpose<perm=[0,2,1,3]>, which merges heads', standing(root.input(0)), {
      merge: root,
    })
  const y = transpose.input(0)
  const attention = parentOf(y, 'Attention')
  if (!attention || !y)
    return decline?.('attention', y?.parent ?? null, 'Attention', standing(y), {
      merge: root,
      transpose,
    })
  const layers: Record<string, Layer> = { merge: root, transpose, attention }
  const more = beyondPlain(attention)
  if (more) return decline?.('attention', attention, 'q, k, v and a mask alone', more, layers)
  if (!usedOnce(y) || !usedOnce(root.input(0)))
    return decline?.(
      'attention',
      attention,
      ONLY_HERE,
      usedOnce(y) ? otherUse(root.operand(0), root) : otherUse(y, transpose),
      layers,
      'use',
    )
  const [q, k, v] = ['query', 'key', 'value'].map((part, i) => splitOf(attention.input(i), layers, part))
  const missing = !q ? 0 : !k ? 1 : !v ? 2 : -1
  if (!q || !k || !v)
    return decline?.(
      nth(['query', 'key', 'value'], missing),
      attention.input(missing)?.parent ?? null,
      'Transpose<perm=[0,2,1,3]>(Reshape(x)), which splits x [batch, length, width] into heads',
      standing(attention.input(missing)),
      layers,
    )
  const [heads, merged] = [y.shape, root.result().shape]
  if (heads?.length !== 4) return decline?.('attention', attention, 'heads of rank 4', `[${heads ?? '…'}]`, layers)
  const size = typeof heads[1] === 'number' && typeof heads[3] === 'number' ? heads[1] * heads[3] : null
  const fits =
    merged?.length === 3 && sameDim(merged[0], heads[0]) && sameDim(merged[1], heads[2]) && merged[2] === size
  if (!fits)
    return decline?.(
      'merge',
      root,
      `heads merged to [batch, length, ${size ?? 'heads · size'}]`,
      `[${merged ?? '…'}]`,
      layers,
    )
  return found(root, layers, { q, k, v })
}

function mergedHeads(): PatternRewriter {
  return pattern({
    name: 'Attention heads',
    root: ['Reshape'],
    parts: 9,
    match: matchHeads,
    rewrite: (b, m) => {
      const attention = m.layer('attention')
      const attributes = {
        ...attention.record.attributes,
        q_num_heads: Number(knownShape(attention.operand(0))[1]),
        kv_num_heads: Number(knownShape(attention.operand(1))[1]),
      }
      return {
        y: b.call(
          'Attention',
          [m.tensor('q'), m.tensor('k'), m.tensor('v'), attention.input(3)],
          attributes,
          m.root.result().record,
        ),
      }
    },
  })
}

export { groupedHeads, mergedHeads }
