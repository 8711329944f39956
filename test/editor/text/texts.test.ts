import { describe, expect, test } from 'vitest'
import { ConstantValue } from '../../../src/engine'
import { constantText, numberText, shapeText, typeText } from '../../../src/editor/text/value-text'

describe('values as text', () => {
  test.each([
    [1.4142135381698608, '1.4142'],
    [0.5, '0.5'],
    [-1, '−1'],
    [-3.4028234663852886e38, '−3.4e38'],
    [1e-12, '1e-12'],
    [9223372036854775807, '9.22e18'],
    [NaN, 'NaN'],
  ])('%d is %s', (x, text) => expect(numberText(x)).toBe(text))

  test('types and shapes', () => {
    expect(typeText('float32', [1, 'sequence', null])).toBe('f32[1,sequence,?]')
    expect(shapeText([1, 16, 256])).toBe('1×16×256')
    expect(shapeText([])).toBe('scalar')
  })

  test('a small constant says its elements, a large one its type', () => {
    expect(constantText(ConstantValue.of('int64', [4], [0, 2, 1, 3]))).toBe('[0,2,1,3]')
    expect(constantText(ConstantValue.scalarOf('float32', 0.5))).toBe('0.5')
    expect(constantText(ConstantValue.of('float32', [64, 64], new Float32Array(4096)))).toBe('f32[64,64]')
  })

  test('a constant whose data stayed behind says its type', () => {
    expect(constantText(new ConstantValue('float32', [3], null))).toBe('f32[3]')
  })
})
