/**
 * Gathers that pick everything in order (catalogue 17, seen in exported masks).
 *
 *   Gather(x, [0, 1, .. n-1]) along an axis of n       =>  Reshape(x)
 *   GatherND(x, every index of x in order)             =>  Reshape(x)
 *
 * Preconditions: constant indices, static sizes.
 */
import { isStatic, sameShape } from '../../engine'
import type { Layer, PatternRewriter } from '../../engine'
import { found, pattern } from '../define'
import { family } from '../library'
import { normalizedAxis } from '../values'

const LARGEST = 1 << 16

/** Whether a Gather's indices are 0 .. n-1 for its axis of size n. */
function picksAll(layer: Layer): boolean {
  const [x, indices] = [layer.operand(0), layer.operand(1).value]
  if (!indices?.isAvailable || indices.size > LARGEST || !isStatic(x.shape)) return false
  const values = indices.numbers()
  if (layer.kind === 'GatherND') return picksEveryIndex(layer, x.shape, values)
  const axis = normalizedAxis(Number(layer.attribute('axis') ?? 0), x.rank)
  if (axis === null || x.shape[axis] !== values.length) return false
  for (let i = 0; i < values.length; i++) if (values[i] !== i) return false
  return true
}

/** The rows of GatherND's indices are the index tuples of x, in row-major order. */
function picksEveryIndex(layer: Layer, shape: readonly number[], values: ArrayLike<number>): boolean {
  const width = Number(layer.operand(1).value!.shape.at(-1))
  const count = shape.slice(0, width).reduce((a, b) => a * b, 1)
  if (Number(layer.attribute('batch_dims') ?? 0) !== 0 || values.length !== count * width) return false
  for (let row = 0; row < count; row++) {
    let rest = row
    for (let c = width - 1; c >= 0; c--) {
      if (values[row * width + c] !== rest % shape[c]!) return false
      rest = Math.floor(rest / shape[c]!)
    }
  }
  return true
}

function gatherAll(): PatternRewriter {
  return pattern({
    name: 'Identity Gather',
    root: ['Gather', 'GatherND'],
    match: (layer, decline) => {
      const to = layer.result().shape
      // Reshape takes a size of 0 for one of its operand.
      if (!isStatic(to) || to.includes(0) || !picksAll(layer))
        return decline?.('indices', layer, 'constant indices that pick everything in order', 'others')
      return found(layer, { gather: layer }, { x: layer.input(0) }, to)
    },
    rewrite: (b, m) => {
      const x = m.tensor('x')
      const to = m.data as readonly number[]
      return { y: sameShape(x.shape, to) ? x : b.call('Reshape', [x, b.ints(...to)], {}, m.tensor('y').record) }
    },
  })
}

export const GATHERS = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  { label: 'Identity Gather', equation: 'Gather(x, 0 .. n−1) ⇒ Reshape(x)', benefit: 97, make: gatherAll },
])
