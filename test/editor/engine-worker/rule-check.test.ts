import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../../src/dialects/onnx'
import { checkRule } from '../../../src/editor/engine-worker/rule-check'
import { Network } from '../../../src/engine'

const network = new Network(onnxDialect, { opsets: { '': 17 } })
const check = (text: string) => checkRule(network, text, () => 0)

describe('a right side that the operators would refuse is an error with its place', () => {
  test.each([
    ['fuzz-0.txt', 'operand Scale of LayerNormalization is not given'],
    ['fuzz-1.txt', 'operand Scale of LayerNormalization is not given'],
    ['fuzz-5.txt', 'operand B of Mul is not given'],
  ])('%s', (file, message) => {
    const text = readFileSync(`test/cases/rules/${file}`, 'utf8')
    const line = text.split('\n').findIndex((l) => l === '=>') + 2
    expect(check(text)).toEqual({ type: 'bad', line, column: 5, message })
  })

  test('more operands, and more results, than there are', () => {
    expect(check('y = Relu(x)\n=>\ny = Neg(x, x)')).toMatchObject({ message: 'Neg takes at most 1 operands, not 2' })
    expect(check('a, b = Split(x)\n=>\na, b = Neg(x)')).toMatchObject({ message: 'Neg gives at most 1 results, not 2' })
  })

  test('what is optional, variadic or unknown is fine', () => {
    for (const right of [
      'y = LayerNormalization(x, x)',
      'y = Concat<axis=0>(x, x, x)',
      'y = my.Own(x)',
      'y = Clip(x, none, x)',
    ])
      expect(check(`y = Relu(x)\n=>\n${right}`), right).toMatchObject({ type: 'good' })
  })
})
