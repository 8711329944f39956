import { expect, test } from 'vitest'
import { networkFromText } from '../../src/verify'

test.each(['1 2 3', '1, 2, 3', '1,2,  3'])(
  'a constant is numbers with spaces or commas between them: %s',
  (numbers) => {
    const network = networkFromText(`const c int64[3] = ${numbers}\ny = Neg(c)\nout y`, 20)
    expect(
      network
        .getTensors()
        .find((t) => t.name === 'c')
        ?.value?.toArray(),
    ).toEqual([1, 2, 3])
  },
)

test('what is no number in a constant is told with its name', () => {
  expect(() => networkFromText('const c int64[2] = 1 two\ny = Neg(c)\nout y', 20)).toThrow(
    'const c: two is not a number',
  )
})

test.each(['out a, b', 'out a\nout b'])('outputs stand in one line or in several: %j', (out) => {
  expect(networkFromText(`in x float32[2]\na = Neg(x)\nb = Abs(x)\n${out}`, 20).getOutputs()).toHaveLength(2)
})
