/**
 * Means over all of space (catalogue 32).
 *
 *   ReduceMean(x, spatial axes), keepdims     =>  GlobalAveragePool(x)
 *   AveragePool(x), a window over everything  =>  GlobalAveragePool(x)
 *   Flatten(GlobalAveragePool(x))             =>  ReduceMean(x, spatial axes)       Reshape and Squeeze alike
 *
 * Preconditions: rank 4 or 5, since a mean over the last of three axes is part of a normalisation far more often than a pool;
 * all spatial axes and no others; of AveragePool no padding, and the window as large as the input, whose size
 * is known; of Flatten a result [N, C]; no size of 0, of which a mean is another shape in ONNX Runtime.
 */
import type { Layer, PatternRewriter } from '../../engine'
import { sameShape } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { axesOf, normalizedAxis, parentOf, usedOnce } from '../values'
import { given, knownShape } from '../known'

/** Types that runtimes have pooling kernels for. */
const RUNS: readonly (string | null)[] = ['float32', 'float16']

function spatialAxes(rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, i) => i + 2)
}

function globalPool(): PatternRewriter {
  return pattern({
    name: 'Global average pool',
    root: ['ReduceMean', 'AveragePool'],
    match: (layer, decline) => {
      const x = layer.input(0)
      const rank = x?.rank ?? null
      if (!x || rank === null || rank < 4 || rank > 5 || !RUNS.includes(x.dtype)) return false
      if (knownShape(x).includes(0)) return decline?.('mean', layer, 'elements', `none: [${knownShape(x)}]`)
      const why = layer.kind === 'ReduceMean' ? notOverSpace(layer, rank) : notWhole(layer)
      return why === null
        ? found(layer, { mean: layer }, { x })
        : decline?.('mean', layer, 'a mean over all of space', why)
    },
    rewrite: (b, m) => ({ y: b.call('GlobalAveragePool', [m.tensor('x')], {}, m.tensor('y').record) }),
  })
}

function notOverSpace(layer: Layer, rank: number): string | null {
  if (Number(layer.attribute('keepdims') ?? 1) !== 1) return 'the axes are dropped'
  const axes = axesOf(layer)?.map((a) => given(normalizedAxis(a, rank)))
  const isSpace = axes && String([...axes].sort((a, b) => a - b)) === String(spatialAxes(rank))
  return isSpace ? null : `axes ${axes ?? 'not known'}`
}

function notWhole(layer: Layer): string | null {
  const space = knownShape(layer.operand(0)).slice(2)
  const kernel = layer.attribute('kernel_shape') as readonly number[] | undefined
  const pads = layer.attribute('pads') as readonly number[] | undefined
  if (pads?.some((p) => p !== 0) || (layer.attribute('auto_pad') ?? 'NOTSET') !== 'NOTSET') return 'padding'
  if ((layer.attribute('dilations') as readonly number[] | undefined)?.some((d) => d !== 1)) return 'dilation'
  return kernel && sameShape(kernel, space) ? null : `a window [${kernel ?? ''}] over [${space}]`
}

function poolAndFlatten(): PatternRewriter {
  return pattern({
    name: 'Pool and flatten',
    root: ['Flatten', 'Reshape', 'Squeeze'],
    match: (layer, decline) => {
      const pool = parentOf(layer.input(0), 'GlobalAveragePool')
      if (!pool || !usedOnce(pool.output())) return false
      const [x, y] = [pool.operand(0), layer.result()]
      const matched = { flatten: layer, pool }
      if (x.rank === null || !sameShape(y.shape, knownShape(x).slice(0, 2)))
        return decline?.('flatten', layer, `[${x.shape?.slice(0, 2) ?? '...'}]`, `[${y.shape ?? '...'}]`, matched)
      return found(layer, matched, { x }, spatialAxes(x.rank))
    },
    rewrite: (b, m) => {
      const axes = m.data as number[]
      const byOperand = b.network.opsetOf('ReduceMean') >= 18
      const operands = byOperand ? [m.tensor('x'), b.ints(...axes)] : [m.tensor('x')]
      const attributes = byOperand ? { keepdims: 0 } : { keepdims: 0, axes }
      return { y: b.call('ReduceMean', operands, attributes, m.tensor('y').record) }
    },
  })
}

export const POOLING = family('Convolution', { stage: 4 }, [
  {
    label: 'Global average pool',
    equation: 'ReduceMean(x, space) ⇒ GlobalAveragePool(x)',
    benefit: 30,
    make: globalPool,
  },
  {
    label: 'Pool and flatten',
    equation: 'Flatten(GlobalAveragePool(x)) ⇒ ReduceMean(x, space)',
    benefit: 20,
    make: poolAndFlatten,
  },
])
