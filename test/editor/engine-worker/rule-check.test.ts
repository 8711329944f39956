import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../../src/dialects/onnx'
import { checkRule } from '../../../src/editor/engine-worker/rule-check'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { Network, RewritePatternManager, RulePattern, snapshotOf, verifyNetwork } from '../../../src/engine'
import { net } from '../../patterns/notation'

const network = new Network(onnxDialect, { opsets: { '': 17 } })
const check = (text: string) => checkRule(new Workspace(network), text)

describe('a right side that the operators would refuse is an error with its place', () => {
  test.each([
    ['fuzz-0.txt', 'operand Scale of LayerNormalization is not given'],
    ['fuzz-1.txt', 'operand Scale of LayerNormalization is not given'],
    ['fuzz-5.txt', 'operand B of Mul is not given'],
  ])('%s', (file, message) => {
    const text = readFileSync(`test/cases/rules/${file}`, 'utf8')
    const line = text.split('\n').findIndex((l) => l === '=>') + 2
    expect(check(text)).toEqual({ type: 'bad', line, column: 5, message, instead: null })
  })

  test('a right side that an alternative leaves without an operand gives up there, and fits where it is bound (fuzz-3.txt)', () => {
    const text = readFileSync('test/cases/rules/fuzz-3.txt', 'utf8')
    expect(check(text)).toMatchObject({ type: 'good', name: 'LayerNorm' })
    const normalization = (square: string) =>
      net(`in x float32[2,4]
in d float32[2,4]
const a int64[1] = -1
const s float32[4]
const b float32[4]
mean = ReduceMean(x, a)
root = Sqrt(Add(ReduceMean(${square}, a), 0.00001))
y = Add(Mul(Div(d, root), s), b)
out y`)
    const unbound = normalization('Mul(d, d)')
    const before = snapshotOf(unbound)
    const pattern = new RulePattern(text)
    const manager = () => new RewritePatternManager().add('fuzz-3', pattern)
    expect(manager().rewrite(unbound).rewrites).toBe(0)
    expect(snapshotOf(unbound)).toEqual(before)
    expect(pattern.log.map((l) => l.message).join()).toMatch(/x is bound by another alternative only/)
    const bound = normalization('Pow(Sub(x, mean), 2)')
    expect(manager().rewrite(bound).rewrites).toBe(1)
    expect(verifyNetwork(bound)).toEqual([])
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
