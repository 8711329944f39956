import { describe, expect, test } from 'vitest'
import { expectNoMatch, expectRewrite } from './expect-rewrite'
import { net } from './notation'

const X =
  'in x float32[2,6,4,4]\nconst apart int64[3] = 0 3 -1\nconst back int64[4] = 2 6 4 4\nconst s float32[6,1,1]\nconst b float32[6,1,1]\nconst one float32[3] = 1\nconst zero float32[3] = 0'
const NORM = 'InstanceNormalization<epsilon=0.001>(Reshape(x, apart), one, zero)'
const Y = `y = Add(Mul(Reshape(${NORM}, back), s), b)`
const LABEL = 'GroupNorm'

const target = 'onnx'

describe('GroupNorm', () => {
  test.each([
    ['scale and bias', Y, ''],
    ['operands swapped', `y = Add(b, Mul(s, Reshape(${NORM}, back)))`, ''],
    ['of rank 4, as PyTorch writes them', `const t float32[1,6,1,1]\ny = Add(Mul(Reshape(${NORM}, back), t), b)`, ''],
    ['one for all', `y = Add(Mul(Reshape(${NORM}, back), 2), b)`, ''],
    ['back by Shape', `y = Add(Mul(Reshape(${NORM}, Shape(x)), s), b)`, ''],
    ['neither scale nor bias', `y = Relu(Reshape(${NORM}, back))`, ', Relu'],
    ['a scale that is computed stays behind', `in t float32[6,1,1]\n${Y.replace(', s)', ', t)')}`, ', Add, Mul'],
    ['SiLU behind', `${Y.replace('y =', 'h =')}\ny = Mul(h, Sigmoid(h))`, ', Mul, Sigmoid'],
  ])('%s', async (_, body, more) => {
    const after = await expectRewrite(LABEL, net(`${X}\n${body}\nout y`), `GroupNormalization${more}`, { target })
    const made = after.layersOfKind('GroupNormalization')[0]!
    expect(made.attribute('num_groups')).toBe(3)
    expect(made.attribute('epsilon')).toBeCloseTo(1e-3, 7)
  })
  test('a symbolic batch', async () => {
    const text = `${X.replace('[2,6,4,4]', '[N,6,4,4]')}\n${Y.replace('back)', 'Shape(x))')}\nout y`
    await expectRewrite(
      LABEL,
      net(text),
      `const a float32[6] = ?
        const c float32[6] = ?
        y = GroupNormalization<num_groups=3, epsilon=0.001>(x, a, c)`,
      { target },
    )
  })
})

describe('near twins of GroupNorm', () => {
  test.each([
    ['a scale in the normalisation', Y.replace('one', 'two'), /scale of 1/],
    ['back to another shape', `const other int64[4] = 2 6 2 8\n${Y.replace('back', 'other')}`, /back|\[2,6,2,8\]/],
    ['a batch that is shared out too', Y.replace('apart', 'mixed'), /batch, groups/],
    ['a scale along the columns', `const t float32[4]\n${Y.replace(', s)', ', t)')}`, /a channel/],
    ['the bias alone', `y = Add(Reshape(${NORM}, back), b)`, /may be its scale or bias/],
    ['the scale alone', `y = Mul(Reshape(${NORM}, back), s)`, /may be its scale or bias/],
    [
      'another user of the product',
      `${Y.replace('y = Add(Mul', 'm = Mul').replace(', b)', '')}\ny = Mul(Add(m, b), m)`,
      /several users/,
    ],
  ])('%s', (_, body, reason) => {
    const text = `${X}\nconst two float32[3] = 2\nconst mixed int64[3] = 4 3 -1\n${body}\nout y`
    expectNoMatch(LABEL, net(text), reason, { target })
  })
  test('an operator set whose scale is one a group', () => {
    expectNoMatch(LABEL, net(`${X}\n${Y}\nout y`, 18), /opset 21/, { target })
  })
})
