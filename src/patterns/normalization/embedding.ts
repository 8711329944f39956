/**
 * Embeddings that are added up and normalised (catalogue 52); com.microsoft.
 *
 *   LayerNormalization(word[ids] + position [+ type[types]], s, b)   =>   EmbedLayerNormalization(ids, types, word, position, type, s, b)
 *
 * Preconditions: ids of rank 2 and tables of rank 2, all of one width; the position constant, one row for each of a static
 * number of places, or picked by the constants 0, 1, 2, ..; s and b of rank 1; nothing else sees the sums. Ids are cast to
 * int32 where they are not. It takes place only where layers become fewer, as compared to what SkipLayerNormalization
 * leaves. ε is copied always: the defaults differ.
 */
import { ConstantValue } from '../../engine'
import type { Layer, PatternRewriter, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { family } from '../library'
import { constantOf, intsOf, isLastAxis, parentOf, sameDim, usedOnce } from '../values'
import { knownShape, nth } from '../known'

const SKIP = 'com.microsoft.SkipLayerNormalization'

/** A row of `table` for each of `ids`. */
interface Lookup {
  readonly gather: Layer
  readonly table: Tensor
  readonly ids: Tensor
}

/** Gather of whole rows of a constant table, used once; null for anything else. */
function lookupOf(t: Tensor): Lookup | null {
  const gather = parentOf(t, 'Gather')
  const [table, ids] = [gather?.input(0), gather?.input(1)]
  if (!gather || !table || !ids || table.rank !== 2 || !constantOf(table) || !usedOnce(t)) return null
  return Number(gather.attribute('axis') ?? 0) === 0 ? { gather, table, ids } : null
}

interface Sum {
  readonly terms: readonly Tensor[]
  readonly adds: readonly Layer[]
}

/** What a normalisation adds up before it normalises, through Adds that nothing else sees. */
function sumOf(norm: Layer): Sum {
  const adds: Layer[] = []
  const termsOf = (t: Tensor): Tensor[] => {
    const add = parentOf(t, 'Add')
    if (!add || !usedOnce(t) || adds.length >= 2) return [t]
    adds.push(add)
    return add.getInputs().flatMap(termsOf)
  }
  const operands = norm.kind === SKIP ? [norm.operand(0), norm.operand(1)] : [norm.operand(0)]
  return { terms: operands.flatMap(termsOf), adds }
}

/** The rows for the places 0 .. length - 1, as [rows, width]; null unless they are constant. */
function positionRows(t: Tensor, length: number, width: number): ConstantValue | Tensor | null {
  const value = t.value
  if (value?.isAvailable) {
    const shape = value.shape
    const fits = value.size === length * width && shape.at(-1) === width && shape.at(-2) === length
    return fits ? value.reshaped([length, width]) : null
  }
  const lookup = lookupOf(t)
  const places = lookup && lookup.ids.value && intsOf(lookup.ids)
  if (!lookup || places?.length !== length || !places.every((p, i) => p === i)) return null
  const { ids, table } = lookup
  return ids.shape?.at(-1) === length && table.shape?.[1] === width ? table : null
}

interface Parts {
  readonly word: Lookup
  readonly type: Lookup | null
  readonly rows: ConstantValue | Tensor
}

/** The terms as a word, a position and perhaps a type; null where one of them is something else. */
function partsOf(terms: readonly Tensor[]): Parts | null {
  const looked: Lookup[] = []
  const rest: Tensor[] = []
  for (const t of terms) {
    const lookup = lookupOf(t)
    if (lookup && !lookup.ids.isConstant) looked.push(lookup)
    else rest.push(t)
  }
  const [word, type] = looked
  const [length, width] = [word?.ids.shape?.[1], word?.table.shape?.[1]]
  if (!word || looked.length > 2 || rest.length !== 1 || typeof length !== 'number' || typeof width !== 'number')
    return null
  if (word.ids.rank !== 2) return null
  const alike =
    !type || (type.ids.rank === 2 && [0, 1].every((i) => sameDim(knownShape(type.ids)[i], knownShape(word.ids)[i])))
  if (!alike || (type && type.table.shape?.[1] !== width)) return null
  const rows = positionRows(nth(rest, 0), length, width)
  return rows && { word, type: type ?? null, rows }
}

/** Casts that the ids need. */
function castsOf({ word, type }: Parts): number {
  const ids = new Set([word.ids, ...(type ? [type.ids] : [])])
  return [...ids].filter((t) => t.dtype !== 'int32').length
}

function matchEmbedding(norm: Layer, decline: Decline): Outcome {
  const { terms, adds } = sumOf(norm)
  const parts = terms.length === 2 || terms.length === 3 ? partsOf(terms) : null
  if (!parts)
    return decline?.('norm', norm, 'rows of a table for ids [batch, places], constant rows for places', 'another sum', {
      norm,
    })
  const { word, type } = parts
  const layers: Record<string, Layer> = { norm, word: word.gather, ...(type && { type: type.gather }) }
  adds.forEach((l, i) => (layers[`add${i}`] = l))
  if (norm.kind === SKIP ? norm.input(4) : !isLastAxis(Number(norm.attribute('axis') ?? -1), norm.operand(0).rank))
    return decline?.('norm', norm, 'the last axis, and no further bias', 'another', layers)
  if (norm.results.slice(1).some((t) => t && (t.liveUses > 0 || t.isNetworkOutput())))
    return decline?.('norm', norm, 'one result in use', 'several', layers)
  const vectors = [norm.input(norm.kind === SKIP ? 2 : 1), norm.input(norm.kind === SKIP ? 3 : 2)]
  if (vectors.some((t) => t && (t.rank !== 1 || !sameDim(t.shape?.[0], word.table.shape?.[1]))))
    return decline?.('norm', norm, 'scale and bias along the last axis', 'others', layers)
  if (norm.result().dtype !== 'float32') return decline?.('norm', norm, 'float32', String(norm.result().dtype), layers)
  const [before, after] = [terms.length - 1 + (type ? 2 : 1), 1 + castsOf(parts)]
  if (after >= before)
    return decline?.('word', word.gather, `fewer than ${before} layers`, `${after} by the casts`, layers)
  return found(norm, layers, {}, parts)
}

function embedLayerNorm(): PatternRewriter {
  return pattern({
    name: 'EmbedLayerNorm',
    root: ['LayerNormalization', SKIP],
    match: matchEmbedding,
    rewrite: (b, m) => {
      const norm = m.root
      const { word, type, rows } = m.data as Parts
      const whole = new Map<Tensor, Tensor>()
      const int32 = (t: Tensor): Tensor => {
        const ids = whole.get(t) ?? (t.dtype === 'int32' ? t : b.call('Cast', [t], { to: 6 }))
        whole.set(t, ids)
        return ids
      }
      const at = norm.kind === SKIP ? 2 : 1
      const width = Number(knownShape(word.table)[1])
      const operands = [
        int32(word.ids),
        type && int32(type.ids),
        word.table,
        rows instanceof ConstantValue ? b.keep(rows, 'position') : rows,
        type && type.table,
        norm.input(at),
        norm.input(at + 1) ?? b.constant('float32', [width], new Float64Array(width), 'bias'),
      ]
      const epsilon = Number(norm.attribute('epsilon'))
      const { dtype, shape } = m.tensor('y')
      // Nothing reads the second result, but ONNX Runtime's shape inference needs it there.
      const outputs = [
        { dtype, shape },
        { dtype: 'int32' as const, shape: shape && [shape[0] ?? null] },
      ]
      return { y: b.layer('com.microsoft.EmbedLayerNormalization', operands, { epsilon }, outputs).result() }
    },
  })
}

export const EMBEDDING = family('Normalization', { stage: 3, targets: ['ort'] }, [
  {
    label: 'EmbedLayerNorm',
    equation: 'LayerNorm(word[ids] + position [+ type[types]]) ⇒ EmbedLayerNorm',
    benefit: 45,
    assumes: 'ids are not negative: ONNX counts such ones from behind, the kernel refuses them',
    make: embedLayerNorm,
  },
])
