/** Rules in files: tested, listed and applied from a terminal. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main'
import { exportOnnx, importOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => path.join(folder, name)
const rules = (name: string, text: string): string => {
  writeFileSync(at(name), text)
  return at(name)
}

let out = ''
let err = ''
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})

const TWICE = 'rule "Neg twice" exact\ny = Neg(Neg(x))\n=>\ny = x\n'
const EXAMPLES = `
example matches "two" {
  in x float32[2]
  y = Abs(Neg(Neg(x)))
  out y
}
example fails "three layers apart" {
  in x float32[2]
  y = Neg(Abs(Neg(x)))
  out y
}
`
const WRONG = 'rule "Sub for Add"\ny = Add(Neg(x), z)\n=>\ny = Sub(x, z)\n'
const SHORT = ['--instances', '12']

describe('graft test', () => {
  test('a rule that holds, with examples', async () => {
    expect(await main(['test', rules('good.rules', TWICE + EXAMPLES), ...SHORT])).toBe(0)
    expect(out).toMatch(/^Neg twice: equal on \d+ networks, to the bit\n {2}\d+ of 12 networks match/)
    expect(out).toContain('2 of 2 examples hold')
  })
  test('a rule that rounds says by how much; one that claims to be exact does not hold then', async () => {
    const text = (claim: string) => `rule "Third"${claim}\ny = Div(x, 3)\n=>\ny = Mul(x, 0.3333333333333333)\n`
    expect(await main(['test', rules('third.rules', text('')), ...SHORT])).toBe(0)
    expect(out).toMatch(/^Third: equal up to rounding on \d+ networks?, largest difference \d\.\de-\d+/)
    expect(await main(['test', rules('third.rules', text(' exact')), ...SHORT])).toBe(1)
  })
  test('one that differs: the smallest counterexample is written on request, and the others are tried all the same', async () => {
    const file = rules('wrong.rules', TWICE + WRONG)
    expect(await main(['test', file, ...SHORT, '--counterexamples', at('cx'), '--json'])).toBe(1)
    const [twice, wrong] = JSON.parse(out) as {
      verdict: string
      counterexample: { files: string[]; layers: string[] }
    }[]
    expect([twice!.verdict, twice!.counterexample, wrong!.verdict]).toEqual(['equal', null, 'differs'])
    expect(wrong!.counterexample.layers).toEqual(['Neg', 'Add'])
    const kinds = (n: number) =>
      importOnnx(readFileSync(wrong!.counterexample.files[n]!)).snapshot.layers.map((l) => l.kind)
    expect([kinds(0), kinds(1)]).toEqual([['Neg', 'Add'], ['Sub']])
    expect(existsSync(at('cx'))).toBe(true)
  })
  test('names of any kind: each counterexample has a file of its own inside the folder', async () => {
    const names = ['../../up', 'x'.repeat(3000), '\u202Eعربي', '\u202Eعربي!', '-o', '$(x)']
    const text = names.map((n) => WRONG.replace('Sub for Add', n)).join('\n')
    expect(await main(['test', rules('names.rules', text), ...SHORT, '--counterexamples', at('named'), '--json'])).toBe(
      1,
    )
    const tests = JSON.parse(out) as { counterexample: { files: string[] } }[]
    const files = tests.flatMap((t) => t.counterexample.files)
    expect(new Set(files).size).toBe(2 * names.length)
    for (const file of files) expect([path.dirname(file), existsSync(file)]).toEqual([at('named'), true])
  })
  test('a file with a comma in its name, and a rule without a name', async () => {
    expect(await main(['test', rules('a,b "c".rules', TWICE), ...SHORT])).toBe(0)
    expect(await main(['test', rules('unnamed.rules', TWICE.replace('Neg twice', ' ')), ...SHORT])).toBe(2)
    expect(err).toMatch(/unnamed\.rules:1:6: expected a name between the quotes/)
  })
  test('an example that does not hold says which and why', async () => {
    const text = `${TWICE}\nexample matches "one" {\n  in x float32[2]\n  y = Neg(x)\n  out y\n}\n`
    expect(await main(['test', rules('example.rules', text), ...SHORT])).toBe(1)
    expect(out).toMatch(/example "one", which must match: it does not match: neg: expected Neg, found network input x/)
  })
  test('what no runtime has is not proved: exit code 3', async () => {
    expect(await main(['test', rules('own.rules', 'rule "Own"\ny = my.Own(x)\n=>\ny = my.Other(x)\n'), ...SHORT])).toBe(
      3,
    )
    expect(out).toMatch(/^Own: cannot be run: .*my\.Own|^Own: cannot be run: /)
  })
  test('patterns of the library by label and by family', async () => {
    expect(await main(['test', 'no-op,Gelu (erf)', '--instances', '3'])).toBe(0)
    expect(out).toMatch(/No-op: /)
    expect(out).toMatch(/Gelu \(erf\): /)
  })
  test.each([
    ['rule "A"\ny = Relux(x)\n=>\ny = x', /bad\.rules:2:5: there is no operator Relux: do you mean Relu\?/],
    ['rule "A"\ny = Relu(x\n=>\ny = x', /bad\.rules:3:1: expected "\)", found "=>"/],
    ['y = Relu(x)\n=>\ny = x', /bad\.rules:1:1: expected rule "its name"/],
    [TWICE + TWICE, /bad\.rules:5:6: expected a name that no other rule of this file has/],
    ['rule "A" exactly\ny = Relu(x)\n=>\ny = x', /bad\.rules:1:10: expected exact, rounding, approximation, benefit/],
    [`${TWICE}example matches\nin x float32[2]`, /bad\.rules:5:1: expected example matches \{ … \}/],
  ])('%j cannot be read: file, line and column', async (text, why) => {
    expect(await main(['test', rules('bad.rules', text)])).toBe(2)
    expect(err).toMatch(why)
  })
  test.each([
    [['test', 'nothing.rules'], /there is no such file/],
    [['test', 'no-op', '--instances', 'many'], /--instances takes a whole number from 1 on, not many/],
  ])('%j is bad usage', async (argv, why) => {
    expect(await main(argv)).toBe(2)
    expect(err).toMatch(why)
  })
})

describe('a file of rules in place of labels', () => {
  const file = rules('both.rules', `${TWICE}rule "Sub" benefit 3\ny = Add(x, Neg(z))\n=>\ny = Sub(x, z)\n`)
  writeFileSync(
    at('in.onnx'),
    exportOnnx(snapshotOf(net('in x float32[2]\nin z float32[2]\ny = Relu(Add(Neg(Neg(x)), Neg(z)))\nout y', 17)))
      .bytes,
  )
  test('graft rewrite --patterns', async () => {
    expect(await main(['rewrite', at('in.onnx'), '-o', at('o.onnx'), '--patterns', file, '--verify'])).toBe(0)
    expect(importOnnx(readFileSync(at('o.onnx'))).snapshot.layers.map((l) => l.kind)).toEqual(['Sub', 'Relu'])
  })
  test('graft match, beside patterns of the library', async () => {
    expect(await main(['match', at('in.onnx'), '--patterns', `no-op,${file}`, '--json'])).toBe(0)
    expect((JSON.parse(out) as { pattern: string }[]).map((r) => r.pattern)).toEqual(['Neg twice', 'Sub'])
  })
  test('graft explain takes a file of one rule', async () => {
    expect(await main(['explain', at('in.onnx'), '--pattern', file])).toBe(2)
    expect(err).toMatch(/has 2 patterns: a file of one is needed here/)
    expect(await main(['explain', at('in.onnx'), '--pattern', rules('one.rules', TWICE)])).toBe(0)
  })
})

describe('a file of one’s own under graft rewrite', () => {
  const SILU = 'rule "SiLU, mine"\ny = Mul(x, Sigmoid(x))\n=>\ny = Swish<alpha=1>(x)\n'
  const LLAMA = 'public/models/llama-8.torchscript.onnx'
  test('has the operator set that it has in the app: Swish came with 24', async () => {
    const file = rules('swish.rules', SILU)
    expect(await main(['rewrite', LLAMA, '--patterns', file, '-o', at('swish.onnx'), '--json'], '.')).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ rewrites: { 'SiLU, mine': 8 }, opset: { before: 17, after: 24 }, left: [] })
  })
  test('that matches and makes nothing of it says why', async () => {
    const file = rules('left.rules', SILU.replace('Swish<alpha=1>(x)', 'Mul(x, full([999], 1))'))
    expect(await main(['rewrite', LLAMA, '--patterns', file, '-o', at('left.onnx')], '.')).toBe(0)
    expect(out).toMatch(/SiLU, mine matched at 8 places, and left them: y has shape .*, and would get unknown/)
  })
})

describe('graft convert', () => {
  test('writes a rule for another compiler, and says what that cannot say', async () => {
    const silu = rules('silu.rules', 'rule "SiLU"\ny = Mul(x, Sigmoid(x))\n=>\ny = Swish<alpha=1>(x)\n')
    expect(await main(['convert', silu, '--to', 'pdl', '-o', at('silu.mlir')])).toBe(0)
    expect(readFileSync(at('silu.mlir'), 'utf8')).toMatch(/pdl\.pattern @silu : benefit\(20\)/)
    expect(err).toMatch(/not in it: operands of Mul in the other order/)
    expect(await main(['convert', silu, '--to', 'onnxscript', '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ target: 'onnxscript', missing: [] })
  })
  test('of an unknown target, or a file of several, is bad usage', async () => {
    expect(await main(['convert', rules('one.rules', TWICE), '--to', 'llvm'])).toBe(2)
    expect(err).toMatch(/--to is one of rules, typescript, .*, not llvm/)
    expect(await main(['convert', 'test/cases/engine/resnet-fp16.graph.json'])).toBe(2)
    expect(err).toMatch(/graft engine reads what trtexec says of an engine/)
    expect(await main(['convert', rules('two.rules', TWICE + WRONG), '--to', 'pdl'])).toBe(2)
    expect(err).toMatch(/has 2 rules/)
  })
})

test('a rule of TensorRT layers becomes a PatternRewriter, and says that its numbers cannot be run', async () => {
  const file = rules(
    'trt.rules',
    'rule "Sum to difference"\ny = ELEMENTWISE<op="SUM">(a, UNARY<op="NEG">(b))\n=>\ny = ELEMENTWISE<op="SUB">(a, b)\n',
  )
  expect(await main(['convert', file, '--to', 'tensorrt-llm', '-o', at('trt.py')], '.')).toBe(0)
  const python = readFileSync(at('trt.py'), 'utf8')
  expect(python).toContain('class SumToDifference(PatternRewriter):')
  expect(python).not.toContain('return False  # See above')
  out = ''
  expect(await main(['test', file], '.')).toBe(3)
  expect(out).toMatch(/Sum to difference: cannot be run: networks of TensorRT layers are not drawn/)
})
