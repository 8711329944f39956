/** Rules of onnxscript become rule text that matches the same; what does not come over is named with its line. */
import { describe, expect, test } from 'vitest'
import { rulesFromOnnxscript } from '../../src/code/onnxscript/rules-of-file'
import { onnxDialect } from '../../src/dialects/onnx'
import { findMatches, Match, RewritePatternManager, RulePattern, Schemas } from '../../src/engine'
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
y2 = HardSigmoid<alpha=0.5, beta=0.5>(x)
=>
y1 = Flatten(x)
y2 = Clip(x, none, 6)
where c1.value == [-1, 4]
`)
  })
})

describe('forms of rules/fusion and ort_fusions', () => {
  const told = (body: string): string => {
    const { rules, missing } = rulesFromOnnxscript(body)
    return rules[0]?.text ?? `not: ${missing[0]!.line}: ${missing[0]!.what}`
  }
  const made = (pattern: string, check: string, rewrite: string, more = ''): string =>
    told(`
import math
from onnxscript.rewriter import _fusion_utils, pattern
${more}
class A(RewriteRuleClassBase):
    def pattern(self, op, x, c):
        ${pattern.replaceAll('\n', '\n        ')}
    def check(self, context, x, c, **_):
        ${check.replaceAll('\n', '\n        ')}
    def rewrite(self, op, x, c, **_):
        ${rewrite.replaceAll('\n', '\n        ')}
`).replace(/,\n +/g, ', ')

  test.each([
    ['pi', 'return op.Add(op.Mul(x, math.sqrt(4.0 / math.pi)), c)', 'return True', /Mul\(x, 1\.12837/],
    [
      'types by their numbers',
      'return op.Add(x, c)',
      'return x.dtype in frozenset([DataType.FLOAT, DataType.DOUBLE])',
      /x\.dtype in \[float32, float64\]/,
    ],
    ['one type', 'return op.Add(x, c)', 'return x.dtype == DataType.FLOAT16', /x\.dtype == float16/],
    ['a type beside a type', 'return op.Add(x, c)', 'return DataType.FLOAT16 != x.dtype', /x\.dtype != float16/],
    [
      'a number that is none of whole ones',
      'return op.Add(x, c)',
      'return isinstance(get_singleton_value(c), (int, float))',
      /c\.dtype in \[int64.*float32, float64/,
    ],
    ['any operand', 'return op.Add(op.Reshape(x, pattern.ANY_VALUE), c)', 'return True', /Reshape\(x, any\)/],
    [
      'what an element must be',
      'return op.Add(x, c)',
      'return is_singleton_value(c, lambda v: v >= 3)',
      /c\.size == 1, c\.value >= 3/,
    ],
    [
      'sizes by names',
      'return op.Add(x, c)',
      'b = {}\nif not _fusion_utils.check_shape_bool(b, x, ["B", "S"]):\n    return False\n_fusion_utils.check_shape(b, c, ["S"])\nreturn True',
      /x\.rank == 2, c\.rank == 1, c\.shape\[0\] == x\.shape\[1\]/,
    ],
    [
      'sums either way round',
      'return op.Relu(pattern.OrValue([op.Add(x, c), op.Add(c, x)]))',
      'return True',
      /Relu\(Add\(x, c\)\)/,
    ],
  ])('%s', (_, pattern, check, expected) => {
    expect(made(pattern, check, 'return op.Identity(x)')).toMatch(expected)
  })
  test.each([
    [
      'a number of a constant',
      'c = float(c.const_value.numpy())\nreturn op.FusedMatMul(x, x, alpha=1 / c, _domain="com.microsoft")',
      /alpha=\{\(1 \/ c\.value\)\}>\(x, x\)\nwhere c\.isConstant|alpha=\{\(1 \/ c\.value\)\}/,
    ],
    [
      'an operator that ONNX Runtime has not',
      'return op.Gellu(x, _domain="com.microsoft")',
      /\noperator com\.microsoft\.Gellu\n/,
    ],
    ['no replacement after all', 'if has_rank(x, 1):\n    return None\nreturn op.Relu(x)', /where x\.rank != 1/],
  ])('%s', (_, rewrite, expected) => {
    expect(made('return op.Add(x, c)', 'return True', rewrite)).toMatch(expected)
  })
  test('an attribute that an operator of a domain does not have is not given', () => {
    const check = 'return s.producer().attributes.get_string("approximate") is None'.replace(
      's.producer()',
      '_["s"].producer()',
    )
    const pattern = 'return op.Add(op.Gelu(x, _domain="com.microsoft", _outputs=["s"]), c)'
    expect(made(pattern, check, 'return op.BiasGelu(x, c, _domain="com.microsoft")')).not.toMatch(/approximate|opset/)
  })
  const AS_THEY_ARE = `
def all_of(node):
    return {key: val.value for key, val in node.attributes.items()}
`
  test('attributes as they are, but for one', () => {
    const rewrite = 'at = all_of(s.producer())\nat["axis"] = at.get("axis", -1) + 1\nreturn op.Softmax(x, **at)'
    const pattern = 'return op.Add(op.Softmax(x, _outputs=["s"]), c)'
    const text = made(pattern, 'return True', rewrite.replace('s.producer()', '_["s"].producer()'), AS_THEY_ARE)
    expect(text).toMatch(
      /Softmax<\.\.\.\$at1, axis=\$axis>\(x\)[^]*Softmax<\.\.\.\$at1, axis=\{\(\$axis \+ 1\)\}>\(x\)/,
    )
  })
  test('objects of a class by their names, an operand that may be absent, results that are left out', () => {
    const { rules, missing } = rulesFromOnnxscript(`
class A(RewriteRuleClassBase):
    def __init__(self, name: str, *, twice: bool):
        super().__init__(name=name)
        self._twice = twice
    def pattern(self, op, x, skip, gamma, bias):
        s = op.Add(x, skip)
        if self._twice:
            s = op.Add(s, bias)
        return op.LayerNormalization(s, gamma, pattern.Var("beta", can_match_none=True)), s
    def rewrite(self, op, x, skip, gamma, bias, beta, **_):
        y, _a, _b, sum = op.SkipLayerNormalization(x, skip, gamma, beta, bias, _outputs=4, _domain="com.microsoft")
        return y, sum
rules = [*A.rule("plain", twice=False).commute(), *A.rule("biased", twice=True).commute()]
`)
    expect(missing).toEqual([])
    expect(rules.map((r) => r.name)).toEqual(['plain', 'biased'])
    expect(rules[0]!.text).toMatch(
      /\ny1, \w+, \w+, s = com\.microsoft\.SkipLayerNormalization\(x, skip, gamma, beta\)\nwhere x\.dtype in \[float32, float16, bfloat16\]\n$/,
    )
    expect(rules[0]!.text).toMatch(/\ny1 = LayerNormalization<[^>]*stash_type=1[^>]*>\(s, gamma, beta\?\)/)
    expect(rules[1]!.text).toContain('(x, skip, gamma, beta, bias)')
  })
  test('a class of which nothing is known is named with the line of what is not known', () => {
    const text = told(`
class A(RewriteRuleClassBase):
    def __init__(self, n):
        self._n = n
    def pattern(self, op, x):
        return op.Relu(x)
    def rewrite(self, op, x):
        return op.Neg(x)
rules = [A.rule(**params) for params in given()]
`)
    expect(text).toMatch(/^not: 9: what objects of it are made of: /)
  })
  test('a class that others build on is no rule of its own', () => {
    const { rules, missing } = rulesFromOnnxscript(`
class Base(RewriteRuleClassBase):
    def pattern(self, op, x):
        return op.Relu(x)
    def rewrite(self, op, x):
        return op.Neg(x)
class A(Base):
    def pattern(self, op, x):
        return op.Abs(x)
rule = A.rule()
`)
    expect([rules.map((r) => r.name), missing]).toEqual([['A'], []])
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
      'c.size == 1, c.value == 3',
    ],
    ['if x.shape is None or x.shape[-1] != 4:\n    return False\nreturn True', 'known(x.rank), x.shape[-1] == 4'],
    ['return is_singleton_value(c, 6.0, rtol=1e-4)', 'c.size == 1, abs(c.value - 6) <= 0.0001 * abs(6)'],
    [
      'n = len(x.shape)\nif n == 1:\n    return True\nif n == 3:\n    return x.dtype == c.dtype\nreturn False',
      'known(x.rank), x.rank == 1 or (x.rank != 1 and x.rank == 3 and x.dtype == c.dtype)',
    ],
    [
      'if (v := get_numpy_value(c)) is None:\n    return False\nreturn v.tolist() == [1, 2]',
      'c.rank == 1, c.value == [1, 2]',
    ],
    ['return not np.equal(c.const_value.numpy(), 0.0).all()', 'any(c.value != 0)'],
    ['return x.name == "a"', 'not: its check asks x.name: write it as conditions'],
    ['for d in x.shape:\n    if d == 7:\n        return False\nreturn True', 'known(x.rank), all(x.shape != 7)'],
    ['while x.shape:\n    pass\nreturn True', 'not: its check asks while x.shape: pass: write it as conditions'],
    [
      'return not x.rank or c.dtype == x.dtype',
      'not: its check asks not x.rank or c.dtype == x.dtype: write it as conditions',
    ],
    ['return not has_rank(x, 2) or c.dtype == x.dtype', 'x.rank != 2 or c.dtype == x.dtype'],
    ['return has_rank(x, 2) and not has_rank(c, 2) or has_rank(c, 1)', '(x.rank == 2 and c.rank != 2) or c.rank == 1'],
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

describe('what a check takes from the file, from the class and from the layer', () => {
  const checked = (pattern: string, check: string, head = '', own = '') =>
    only(`${head}
class A(RewriteRuleClassBase):
    ${own}
    def pattern(self, op, x, s, to):
        return ${pattern}
    def check(self, context, x, s, to, **_):
        ${check}
    def rewrite(self, op, x, **_):
        return op.Identity(x)
`)
  test.each([
    [
      'pairs that a class allows',
      checked(
        'op.Cast(x, to=to)',
        'return (to.as_int(), to.as_int()) in self._pairs',
        '',
        '_pairs: ClassVar = frozenset({(ir.DataType.FLOAT16, ir.DataType.FLOAT16), (ir.DataType.DOUBLE, 1)})',
      ),
      'where [$to, $to] in [[10, 10], [11, 1]]',
      'in x float32[2]\ny = Cast<to=10>(x)\nout y',
      'in x float32[2]\ny = Cast<to=11>(x)\nout y',
    ],
    [
      'a number of the file',
      checked('op.Expand(x, s)', 'return s.const_value.numpy().item() == _MOST', '_MOST = 3'),
      'where s.size == 1,\n      s.value == 3',
      'in x float32[3]\nconst s int64[1] = 3\ny = Expand(x, s)\nout y',
      'in x float32[1]\nconst s int64[1] = 2\ny = Expand(x, s)\nout y',
    ],
    [
      'each element of a constant',
      checked('op.Expand(x, s)', 'return all(d == 2 for d in s.const_value.numpy().flat)'),
      'where all(s.value == 2)',
      'in x float32[2]\nconst s int64[2] = 2 2\ny = Expand(x, s)\nout y',
      'in x float32[2]\nconst s int64[2] = 3 2\ny = Expand(x, s)\nout y',
    ],
    [
      'a column of positions',
      checked('op.GatherND(x, s)', 'return s.const_value.numpy().tolist() == [[i] for i in range(x.shape[0])]'),
      's.rank == 2,\n      s.value == range(x.shape[0])',
      'in x float32[2,3]\nconst s int64[2,1] = 0 1\ny = GatherND(x, s)\nout y',
      'in x float32[2,3]\nconst s int64[2] = 0 1\ny = GatherND(x, s)\nout y',
    ],
    [
      'an attribute of a layer that the pattern names',
      checked(
        'op.LeakyRelu(x, _allow_other_attributes=True, _outputs=["out"])',
        'node = _.get("out").producer()\n        return np.isclose(node.attributes.get_float("alpha", -1), 0.5)',
      ),
      'abs($alpha - 0.5)',
      'in x float32[2]\ny = LeakyRelu<alpha=0.5>(x)\nout y',
      'in x float32[2]\ny = LeakyRelu<alpha=0.4>(x)\nout y',
    ],
  ])('%s', (_, { text, isWhole }, where, network, twin) => {
    expect(isWhole).toBe(true)
    expect(text).toContain(where)
    expect([matches(text, network), matches(text, twin)]).toEqual([1, 0])
  })
  test('attributes that a pattern leaves open, and its replacement loses, are what they are by default', () => {
    const { text } = only(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x):
        return op.LeakyRelu(op.Softmax(x))
    def rewrite(self, op, x):
        return op.Softmax(x)
`)
    expect(text).toContain('LeakyRelu<alpha=0.01>')
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
      'y = Gemm(a, b)\nwhere a.rank == 2,\n      b.rank == 2\n',
      'y = Gemm<transA=1>(a, b)\nwhere a.rank == 2,\n      b.rank == 2\n',
      'out = Conv<...$at1>(x, w)\n',
    ])
    expect(rules[2]!.text).toContain('out = Conv<...$at1>(x, w, b)')
  })
})

describe('code that is followed', () => {
  const ruleOf = (body: string): string => {
    const { rules, missing } = rulesFromOnnxscript(body)
    expect(missing).toEqual([])
    return rules[0]!.text
  }
  const after = (text: string, network: string): string => {
    const n = net(network, 20)
    new RewritePatternManager().add('a', new RulePattern(text, { schemas: NEWEST })).rewrite(n)
    return [...n.getLayers()].map((l) => l.kind).join(' ')
  }

  test('what a check works out and a replacement uses, a loop over sizes that only a match knows', () => {
    const text = ruleOf(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x, s):
        return op.Reshape(x, s)
    def check(self, context, x, s):
        result = MatchResult()
        sizes = get_numpy_value(s)
        if sizes is None:
            return result.fail("no constant")
        self._sizes = np.array(sizes, sizes.dtype)
        for i, d in enumerate(context.output_values[0].shape):
            if isinstance(d, int) and d > 0:
                self._sizes[i] = d
        return not any(self._sizes == 0) or result.fail("zero")
    def rewrite(self, op, x, s):
        return op.Reshape(x, op.initializer(ir.Tensor(self._sizes)), allowzero=None)
`)
    expect(text).toContain('{choose(known(y.shape) and y.shape > 0, y.shape, s.value)}')
    expect(matches(text, 'in x float32[2,3]\nconst s int64[2] = 0 3\ny = Reshape(x, s)\nout y')).toBe(1)
    expect(matches(text, 'in x float32[0,3]\nconst s int64[2] = 0 3\ny = Reshape(x, s)\nout y')).toBe(0)
  })
  test('functions beside it, and several ways that a replacement may go', () => {
    const text = ruleOf(`
def through(p, q):
    found = [0 for _ in q]
    for i, k in enumerate(p):
        found[i] = q[k]
    return found
class A(RewriteRuleClassBase):
    def pattern(self, op, x, p, q):
        return op.Transpose(op.Transpose(x, perm=q), perm=p)
    def rewrite(self, op, x, p, q):
        both = through(p.as_ints(), q.as_ints())
        if both == list(range(len(both))):
            return op.Identity(x)
        return op.Transpose(x, perm=both)
`)
    const network = (p: string) => `in x float32[2,3,4]\ny = Transpose<perm=${p}>(Transpose<perm=[2,0,1]>(x))\nout y`
    expect([after(text, network('[1,2,0]')), after(text, network('[0,2,1]'))]).toEqual(['Identity', 'Transpose'])
  })
  test('numbers of constants are worked out by layers, optional operands are there or not', () => {
    const text = ruleOf(
      `
class Base(RewriteRuleClassBase):
    kind: ClassVar = ""
    def rewrite(self, op, x, inner, outer):
        node = inner.producer()
        [scale, shift] = [v.const_value.numpy() for v in outer.producer().inputs[1:]]
        bias = node.inputs[2].const_value.numpy() if len(node.inputs) > 2 else np.zeros_like(scale)
        return op.op(self.kind, x, *node.inputs[1:2], op.initializer(ir.tensor(bias * scale + shift)), **node.attributes)
class A(Base):
    kind: ClassVar = "Gemm"
    def pattern(self, op, x):
        return op.Clip(op.Gemm(x, _allow_other_inputs=True, _outputs=["inner"]), _allow_other_inputs=True, _outputs=["outer"])
`.replace('node.inputs[1:2]', '[node.inputs[1]]'),
    )
    expect(text).toContain('inner = Gemm<...$at1, beta=1>(x, b, c?)\nouter = Clip(inner, min?, max?)')
    expect(text).toContain('@c_ = Add(Mul(c, min), max)\nouter = Gemm<...$at1>(x, b, c_)\nwhere given min')
    expect(text).toContain('Mul({full(min.shape, 0)}, min)')
  })
  test('operands as many as there are, each of which is asked', () => {
    const text = ruleOf(`
class A(RewriteRuleClassBase):
    need_single: ClassVar = True
    def pattern(self, op, x):
        return op.Max(op.Min(x, _allow_other_inputs=True, _outputs=["inner"]), _allow_other_inputs=True, _outputs=["outer"])
    def check(self, context, inner, outer, **_):
        r = MatchResult()
        for v in inner.producer().inputs[1:] + outer.producer().inputs[1:]:
            if ir.convenience.get_const_tensor(v) is None:
                return r.fail("")
            if self.need_single and np.size(v.const_value.numpy()) != 1:
                return r.fail("")
        return r
    def rewrite(self, op, x, inner, outer):
        high = np.min([v.const_value.numpy() for v in inner.producer().inputs[1:]])
        low = np.max([v.const_value.numpy() for v in outer.producer().inputs[1:]])
        return op.Clip(x, op.initializer(ir.tensor(low)), op.initializer(ir.tensor(high)))
`)
    expect(text).toContain('inner = Min(x, ...@more)')
    expect(text).toContain('all(more.isConstant and more.size == 1)')
    expect(after(text, 'in x float32[3]\ny = Max(Min(x, 6, 5), 1)\nout y')).toBe('Clip')
    expect(after(text, 'in x float32[3]\nconst c float32[3] = 1 2 3\ny = Max(Min(x, 6, 5), c)\nout y')).toBe('Min Max')
  })
  test('one rule for each of what a loop makes objects of, by the name that each gives itself', () => {
    const { rules } = rulesFromOnnxscript(`
KINDS = ("Add", "Mul")
class Twice(RewriteRuleClassBase):
    def __init__(self, kind):
        super().__init__(f"Twice_{kind}", remove_nodes=False)
        self._kind = kind
    def pattern(self, op, x, y):
        return getattr(op, self._kind)(op.Identity(x), y)
    def rewrite(self, op, x, y):
        return getattr(op, self._kind)(x, y)
def made():
    return [Twice.rule(kind) for kind in KINDS]
`)
    expect(rules.map((r) => r.name)).toEqual(['Twice_Add', 'Twice_Mul'])
    expect(rules[1]!.text).toContain('y_ = Mul(x, y)')
  })
  test('a check of a file beside it', () => {
    const other = 'def is_flat(context, x, **_):\n    return x.shape is not None and len(x.shape) == 1\n'
    const source = `
from rules.checks import is_flat
def a(op, x):
    return op.Relu(op.Relu(x))
def b(op, x):
    return op.Relu(x)
rule = RewriteRule(a, b, is_flat)
`
    const { rules } = rulesFromOnnxscript(source, (module) => (module === 'rules.checks' ? other : null))
    expect(rules[0]).toMatchObject({ isWhole: true, text: expect.stringContaining('x.rank == 1') as string })
  })
  test('what a file beside it says that a rule cannot is named with that file and its line', () => {
    const other = '# Checks.\n\n\n\n\n\n\ndef is_flat(context, x, **_):\n    return x.name == "flat"\n'
    const rewrites = '\n\ndef b(op, x):\n    return op.Relu(x.stranger)\n'
    const source = `
from rules.checks import is_flat
from .rewrites import b as made
def a(op, x):
    return op.Relu(op.Relu(x))
def c(op, x):
    return op.Relu(x)
rule = RewriteRule(a, c, is_flat)
second = RewriteRule(a, made)
`
    const found = rulesFromOnnxscript(source, (module) => (module === 'rules.checks' ? other : rewrites))
    expect(found.missing.map(({ rule, file, line }) => [rule, file, line])).toEqual([
      ['rule', 'checks.py', 9],
      ['second', 'rewrites.py', 4],
    ])
    expect(found.missing[0]?.what).toBe('its check asks x.name: write it as conditions')
    expect(found.rules[0]?.text).toContain('# Line 9 of checks.py checks more than this says.')
  })
  test('a tensor that is an attribute', () => {
    const text = ruleOf(`
def a(op, s, v, t):
    return op.Cast(op.ConstantOfShape(s, value=v), to=t)
def b(op, s, v, t):
    return op.ConstantOfShape(s, value=ir.tensor([v.value.numpy().item()], dtype=ir.DataType(t.as_int())))
rule = RewriteRule(a, b)
`)
    expect(text).toContain('ConstantOfShape<value={tensor([$v], $t)}>(s)')
  })
  test('what a replacement says anew is by default where the pattern leaves it open', () => {
    const text = ruleOf(`
def a(op, s, t):
    return op.Cast(op.ConstantOfShape(s), to=t)
def b(op, s, t):
    return op.ConstantOfShape(s, value=ir.tensor([0], dtype=ir.DataType(t.as_int())))
rule = RewriteRule(a, b)
`)
    expect(text).toContain('ConstantOfShape<value=none>(s)')
  })
  test('a rule that is none says what is wrong with it', () => {
    const { missing } = rulesFromOnnxscript(`
class A(RewriteRuleClassBase):
    def pattern(self, op, x, y):
        return op.BitShift(op.Identity(x), y)
    def rewrite(self, op, x, y):
        return op.BitShift(x, y)
`)
    expect(missing[0]?.what).toMatch(/^the rule itself is wrong: .*direction of BitShift/)
  })
  test.each([
    [
      'a loop that leaves in its midst',
      'for d in x.shape:\n            if d == 2:\n                break\n        return True',
      5,
    ],
    [
      'what is another one for each element',
      'ok = True\n        for d in x.shape:\n            if d != 1:\n                ok = False\n        return ok',
      5,
    ],
    [
      'a list that is read while it is filled',
      'l = []\n        for d in x.shape:\n            l.append(d)\n            if len(l) > 2:\n                return False\n        return True',
      5,
    ],
    ['a list that has no end', 'return len(list(range(10**9))) == len([0] * 1000000000)', 5],
    ['a function that calls itself', 'return again(x)', 3],
    [
      'a list that is filled now and then',
      'l = []\n        for d in x.shape:\n            if d == 2:\n                l.append(d)\n        return len(l) == 1',
      6,
    ],
  ])('%s is named, and never guessed', (_, body) => {
    const { rules, missing } = rulesFromOnnxscript(`
def again(x):
    return again(x)
class A(RewriteRuleClassBase):
    def pattern(self, op, x):
        return op.Relu(x)
    def check(self, context, x):
        ${body}
    def rewrite(self, op, x):
        return op.Identity(x)
`)
    expect(rules[0]).toMatchObject({ isWhole: false, text: expect.stringContaining('opset < 0') as string })
    expect(missing[0]?.what).toMatch(/^its check asks/)
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
