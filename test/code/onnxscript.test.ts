/** Rules of onnxscript become rule text that matches the same; what does not come over is named with its line. */
import { describe, expect, test } from 'vitest'
import { rulesFromOnnxscript } from '../../src/code/onnxscript'
import { onnxDialect } from '../../src/dialects/onnx'
import { findMatches, Match, RulePattern, Schemas } from '../../src/engine'
import { net } from '../patterns/notation'

const NEWEST = Schemas.newest(onnxDialect)
const only = (source: string) => rulesFromOnnxscript(source).rules[0]!

function matches(text: string, network: string): number {
  const pattern = new RulePattern(text, { schemas: NEWEST })
  return [...findMatches(net(network, 20), { label: 'a', pattern, benefit: 1 })].filter((f) => f instanceof Match)
    .length
}

describe('what comes over', () => {
  test('a class with pattern and rewrite', () => {
    const { text, isWhole } = only(`
class ReluRelu(RewriteRuleClassBase):
    """Relu(Relu(x)) => Relu(x)"""
    def pattern(self, op, x):
        return op.Relu(op.Relu(x))

    def rewrite(self, op, x):
        return op.Relu(x)
`)
    expect(text).toBe('rule "ReluRelu"\ny = Relu(Relu(x))\n=>\ny = Relu(x)\n')
    expect(isWhole).toBe(true)
    expect(matches(text, 'in x float32[2]\ny = Relu(Relu(x))\nout y')).toBe(1)
  })
  test('functions, with attributes, constants, operators, names given twice, another domain', () => {
    const { text, name } = only(`
def gelu(op, x, axis):
    t = op.Softmax(x, axis=axis)
    t = t * 0.5 + 1
    return op.Mul(t, x)

def fast(op, x, axis):
    y = op.Gelu(x, _domain="com.microsoft")
    return op.Softmax(y, axis=axis)

gelu_rule = pattern.RewriteRule(gelu, fast)
`)
    expect(name).toBe('gelu_rule')
    expect(text.split('\n').slice(1, -1)).toEqual([
      't = Softmax<axis=$axis>(x)',
      't_ = Add(Mul(t, 0.5), 1)',
      'y = Mul(t_, x)',
      '=>',
      'y_ = com.microsoft.Gelu(x)',
      'y = Softmax<axis=$axis>(y_)',
    ])
  })
  test('several results, lists, numbers that are worked out, absent operands', () => {
    const { text } = only(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x):
        return op.Reshape(x, [-1, 4]), op.HardSigmoid(x, alpha=1 / 2)
    def rewrite(self, op, x):
        return op.Flatten(x), op.Clip(x, None, 6.0)
`)
    expect(text).toBe(`rule "A"
y1 = Reshape(x, @c1)
y2 = HardSigmoid<alpha=0.5>(x)
=>
y1 = Flatten(x)
y2 = Clip(x, none, 6.0)
where c1.value == [-1, 4]
`)
  })
})

describe('what does not', () => {
  test('a check is named, and the rule never fires until it is written', () => {
    const { rules, missing } = rulesFromOnnxscript(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x):
        return op.Relu(x)
    def check(self, context, x):
        return x.dtype == 1
    def rewrite(self, op, x):
        return op.Identity(x)
`)
    expect(missing).toEqual([{ rule: 'A', line: 5, what: 'its check is code: write it as conditions' }])
    expect(rules[0]!.isWhole).toBe(false)
    expect(matches(rules[0]!.text, 'in x float32[2]\ny = Relu(x)\nout y')).toBe(0)
  })
  test.each([
    ['if x:\n            return op.A(x)\n        return op.B(x)', 4, 'if is code'],
    ['return op.Relu(helper(x))', 4, 'helper is code'],
    ['return op.Relu(x, axis=len(x))', 4, 'len(x) is worked out by code'],
    ['return op.Relu(z)', 4, 'z is not known here'],
  ])('%s', (body, line, what) => {
    const source = `
class A(RewriteRuleClassBase):
    def pattern(self, op, x):
        ${body}
    def rewrite(self, op, x):
        return op.Identity(x)
`
    const { rules, missing } = rulesFromOnnxscript(source)
    expect(rules).toEqual([])
    expect(missing).toEqual([{ rule: 'A', line, what: expect.stringContaining(what) as string }])
  })
  test('text that is no Python, and Python without rules, give nothing', () => {
    expect(rulesFromOnnxscript('}{ 1 (((')).toEqual({ rules: [], missing: [] })
    expect(rulesFromOnnxscript('print(1)')).toEqual({ rules: [], missing: [] })
  })
})
