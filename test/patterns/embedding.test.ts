import { describe, expect, test } from 'vitest'
import { managerOf, onnxLibrary } from '../../src/patterns'
import { random } from '../engine/support'
import { expectNoMatch, expectRewrite, kindsOf } from './expect-rewrite'
import { net } from './notation'

const X =
  'in ids int64[2,5]\nin types int64[2,5]\nin short int32[2,5]\nconst word float32[9,8]\nconst type float32[2,8]\nconst table float32[7,8]\nconst p float32[1,5,8]\nconst s float32[8]\nconst b float32[8]\nconst places int64[1,5] = 0 1 2 3 4'
const KIND = 'com.microsoft.EmbedLayerNormalization'
const LABEL = 'EmbedLayerNorm'
const LN = (sum: string): string => `y = LayerNormalization<axis=-1, epsilon=0.001>(${sum}, s, b)`

describe(LABEL, () => {
  test.each([
    ['word, type and position', LN('Add(Add(Gather(word, ids), Gather(type, types)), p)'), `2 Cast, ${KIND}`],
    ['in another order', LN('Add(Gather(type, types), Add(p, Gather(word, ids)))'), `2 Cast, ${KIND}`],
    [
      'the position picked in order',
      LN('Add(Add(Gather(word, ids), Gather(type, types)), Gather(table, places))'),
      `2 Cast, ${KIND}`,
    ],
    ['ids that are int32', LN('Add(Gather(word, short), p)'), KIND],
    ['one cast for both', LN('Add(Add(Gather(word, ids), Gather(table, ids)), p)'), `Cast, ${KIND}`],
    ['rows of rank 2', `const q float32[5,8]\n${LN('Add(Gather(word, short), q)')}`, KIND],
    [
      'behind the residual form',
      'y = com.microsoft.SkipLayerNormalization<epsilon=0.001>(Add(Gather(word, ids), Gather(type, types)), p, s, b)',
      `2 Cast, ${KIND}`,
    ],
  ])('%s', async (_, body, after) => {
    const made = await expectRewrite(LABEL, net(`${X}\n${body}\nout y`), after)
    expect(made.layersOfKind(KIND)[0]!.attribute('epsilon')).toBeCloseTo(1e-3, 7)
  })
  test('a normalisation without bias, and the ε of LayerNormalization where it is not told', async () => {
    const text = `${X}\ny = LayerNormalization(Add(Gather(word, short), p), s)\nout y`
    const made = await expectRewrite(LABEL, net(text), KIND)
    expect(made.layersOfKind(KIND)[0]!.attribute('epsilon')).toBeCloseTo(1e-5, 9)
  })
  test.each([
    ['no fewer layers, by the cast', LN('Add(Gather(word, ids), p)'), /fewer than 2 layers/],
    ['no position', LN('Add(Gather(word, short), Gather(type, types))'), /another sum/],
    [
      'places out of order',
      `const odd int64[1,5] = 0 2 1 3 4\n${LN('Add(Gather(word, short), Gather(table, odd))')}`,
      /another sum/,
    ],
    ['one row for all places', `const q float32[1,1,8]\n${LN('Add(Gather(word, short), q)')}`, /another sum/],
    ['rows that differ by batch', `const q float32[2,5,8]\n${LN('Add(Gather(word, short), q)')}`, /another sum/],
    ['a table that is computed', `in w float32[9,8]\n${LN('Add(Gather(w, short), p)')}`, /another sum/],
    ['columns of a table', `const w float32[5,8]\nin i int32[8]\n${LN('Add(Gather<axis=1>(w, i), p)')}`, /another sum/],
    [
      'another axis',
      'const s2 float32[5,8]\nconst b2 float32[5,8]\ny = LayerNormalization<axis=1>(Add(Gather(word, short), p), s2, b2)',
      /last axis/,
    ],
    ['a product in the place of the sum', LN('Mul(Gather(word, short), p)'), /another sum/],
  ])('near twin: %s', (_, body, reason) => {
    expectNoMatch(LABEL, net(`${X}\n${body}\nout y`), reason)
  })
  test('near twin: the sum is seen by others', () => {
    const text = `${X}\nt = Add(Gather(word, short), p)\n${LN('t')}\nz = Relu(t)\nout y, z`
    expectNoMatch(LABEL, net(text), /another sum/)
  })
  test.each([1, 2, 3, 4])('with the whole library, where the residual form may come first (seed %i)', (seed) => {
    const one = X.replaceAll('int64[2,5]', 'int64[1,5]')
    const network = net(`${one}\n${LN('Add(Add(Gather(word, ids), Gather(type, types)), p)')}\nout y`)
    const on = onnxLibrary('ort').filter((e) => !e.optIn)
    managerOf(on, 'ort').rewrite(network, undefined, { random: random(seed) })
    expect(kindsOf(network)).toBe(`2 Cast, 1 ${KIND}`)
  })
})
