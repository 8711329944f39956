/** Rules of onnxscript become rule text that matches the same; what does not come over is named with its line. */
import { describe, expect, test } from 'vitest'
import { rulesFromOnnxscript } from '../../src/code/onnxscript/rules-of-file'
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

describe('a check becomes conditions', () => {
  const conditions = (body: string, parameters = 'x, c', pattern = 'op.Add(x, c)'): string => {
    const lines = body.split('\n').map((l) => `        ${l}`)
    const { rules, missing } = rulesFromOnnxscript(`
class A(RewriteRuleClassBase):
    def pattern(self, op, ${parameters}):
        return ${pattern}
    def check(self, context, ${parameters}, **_):
${lines.join('\n')}
    def rewrite(self, op, ${parameters}):
        return op.Identity(x)
`)
    if (!rules[0]!.isWhole) return `not: ${missing[0]!.what}`
    return rules[0]!.text.split('where ')[1]!.trim().replace(/,\n +/g, ', ')
  }
  test.each([
    ['return ir_utils.has_rank(x, 2)', 'x.rank == 2'],
    ['result = MatchResult()\nif not has_rank(x, 2):\n    return result.fail("rank")\nreturn result', 'x.rank == 2'],
    [
      'if c.const_value is None:\n    return False\nreturn c.const_value.numpy().item() == 3',
      'c.isConstant, max(c.value * [1]) == 3',
    ],
    ['if x.shape is None or x.shape[-1] != 4:\n    return False\nreturn True', 'x.rank >= 0, x.shape[-1] == 4'],
    ['return is_singleton_value(c, 6.0, rtol=1e-4)', 'c.size == 1, abs(max(c.value * [1]) - 6.0) <= 1e-4 * abs(6.0)'],
    [
      'n = len(x.shape)\nif n == 1:\n    return True\nif n == 3:\n    return x.dtype == c.dtype\nreturn False',
      'x.rank == 1 or (x.rank != 1 and x.rank == 3 and x.dtype == c.dtype)',
    ],
    [
      'if (v := get_numpy_value(c)) is None:\n    return False\nreturn v.tolist() == [1, 2]',
      'c.isConstant, c.value == [1, 2]',
    ],
    ['return not np.equal(c.const_value.numpy(), 0.0).all()', 'not (all(c.value == 0.0))'],
    ['return x.name == "a"', 'not: its check asks x.name: write it as conditions'],
    ['for d in x.shape:\n    pass\nreturn True', 'not: its check asks for d in x.shape: pass: write it as conditions'],
    ['return False', 'not: its check never holds: write it as conditions'],
  ])('%s', (body, expected) => expect(conditions(body)).toBe(expected))
  test('of attributes too', () => {
    const body = 'return tuple(p.as_ints()) == tuple(range(len(p.as_ints())))'
    expect(conditions(body, 'x, p', 'op.Transpose(x, perm=p)')).toBe('$p == range(len($p))')
    expect(conditions('return x.dtype == p.as_int()', 'x, p', 'op.Cast(x, to=p)')).toBe('x.dtype == $p')
  })
  test('which match as the check does', () => {
    const rule = (to: number): string =>
      only(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x, low, high, six):
        return op.Clip(x, low, high) * x / six
    def check(self, op, x, low, high, six):
        r = MatchResult()
        if not is_singleton_value(low, 0.0, rtol=1e-4):
            return r.fail("")
        if not is_singleton_value(six, ${to}.0, rtol=1e-4):
            return r.fail("")
        return r
    def rewrite(self, op, x, low, high, six):
        return op.HardSwish(x)
`).text
    const network = 'in x float32[2]\ny = Div(Mul(Clip(x, 0, 6), x), 6)\nout y'
    expect([matches(rule(6), network), matches(rule(5), network)]).toEqual([1, 0])
  })
})

describe('what a class says', () => {
  test('of attributes that are put together, and of a layer that is made again without its last operand', () => {
    const { rules } = rulesFromOnnxscript(`
class Base(RewriteRuleClassBase):
    flip: ClassVar = False
    def rewrite(self, op, a, b):
        attributes = {}
        if self.flip:
            attributes["transA"] = 1
        return op.Gemm(a, b, **attributes)
class Plain(Base):
    def pattern(self, op, a, b):
        return op.MatMul(a, b)
class Flipped(Base):
    flip: ClassVar = True
    def pattern(self, op, a, b):
        return op.MatMul(op.Transpose(a, perm=[1, 0]), b)
class Bare(RewriteRuleClassBase):
    op_type: ClassVar[str] = "Conv"
    def pattern(self, op, x, w, b):
        return op.Conv(x, w, b, _outputs=["out"])
    def rewrite(self, op, out, **_):
        node = out.producer()
        return op.op(self.op_type, *node.inputs[:-1], **node.attributes)
`)
    expect(rules.map((r) => r.text.split('=>\n')[1])).toEqual([
      'y = Gemm(a, b)\n',
      'y = Gemm<transA=1>(a, b)\n',
      'out = Conv<...$at1>(x, w)\n',
    ])
    expect(rules[2]!.text).toContain('out = Conv<...$at1>(x, w, b)')
  })
})

describe('what does not', () => {
  test('a check of another file: the rule never fires', () => {
    const { rules, missing } = rulesFromOnnxscript(`
from elsewhere import is_so
def a(op, x):
    return op.Relu(x)
def b(op, x):
    return op.Identity(x)
rule = RewriteRule(a, b, is_so)
`)
    expect(rules[0]).toMatchObject({ isWhole: false, text: expect.stringContaining('opset < 0') as string })
    expect(missing[0]?.what).toBe('its check is in another file: write it as conditions')
  })
  test('a check is named, and the rule never fires until it is written', () => {
    const { rules, missing } = rulesFromOnnxscript(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x):
        return op.Relu(x)
    def check(self, context, x):
        return x.name in self._names
    def rewrite(self, op, x):
        return op.Identity(x)
`)
    expect(missing).toEqual([{ rule: 'A', line: 6, what: 'its check asks x.name: write it as conditions' }])
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
