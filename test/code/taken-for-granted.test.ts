/** What rules of onnxscript take for granted is a condition of theirs here: each with a network that it keeps out, and one that it lets in. */
import { describe, expect, test } from 'vitest'
import { rulesFromOnnxscript } from '../../src/code/onnxscript/rules-of-file'
import { onnxDialect } from '../../src/dialects/onnx'
import { RewritePatternManager, RulePattern, Schemas } from '../../src/engine'
import { net } from '../patterns/notation'

const schemas = Schemas.newest(onnxDialect)

const rule = (parameters: string, pattern: string, replacement: string, head = ''): string => `${head}
def a(op, ${parameters}):
    return ${pattern}
def b(op, ${parameters}, **_):
    return ${replacement}
rule = RewriteRule(a, b)
`

/** The kinds of what a rule makes of a network. */
function made(text: string, network: string): string {
  const n = net(network, 20)
  new RewritePatternManager().add('rule', new RulePattern(text, { schemas })).rewrite(n)
  return n
    .getLayers()
    .map((l) => l.kind)
    .join(' ')
}

const bounded = (first: string, second: string): string => `in x float32[3]\ny = ${second.replace('_', first)}\nout y`
const product = (c: string): string =>
  `in x float32[2,4]\nin w float32[4,3]\nin c float32[${c}]\ny = Add(MatMul(x, w), c)\nout y`
const conv = (scale: string): string =>
  `in x float32[1,2,4]\nconst w float32[3,2,1]\nconst b float32[3]\nconst s float32[${scale}] = 2\n` +
  `y = Mul(Conv(x, w, b), s)\nout y`
const integers = (zero: number): string =>
  `in x uint8[1,1,4]\nconst w uint8[1,1,2]\nconst p int64[6] = 0 0 0 0 0 0\nconst z uint8[] = ${zero}\n` +
  `y = ConvInteger(Pad(x, p), w, z)\nout y`
const hard = (dtype: string): string =>
  `in x ${dtype}[3]\nconst a ${dtype}[] = 3\nconst b ${dtype}[] = 0\nconst c ${dtype}[] = 6\n` +
  `y = Div(Mul(Clip(Add(x, a), b, c), x), c)\nout y`
const gemm = (beta: number): string =>
  `in x float32[2,4]\nconst w float32[4,3]\nconst s float32[3]\nconst m float32[3]\n` +
  `y = Add(Gemm<beta=${beta}>(x, w, m), s)\nout y`
const padded = (auto: string): string =>
  `in x float32[1,2,4,4]\nconst w float32[1,2,1,1]\nconst b float32[1]\n` +
  `y = Conv<pads=[0,0,0,0], auto_pad="${auto}">(Neg(x), w, b)\nout y`

interface Case {
  readonly source: string
  readonly added: string | readonly string[]
  readonly out: readonly [network: string, stays: string]
  readonly into: readonly [network: string, becomes: string]
}

const CLIPS = rule(
  'x, a, b, c, d',
  'op.Clip(op.Clip(x, a, b), c, d)',
  'op.Clip(x, op.initializer(ir.tensor(np.maximum(a.const_value.numpy(), c.const_value.numpy()))), op.initializer(ir.tensor(np.minimum(b.const_value.numpy(), d.const_value.numpy()))))',
)

const CASES: Readonly<Record<string, Case>> = {
  'bounds of Clip that cross': {
    source: CLIPS,
    added: 'the lower bound of Clip is not above the upper one',
    out: [bounded('Clip(x, 0, 1)', 'Clip(_, 2, 3)'), 'Clip Clip'],
    into: [bounded('Clip(x, 0, 3)', 'Clip(_, 2, 5)'), 'Clip'],
  },
  'Gemm of three dimensions': {
    source: rule('x, w, c', 'op.Add(op.MatMul(x, w), c)', 'op.Gemm(x, w, c)'),
    added: 'Gemm takes two dimensions, and no more for what it adds',
    out: [product('1,2,3'), 'MatMul Add'],
    into: [product('2,3'), 'Gemm'],
  },
  'a scale of many dimensions that gets into a bias': {
    source: rule(
      'x, w, b, s',
      'op.Mul(op.Conv(x, w, b, _allow_other_attributes=True, _outputs=["conv"]), s)',
      'op.Conv(x, op.initializer(ir.tensor(w.const_value.numpy() * s.const_value.numpy())), op.initializer(ir.tensor(b.const_value.numpy() * s.const_value.numpy())), **conv.producer().attributes)',
      'def check(context, s, **_):\n    return get_singleton_value(s) is not None\n',
    )
      .replace('def b(op, x, w, b, s, **_)', 'def b(op, x, w, b, s, conv, **_)')
      .replace('RewriteRule(a, b)', 'RewriteRule(a, b, check)'),
    added: 'a bias has one dimension',
    out: [conv('1,1,1'), 'Conv Mul'],
    into: [conv('1'), 'Conv'],
  },
  'a zero point that ConvInteger pads with': {
    source: rule(
      'x, p, w, z',
      'op.ConvInteger(op.Pad(x, p, mode="constant"), w, z, _allow_other_attributes=True, _outputs=["c"])',
      'op.ConvInteger(x, w, z, **c.producer().attributes)',
    ).replace('w, z, **_', 'w, z, c, **_'),
    added: 'ConvInteger pads with its zero point',
    out: [integers(3), 'Pad ConvInteger'],
    into: [integers(0), 'ConvInteger'],
  },
  'whole numbers, which layers take that were before': {
    source: rule('x, a, b', 'op.Div(op.Clip(op.Add(x, a), 0, 6), b)', 'op.HardSigmoid(x, alpha=0.5, beta=0.5)'),
    added: 'operators take some types only',
    out: [
      'in x int64[2]\nconst a int64[] = 3\nconst b int64[] = 6\ny = Div(Clip(Add(x, a), 0, 6), b)\nout y',
      'Add Clip Div',
    ],
    into: [
      'in x float32[2]\nconst a float32[] = 3\nconst b float32[] = 6\ny = Div(Clip(Add(x, a), 0, 6), b)\nout y',
      'HardSigmoid',
    ],
  },
  'float64 beside numbers of float32': {
    source: rule('x', 'op.Div(op.Mul(op.Clip(op.Add(x, 3), 0, 6), x), 6)', 'op.HardSwish(x)'),
    added: ['operators take some types only', 'attributes are float32, too coarse beside float64'],
    out: [hard('float64'), 'Add Clip Mul Div'],
    into: [hard('float32'), 'HardSwish'],
  },
  'beta, which scales another bias than before': {
    source: rule(
      'x, w, m, s',
      'op.Add(op.Gemm(x, w, m, _allow_other_attributes=True, _outputs=["g"]), s)',
      'op.Gemm(x, w, op.initializer(ir.tensor(m.const_value.numpy() + s.const_value.numpy())), **g.producer().attributes)',
    ).replace('s, **_', 's, g, **_'),
    added: 'beta of Gemm scales what it adds',
    out: [gemm(2), 'Gemm Add'],
    into: [gemm(1), 'Gemm'],
  },
  'pads beside auto_pad': {
    source: rule(
      'x, w, b',
      'op.Conv(op.Neg(x), w, b, pads=[0, 0, 0, 0], _allow_other_attributes=True, _outputs=["c"])',
      'op.Conv(x, op.initializer(ir.tensor(w.const_value.numpy() * -1.0)), b, **c.producer().attributes)',
    ).replace('w, b, **_', 'w, b, c, **_'),
    added: 'pads count where auto_pad is NOTSET',
    out: [padded('SAME_UPPER'), 'Neg Conv'],
    into: [padded('NOTSET'), 'Conv'],
  },
  'sizes of 0, which Reshape takes from its operand': {
    source: rule(
      'x',
      'op.Flatten(x, axis=1, _outputs=["y"])',
      'op.Reshape(x, op.initializer(ir.tensor([x.shape[0], x.shape[1] * x.shape[2]])))',
    ),
    added: 'a size of 0 is one that Reshape takes from its operand',
    out: ['in x float32[3,0,2]\ny = Flatten<axis=1>(x)\nout y', 'Flatten'],
    into: ['in x float32[3,4,2]\ny = Flatten<axis=1>(x)\nout y', 'Reshape'],
  },
  'a bias that is broadcast otherwise': {
    source: rule(
      'x, b',
      'op.Gelu(op.Add(x, b), _domain="com.microsoft")',
      'op.BiasGelu(x, b, _domain="com.microsoft")',
    ),
    added: ['operators take some types only', 'a bias lies along the last axis of what it is added to'],
    out: ['in x float32[]\nin b float32[3]\ny = com.microsoft.Gelu(Add(x, b))\nout y', 'Add com.microsoft.Gelu'],
    into: ['in x float32[2,3]\nin b float32[3]\ny = com.microsoft.Gelu(Add(x, b))\nout y', 'com.microsoft.BiasGelu'],
  },
  'rows of no elements': {
    source: rule('x, s', 'op.Mul(op.Neg(x), s)', 'op.SimplifiedLayerNormalization(x, s, axis=-1)'),
    added: 'what is normalized has elements',
    out: ['in x float32[2,0]\nin s float32[0]\ny = Mul(Neg(x), s)\nout y', 'Neg Mul'],
    into: ['in x float32[2,3]\nin s float32[3]\ny = Mul(Neg(x), s)\nout y', 'SimplifiedLayerNormalization'],
  },
  'batches of one factor alone': {
    source: rule(
      'x, y',
      'op.FusedMatMul(op.Transpose(x, perm=[1, 0, 2]), y, transBatchA=0, _domain="com.microsoft")',
      'op.FusedMatMul(x, y, transBatchA=1, _domain="com.microsoft")',
    ),
    added: 'batches are put last of factors with equally many dimensions',
    out: [
      'in x float32[2,3,4]\nin y float32[4,5]\nz = com.microsoft.FusedMatMul(Transpose<perm=[1,0,2]>(x), y)\nout z',
      'Transpose com.microsoft.FusedMatMul',
    ],
    into: [
      'in x float32[2,3,4]\nin y float32[3,4,5]\nz = com.microsoft.FusedMatMul(Transpose<perm=[1,0,2]>(x), y)\nout z',
      'com.microsoft.FusedMatMul',
    ],
  },
  'numbers of FastGelu, which are float32': {
    source: rule('x', 'op.Neg(op.Neg(x))', 'op.FastGelu(x, _domain="com.microsoft")'),
    added: [
      'operators take some types only',
      'a bias lies along the last axis of what it is added to',
      'attributes are float32, too coarse beside float64',
    ],
    out: ['in x float64[3]\ny = Neg(Neg(x))\nout y', 'Neg Neg'],
    into: ['in x float32[3]\ny = Neg(Neg(x))\nout y', 'com.microsoft.FastGelu'],
  },
  'an operand that was an attribute': {
    source: rule('x', 'op.Dropout(x, training_mode=False)', 'op.Identity(x)'),
    added: 'what was an attribute is an operand',
    out: ['in x float32[3]\nconst r float32[] = 0.5\nconst t bool[] = 1\ny = Dropout(x, r, t)\nout y', 'Dropout'],
    into: ['in x float32[3]\ny = Dropout(x)\nout y', 'Identity'],
  },
}

describe('what is taken for granted is said', () => {
  test.each(Object.entries(CASES))('%s', (_, { source, added, out, into }) => {
    const [imported] = rulesFromOnnxscript(source).rules
    expect(imported?.added).toEqual([added].flat())
    for (const what of imported!.added)
      expect(imported!.text).toMatch(`# Added to what the Python file says: ${what}.\n`)
    expect([made(imported!.text, out[0]), made(imported!.text, into[0])]).toEqual([out[1], into[1]])
  })
  test('nothing is added where nothing is missing', () => {
    const clip = rule('x, a, b', 'op.Clip(op.Relu(x), a, b)', 'op.Clip(x, op.initializer(ir.tensor(0)), b)')
    const gemm = rule('x, w, c', 'op.Relu(op.Gemm(x, w, c))', 'op.Relu(op.Gemm(x, w, c))')
    expect([clip, gemm].map((text) => rulesFromOnnxscript(text).rules[0]?.added)).toEqual([[], []])
  })
})
