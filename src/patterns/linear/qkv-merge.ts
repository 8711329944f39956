/**
 * Several projections of one value in one product (catalogue 46).
 *
 *   x·Wq, x·Wk, x·Wv   =>   Split(x·[Wq Wk Wv])
 *
 * Horizontal: the products share nothing but x. Preconditions: constant weights of rank 2 and one type; three or more of them,
 * as for two nothing is won; no other operand, so that no result can feed another.
 */
import type { Layer, PatternRewriter } from '../../engine'
import { Match } from '../../engine'
import { pattern } from '../define'
import type { Decline, Outcome } from '../define'
import { joinColumns } from '../elements'
import { family } from '../library'
import { knownValue, nth } from '../known'

const MOST_USERS = 64

function matchSiblings(root: Layer, decline: Decline): Outcome {
  const x = root.input(0)
  const weight = root.input(1)?.value
  if (!x || !weight?.isAvailable || weight.shape.length !== 2 || !x.rank || x.rank < 2) return false
  const siblings: Layer[] = []
  if (x.liveUses > MOST_USERS) return decline?.('x', x.parent, `at most ${MOST_USERS} users of x`, `${x.liveUses}`)
  for (const user of x.getUsers()) {
    const w = user.input(1)?.value
    const fits =
      user.kind === 'MatMul' &&
      user.input(0) === x &&
      w?.isAvailable &&
      w.shape.length === 2 &&
      w.dtype === weight.dtype
    if (fits && !user.result().isNetworkOutput()) siblings.push(user)
  }
  root.network.inOrder(siblings)
  if (siblings.length < 3)
    return decline?.('siblings', root, 'three products of x and constants', `${siblings.length}`, { first: root })
  if (siblings[0] !== root) return false
  const layers = new Map(siblings.map((l, i) => [`product${i}`, l]))
  return new Match(root, layers, new Map([['x', x], ...siblings.map((l, i) => [`y${i}`, l.result()] as const)]))
}

function mergeProjections(): PatternRewriter {
  return pattern({
    name: 'Merged projections',
    root: ['MatMul'],
    match: matchSiblings,
    rewrite: (b, m) => {
      const products = [...m.layers.values()]
      const weights = products.map((l) => knownValue(l.operand(1)))
      const widths = weights.map((w) => nth(w.shape, 1))
      const x = m.tensor('x')
      const width = widths.reduce((a, c) => a + c, 0)
      const type = { dtype: x.dtype, shape: x.shape && [...x.shape.slice(0, -1), width] }
      const product = b.call('MatMul', [x, b.keep(joinColumns(weights), 'merged_weight')], {}, type)
      const split = b.layer(
        'Split',
        [product, b.ints(...widths)],
        { axis: -1 },
        products.map((l) => l.result().record).map((t) => ({ dtype: t.dtype, shape: t.shape })),
      )
      return Object.fromEntries(products.map((_, i) => [`y${i}`, split.result(i)]))
    },
  })
}

export const MERGE = family('Linear', { stage: 4 }, [
  {
    label: 'Merged projections',
    equation: 'x·Wq, x·Wk, x·Wv ⇒ Split(x·[Wq Wk Wv])',
    benefit: 20,
    make: mergeProjections,
  },
])
