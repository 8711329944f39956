/** Rules as others read them: golden files, which `UPDATE_GOLDEN=1` writes anew; Python compiles, TypeScript has the engine's types. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import { exportRule, parseRule, RULE_TARGETS, Schemas } from '../../src/engine'
import type { RuleTarget } from '../../src/engine'

const NEWEST = Schemas.newest(onnxDialect)
const TARGETS = Object.keys(RULE_TARGETS) as RuleTarget[]
const RULES = {
  silu: 'rule "SiLU"\ny = Mul(x, Sigmoid(x))\n=>\ny = Swish<alpha=1>(x)\nwhere x.dtype in [float32, float16]',
  gelu: 'rule "Gelu, mine" benefit 30\ne = Erf(Div(x, 1.4142135 ~ 1e-3))\ny = Mul(Mul(x, (Add(e, 1) | Add(1, e))), 0.5)\n=>\ny = com.microsoft.Gelu(x)',
  transposes:
    'rule "Two transposes" exact\ny = Transpose<perm=$p>(Transpose<perm=$q>(x))\n=>\ny = Transpose<perm={$q[$p]}>(x)\nwhere x.rank == 3 or x.rank == 4',
  clip: 'rule "Relu of Clip"\ny = Relu(Clip(x, a?, @b))\n=>\ny = Clip(x, {max(a.value ?? 0, 0)}, b)\nwhere not given a or a.isConstant, b.value >= 0',
  scale: 'rule "Scale"\ny = Mul(MatMul(x, @w), @s)\n=>\n@v = Mul(w, s)\ny = MatMul(x, v)\nwhere s.size == 1',
  sum: 'rule "Sum to difference"\ny = ELEMENTWISE<op="SUM">(a, UNARY<op="NEG">(b))\n=>\ny = ELEMENTWISE<op="SUB">(a, b)',
  product:
    'rule "Transposed product" exact\ny = MATRIX_MULTIPLY<op0="NONE", op1="NONE">(a, SHUFFLE<first_transpose=[1, 0], second_transpose=none, reshape_dims=none>(b))\n=>\ny = MATRIX_MULTIPLY<op0="NONE", op1="TRANSPOSE">(a, b)',
  skip: 'rule "Skip norm"\nsum = Add(x, skip)\ny = LayerNormalization<axis=-1, epsilon=$e, stash_type=1>(sum, g, b?)\n=>\ny, _, _, sum = com.microsoft.SkipLayerNormalization<epsilon=$e>(x, skip, g, b)\nwhere x.shape == skip.shape',
  shifted:
    'rule "Shifted"\na = Add(x, @c)\ny, _, _, s? = (com.microsoft.SkipLayerNormalization<...$at>(a, z, g) | com.microsoft.SkipLayerNormalization<...$at>(z, a, g))\n=>\ny, _, _, s = com.microsoft.SkipLayerNormalization<...$at>(x, z, g, none, c)\nwhere c.rank == 1',
  twice:
    'rule "Two layers for one"\ny = ELEMENTWISE<op="DIV">(layer, UNARY<op="SQRT">(s))\n=>\nr = UNARY<op="RECIP">(s)\nt = UNARY<op="SQRT">(r)\ny = ELEMENTWISE<op="PROD">(layer, t)\nwhere s.dtype in [float32, float16], s.rank >= 1, layer.shape == s.shape',
  leaky:
    'rule "Leaky"\ny = ACTIVATION<type="LEAKY_RELU", alpha=0.2, beta=0>(ACTIVATION<type="RELU", alpha=0, beta=0>(x))\n=>\ny = ACTIVATION<type="RELU">(x)',
} as const

const folder = mkdtempSync(path.join(tmpdir(), 'graft-exports-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const cases = Object.entries(RULES).flatMap(([name, text]) => TARGETS.map((target) => [name, target, text] as const))

test.each(cases)('%s as %s', (name, target, text) => {
  const found = exportRule(parseRule(text), target, NEWEST)
  const golden = `test/cases/exports/${name}.${target}${path.extname(found.file)}.txt`
  if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, found.text)
  expect(existsSync(golden), golden).toBe(true)
  expect(found.text).toBe(readFileSync(golden, 'utf8'))
  for (const m of found.missing) expect(found.text).toContain(m)
})

describe.runIf(hasPython)('Python compiles', () => {
  const python = cases.filter(([, target]) => target === 'onnxscript' || target === 'tensorrt-llm')
  test.each(python)('%s as %s', (name, target, text) => {
    const file = path.join(folder, `${name}_${target.replace('-', '_')}.py`)
    writeFileSync(file, exportRule(parseRule(text), target, NEWEST).text)
    execFileSync('python3', ['-m', 'py_compile', file], { stdio: 'pipe' })
    expect(existsSync(file)).toBe(true)
  })
})

test('what a target cannot say is said: conditions without words there, what is absent, attributes passed on', () => {
  const rule = parseRule(
    'y = Relu(Conv<...$at>(x, w, b?))\n=>\ny = com.microsoft.FusedConv<...$at, activation="Relu">(x, w, b)\nwhere opset >= 20',
  )
  const missing = (target: RuleTarget) => exportRule(rule, target, NEWEST).missing.join('\n')
  expect(missing('onnxscript')).toMatch(/where opset >= 20; so it never fires/)
  expect(exportRule(rule, 'onnxscript', NEWEST).text).toContain(
    '**{k: a for k, a in node_1.producer().attributes.items()',
  )
  expect(missing('pdl')).toMatch(/attributes that are passed on; so it never fires[^]*where opset >= 20/)
  expect(missing('tensorrt-llm')).toMatch(/the rule is one of ONNX operators \(Relu\)/)
  expect(missing('typescript')).toBe('')
})

test('PDL: operands that are not given stand as NoValue, results have a type each, and other forms are said', () => {
  const made = (text: string) => exportRule(parseRule(text), 'pdl', NEWEST)
  const { text } = made('y = Relu(Clip(x, none, b))\n=>\ny = Clip(x, 0, b)')
  expect(text).toMatch(/"onnx.NoValue"[^]*"is_given"\(%b\d+ [^]*"onnx.Clip"\(%x0, %none\d+, %b\d+ :/)
  expect(text).toMatch(/"onnx.Clip"\(%x0, %constant\d+, %b\d+ :/)
  const norm = made('y = Mul(RMSNormalization<...$a>(x, g), 2)\n=>\ny = LayerNormalization(x, g)').text
  expect(norm).toMatch(/"onnx.LayerNormalization"\(%x0, %g1, %none\d+ : [^\n]*-> \(%type\d+, %type\d+, %type\d+ :/)
  const layers = made('y = Relu(Neg(x))\n=>\nt = Sigmoid(x)\ny = Neg(t)')
  expect(layers.missing.join()).toMatch(/the type of what Sigmoid makes/)
  const forms = made('d = (Sub(x, z) | Neg(x))\ny = Relu(d)\n=>\ny = Abs(x)')
  expect(forms.missing.join()).toMatch(/only the first of them/)
  expect(forms.text).toContain('"onnx.Sub"')
})

test.each(['a\rimport os', 'a\u2028process.exit()', 'a\nprint()'])('a name that breaks lines is none: %j', (name) => {
  expect(() => parseRule(`rule "${name}"\ny = Neg(Neg(x))\n=>\ny = x`)).toThrow(
    /expected straight quotes around a text of one line/,
  )
  const graph = { ...parseRule('y = Neg(Neg(x))\n=>\ny = x'), name }
  for (const target of ['typescript', 'onnxscript', 'tensorrt-llm', 'pdl'] as const) {
    const [first] = exportRule(graph, target, NEWEST).text.split(/[\n\r\u2028\u2029]/)
    expect(first).toMatch(/^(\/\/|#) a .*, a rule of Graft/)
  }
})

test('names of any length and letters make files and identifiers', () => {
  for (const name of ['x'.repeat(5000), '../../etc/passwd', 'عربي', '`${1}`', '*/', 'class'])
    for (const target of ['typescript', 'onnxscript', 'pdl', 'rules'] as const) {
      const { file, text } = exportRule(parseRule(`rule "${name}"\ny = Neg(Neg(x))\n=>\ny = x`), target, NEWEST)
      expect(file).toMatch(/^[a-z0-9_-]{1,120}\.(ts|py|mlir|rules)$/)
      if (target === 'rules') expect(parseRule(text).name).toBe(name)
    }
})

test.each(['RulePattern', 'rule match', 'Schemas', 'RULE'])(
  'a class called %s is none of what its file imports',
  (name) => {
    const { text } = exportRule(parseRule(`rule "${name}"\ny = Neg(Neg(x))\n=>\ny = x`), 'typescript', NEWEST)
    const own = /export class (\w+) extends RulePattern/.exec(text)![1]!
    expect(text.match(new RegExp(`(?:import[^\n]*|const |class )\\b${own}\\b`, 'g'))).toHaveLength(1)
  },
)

test('a null character in a name is not in the Python file, which no Python would read', () => {
  const graph = { ...parseRule('y = Neg(Neg(x))\n=>\ny = x'), name: 'a\0b' }
  for (const target of ['onnxscript', 'tensorrt-llm'] as const)
    expect(exportRule(graph, target, NEWEST).text).not.toContain('\0')
})

test('what cannot be said keeps a rule from firing, whatever else its conditions ask', () => {
  const made = (text: string) => exportRule(parseRule(text), 'onnxscript', NEWEST)
  const rest = made('y = Concat<axis=$a>(x, ...b)\n=>\ny = Concat<axis=$a>(x, ...b)\nwhere all(b.rank == 1)')
  expect(rest.missing).toContain('...b, operands as many as there are; so it never fires')
  expect(rest.text).not.toContain('b.shape')
  const twice = made('y = (Relu(Softmax<...$at>(x)) | Abs(Softmax<...$at>(x)))\n=>\ny = Softmax<...$at>(x)')
  expect(twice.missing).toContain('<...$at> of several layers; so it never fires')
  const forms = made('y = (Relu(Transpose<perm=none>(x)) | Abs(x))\n=>\ny = Neg(x)')
  expect(forms.text).toContain('node_1 is None or "perm" not in node_1.producer().attributes')
})

test('a condition on a kind is decided once the kind is chosen', () => {
  const rule = 'y = $f:(Add | Mul | Sub)(x, z)\n=>\ny = Max(x, z)\nwhere $f == Mul\n=>\ny = Min(x, z)\nwhere $f != Mul'
  const { text } = exportRule(parseRule(rule), 'onnxscript', NEWEST)
  expect(text.match(/op\.(Add|Mul|Sub|Max|Min)/g)).toEqual(['op.Mul', 'op.Max', 'op.Add', 'op.Min', 'op.Sub', 'op.Min'])
  expect(text).not.toContain('== "Mul"')
})

test('what a rule says of itself is said where there is no place for it', () => {
  const text =
    'rule "A" approximation benefit 7\ny = Mul(x, Sigmoid(x))\n=>\ny = Relu(x)\n\nexample matches {\n  in x float32[2]\n  y = Mul(x, Sigmoid(x))\n  out y\n}'
  const said = (target: RuleTarget) => exportRule(parseRule(text), target, NEWEST).missing.join('\n')
  for (const target of ['onnxscript', 'tensorrt-llm'] as const)
    expect(said(target)).toMatch(/an approximation[^]*\nbenefit 7[^]*\nits examples/)
  expect(said('pdl')).toMatch(/an approximation[^]*\nits examples/)
  for (const target of ['rules', 'typescript'] as const) expect(said(target)).toBe('')
})

test('PDL takes a whole benefit from 0 on, and tries right sides in their order', () => {
  const made = (benefit: number, more = '') =>
    exportRule(parseRule(`rule "A" benefit ${benefit}\ny = Relu(x)\n=>\ny = Abs(x)${more}`), 'pdl', NEWEST)
  const benefits = (text: string) => [...text.matchAll(/benefit\((.*?)\)/g)].map((m) => m[1])
  expect(benefits(made(3).text)).toEqual(['3'])
  expect(made(3).missing.join()).not.toMatch(/benefit/)
  for (const [benefit, whole] of [
    [2.5, 3],
    [-4, 0],
    [1e9, 61_439],
  ] as const) {
    const { text, missing } = made(benefit)
    expect(benefits(text)).toEqual([String(whole)])
    expect(missing.join()).toContain(`benefit ${benefit}: here it is ${whole}`)
  }
  expect(benefits(made(3, '\nwhere x.rank == 1\n=>\ny = Neg(x)').text)).toEqual(['4', '3'])
})

test('onnxscript tells attributes apart by what Python calls them: a float is written as one', () => {
  const made = (right: string) => exportRule(parseRule(`y = Mul(x, @c)\n=>\ny = ${right}`), 'onnxscript', NEWEST).text
  expect(made('com.microsoft.QuickGelu<alpha=1>(x)')).toContain('op.QuickGelu(x, alpha=1.0,')
  expect(made('Elu<alpha={c.value}>(x)')).toContain('alpha=float(_value(c))')
  expect(made('Softmax<axis=1>(x)')).toContain('axis=1)')
})

test('operands in one order only', () => {
  const said = (text: string, target: RuleTarget) => {
    const { text: made, missing } = exportRule(parseRule(`${text}\n=>\ny = Neg(x)`), target, NEWEST)
    return [made.includes('commute=True'), missing.join()]
  }
  expect(said('y = Add!(Neg(x), 1)', 'onnxscript')).toEqual([false, ''])
  expect(said('y = Add(Neg(x), 1)', 'onnxscript')).toEqual([true, ''])
  expect(said('y = Add!(Mul(x, 2), 1)', 'onnxscript')).toEqual([false, 'operands of Mul in the other order'])
  expect(said('y = Add!(Neg(x), 1)', 'pdl')[1]).not.toMatch(/other order/)
  expect(said('y = Add(Neg(x), 1)', 'pdl')[1]).toMatch(/operands of Add in the other order/)
})
