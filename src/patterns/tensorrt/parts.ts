/**
 * Parts that are nothing, and parts that are everything:
 *
 *     CONCATENATION(x, empty)                      =>  x            empty: of size 0 along the axis
 *     SLICE<start=0, stride=1>(x), sizes those of x =>  x
 *
 * Preconditions: every size is known, or has the same name on both sides; where several parts have elements they stay joined.
 */
import { elementsOf } from '../../dialects/tensorrt'
import { compatibleShapes } from '../../engine'
import type { Layer, Shape, Tensor } from '../../engine'
import { found, pattern } from '../define'
import type { Outcome } from '../define'
import { given } from '../known'
import { family } from '../library'
import { normalizedAxis } from '../values'
import { whereUsed } from './values'

function matchEmpty(layer: Layer): Outcome {
  const y = layer.result()
  const { rank } = y
  const named = layer.attribute('axis')
  if (rank === null || layer.operands.includes(null)) return false
  const axis = typeof named === 'number' ? normalizedAxis(named, rank) : Math.max(rank - 3, 0)
  if (axis === null) return false
  const parts = layer.getInputs()
  const left = parts.filter((t) => t.shape?.[axis] !== 0)
  const isWhole = parts.every((t) => t.rank === rank && t.dtype === y.dtype)
  if (!isWhole || left.length === 0 || left.length === parts.length) return false
  const [x] = left
  const sizes = left.map((t) => t.shape?.[axis])
  const size = sizes.reduce<number>((n, d) => n + (typeof d === 'number' ? d : NaN), 0)
  const said = y.shape?.[axis]
  if (typeof said === 'number' && !Number.isNaN(size) && said !== size) return false
  return left.length > 1 || compatibleShapes(x!.shape, y.shape) ? found(layer, { layer }, {}, { left, axis }) : false
}

/** What an operand or an attribute of a SLICE says; null for what is not known. */
function listOf(layer: Layer, operand: number, name: string): Shape | null {
  const t = layer.input(operand)
  const own = layer.attribute(name)
  return t ? elementsOf(t) : Array.isArray(own) ? (own as Shape) : null
}

function matchEverything(layer: Layer): Outcome {
  const x = layer.input(0)
  const shape = x?.shape
  const [start, sizes, stride] = [listOf(layer, 1, 'start'), listOf(layer, 2, 'shape'), listOf(layer, 3, 'stride')]
  if (!x || !shape || layer.input(4) || layer.input(5) || layer.attribute('axes') || sizes?.length !== shape.length)
    return false
  const isAll = sizes.every((d, i) => d !== null && d === shape[i] && start?.[i] === 0 && stride?.[i] === 1)
  return isAll && compatibleShapes(shape, layer.result().shape) ? found(layer, { layer }, { x }) : false
}

export const parts = family('TensorRT: sizes', { stage: 1, exactness: 'exact', benefit: 15 }, [
  {
    label: 'Part of nothing',
    equation: 'CONCATENATION(x, empty) ⇒ x',
    make: () =>
      pattern({
        name: 'no-part',
        root: ['CONCATENATION'],
        match: whereUsed(matchEmpty),
        rewrite: (b, m) => {
          const { left, axis } = m.data as { left: readonly Tensor[]; axis: number }
          const { dtype, shape } = m.tensor('y')
          return { y: left.length === 1 ? given(left[0]) : b.call('CONCATENATION', left, { axis }, { dtype, shape }) }
        },
      }),
  },
  {
    label: 'Slice of everything',
    equation: 'SLICE(x) ⇒ x',
    benefit: 20,
    make: () =>
      pattern({
        name: 'no-slice',
        root: ['SLICE'],
        match: whereUsed(matchEverything),
        rewrite: (_, m) => ({ y: m.tensor('x') }),
      }),
  },
])
