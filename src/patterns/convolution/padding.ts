/**
 * Padding in front of a sliding window becomes the window's own (catalogue 13).
 *
 *   Conv(Pad(x, p, 0))            =>  Conv(x), pads + p
 *   MaxPool(Pad(x, p, -∞))        =>  MaxPool(x), pads + p
 *   AveragePool(Pad(x, p, 0))     =>  AveragePool(x), pads + p, count_include_pad 1
 *
 * Preconditions: mode constant; p constant, non-negative, nothing on batch and channels; auto_pad NOTSET; of an AveragePool
 * that pads itself already, count_include_pad 1; no ceil_mode, which looks at pads in its own way; of a MaxPool, its indices
 * unused, for they count in the padded value. A pool's pads stay smaller than its kernel, which has no gaps then: runtimes
 * refuse others, and no window may lie in the padding alone.
 */
import type { Attributes, Layer, PatternRewriter } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { intsOf, parentOf, scalarOf, usedOnce } from '../values'
import { nth } from '../known'

const VALUE: Readonly<Record<string, number>> = {
  Conv: 0,
  'com.microsoft.FusedConv': 0,
  AveragePool: 0,
  MaxPool: -Infinity,
}

/** Pads of every axis, begins then ends, of a Pad that could stand in front of a window; a text where it could not. */
function paddingOf(pad: Layer, window: Layer): readonly number[] | string {
  if ((pad.attribute('mode') ?? 'constant') !== 'constant') return `mode ${String(pad.attribute('mode'))}`
  const rank = pad.input(0)?.rank ?? null
  const pads = intsOf(pad.input(1))
  if (pad.input(3) || !pads || rank === null || pads.length !== 2 * rank) return 'pads that are not constant'
  const value = pad.input(2) ? scalarOf(pad.input(2)) : 0
  if (value !== VALUE[window.kind]) return `padding by ${value ?? 'what is computed'}`
  if (pads.some((p) => p < 0)) return 'cropping'
  return [0, 1, rank, rank + 1].some((i) => pads[i] !== 0) ? 'padding of batch or channels' : pads
}

/** Whether every pad is smaller than the kernel along its axis, and the kernel has no gaps. */
function isNarrow(pool: Layer, pads: readonly number[]): boolean {
  const kernel = (pool.attribute('kernel_shape') as readonly number[] | undefined) ?? []
  const dilations = (pool.attribute('dilations') as readonly number[] | undefined) ?? []
  return dilations.every((d) => d === 1) && pads.every((p, i) => p < (kernel[i % kernel.length] ?? 0))
}

function padWindow(): PatternRewriter {
  return pattern({
    name: 'Pad and window',
    root: Object.keys(VALUE),
    match: (layer, decline) => {
      const pad = parentOf(layer.input(0), 'Pad')
      if (!pad || !usedOnce(pad.output())) return false
      const matched = { window: layer, pad }
      const pads = paddingOf(pad, layer)
      if (typeof pads === 'string')
        return decline?.('pad', pad, `constant padding by ${VALUE[layer.kind]} along space`, pads, matched)
      if ((layer.attribute('auto_pad') ?? 'NOTSET') !== 'NOTSET' || Number(layer.attribute('ceil_mode') ?? 0) !== 0)
        return decline?.('window', layer, 'explicit pads', 'auto_pad or ceil_mode', matched)
      const rank = pads.length / 2
      const own = (layer.attribute('pads') as number[] | undefined) ?? new Array<number>(2 * (rank - 2)).fill(0)
      const excludes = layer.kind === 'AveragePool' && Number(layer.attribute('count_include_pad') ?? 0) === 0
      if (excludes && own.some((p) => p !== 0))
        return decline?.('window', layer, 'no pads that do not count', 'some', matched)
      if (layer.results.slice(1).some((t) => t !== null && (t.liveUses > 0 || t.isNetworkOutput())))
        return decline?.('window', layer, 'no use of the indices', 'indices that are used', matched)
      const added = [...pads.slice(2, rank), ...pads.slice(rank + 2)]
      const all = own.map((p, i) => p + nth(added, i))
      if (layer.kind.endsWith('Pool') && !isNarrow(layer, all))
        return decline?.('pad', pad, 'less padding than the kernel is wide, without gaps', `pads [${all}]`, matched)
      return found(layer, matched, { x: pad.input(0) }, all)
    },
    rewrite: (b, m) => {
      const { root } = m
      const attributes: Attributes = {
        ...root.record.attributes,
        pads: m.data as number[],
        ...(root.kind === 'AveragePool' && { count_include_pad: 1 }),
      }
      const operands = [m.tensor('x'), ...root.operands.slice(1)]
      const made = b.layer(
        root.kind,
        operands,
        attributes,
        root.results.map((t) => t && { dtype: t.dtype, shape: t.shape }),
      )
      return { y: made.result() }
    },
  })
}

export const PADDING = family('Convolution', { stage: 2 }, [
  { label: 'Pad and window', equation: 'Conv(Pad(x, p)) ⇒ Conv(x), pads + p', benefit: 50, make: padWindow },
])
