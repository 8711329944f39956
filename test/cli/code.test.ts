/** Patterns in files of code: listed, applied and tested from a terminal. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main'
import { exportOnnx, importOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-code-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(folder, name), content)
  return path.join(folder, name)
}

let out = ''
let err = ''
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})

const silu = (right: string): string => `import { PatternRewriter, type Layer } from 'graft/engine'

export class Silu extends PatternRewriter {
  static examples = [
    { matches: 'in x float32[2,3]\\ny = Mul(x, Sigmoid(x))\\nout y' },
    { fails: 'in x float32[2,3]\\nin z float32[2,3]\\ny = Mul(z, Sigmoid(x))\\nout y' },
  ]
  constructor() {
    super('SiLU in code', { rootLayer: ['Mul'], separateMatchRewrite: true })
  }
  override match(layer: Layer): boolean {
    const [x, gate] = layer.getInputs()
    return gate?.parent?.kind === 'Sigmoid' && gate.parent.input(0) === x
  }
  override rewrite(layer: Layer): void {
    const made = layer.network.addLayer({ kind: '${right}', inputs: [layer.input(0)!] })
    layer.output()!.replaceAllUsesWith(made.output()!)
    layer.markAsRemoved()
  }
}
`
const COUNT = `import { PatternAnalyzer } from 'graft/engine'
import type { Layer } from 'graft/engine'
export class Count extends PatternAnalyzer<true> {
  private readonly seen = new Map<Layer, number>()
  constructor() { super('Count Sigmoid', { rootLayer: ['Sigmoid'] }) }
  override match(): true { return true }
  override analyze(_: true, layer: Layer): void { this.seen.set(layer, this.seen.size + 1) }
  override results() { return this.seen }
}
`
const MODEL = exportOnnx(snapshotOf(net('in x float32[2,3]\ny = Mul(x, Sigmoid(x))\nout y', 23))).bytes

describe('a class in a file', () => {
  test('rewrites a model under its own name', async () => {
    const [model, made] = [put('in.onnx', MODEL), path.join(folder, 'out.onnx')]
    const code = put(
      'silu.ts',
      silu('Swish').replace("kind: 'Swish'", "kind: 'com.microsoft.QuickGelu', attributes: { alpha: 1 }"),
    )
    expect(await main(['rewrite', model, '-o', made, '--patterns', code, '--json']), err).toBe(0)
    expect(importOnnx(new Uint8Array(readFileSync(made))).snapshot.layers.map((l) => l.kind)).toEqual([
      'com.microsoft.QuickGelu',
    ])
    expect(JSON.parse(out)).toMatchObject({ rewrites: { 'SiLU in code': 1 } })
  })
  test('is tested on its examples, by numbers, and one that differs does not pass', async () => {
    const good = put(
      'good.ts',
      silu('Swish').replace("kind: 'Swish'", "kind: 'com.microsoft.QuickGelu', attributes: { alpha: 1 }"),
    )
    expect(await main(['test', good, '--instances', '8']), out + err).toBe(0)
    expect(out).toMatch(/SiLU in code: equal.*2 of 2 examples hold/s)
    expect(await main(['test', put('wrong.ts', silu('Tanh')), '--instances', '8'])).toBe(1)
    expect(out).toContain('SiLU in code: differs')
  })
  test('analyzers tell what they find, each with its number', async () => {
    expect(await main(['match', put('in.onnx', MODEL), '--patterns', put('count.ts', COUNT)])).toBe(0)
    expect(out).toMatch(/Count Sigmoid: 1\n {2}\S+ {2}1\n/)
  })
})

describe('what is wrong in a file of code is told with its line', () => {
  test.each([
    ['no TypeScript', 'export class {{', /bad\.ts:1:\d+: this is no TypeScript/],
    [
      'a name that may not be imported',
      "\nimport fs from 'node:fs'\nfs.x",
      /bad\.ts:2:\d+: node:fs cannot be imported: .*graft\/engine/,
    ],
    [
      'a name that stands behind another door',
      "import { PatternRewriter } from 'graft/tensorrt'\n\nexport class A extends PatternRewriter {}",
      /bad\.ts:3:\d+: graft\/tensorrt has no PatternRewriter: it is in graft\/engine/,
    ],
    ['a throw as it loads', '\n\nthrow new Error("no")', /bad\.ts:3:\d+: no/],
    ['no pattern', 'export const x = 1', /bad\.ts: it exports no pattern/],
    [
      'a name that nobody reads',
      "import { PatternRewriter } from 'graft/engine'\nexport class A extends PatternRewriter {\n  constructor() {\n    super('x'.repeat(1e6), { rootLayer: ['Relu'] })\n  }\n}",
      /bad\.ts.*: a pattern has a name of 1000000 characters: 200 are enough/,
    ],
    [
      'a constructor that throws',
      "import { PatternRewriter } from 'graft/engine'\nexport class A extends PatternRewriter {\n constructor() { super('a')\n throw new Error('never') } }",
      /bad\.ts:4:\d+: A cannot be made: never/,
    ],
  ])('%s', async (_, text, message) => {
    expect(await main(['match', put('in.onnx', MODEL), '--patterns', put('bad.ts', text)])).toBe(2)
    expect(err).toMatch(message)
  })
  test('a match that gives nothing, and one that changes the network, are failures of the pattern', async () => {
    const code = (body: string) =>
      `import { PatternRewriter } from 'graft/engine'\nexport class A extends PatternRewriter {\n constructor() { super('a', { separateMatchRewrite: true }) }\n match(layer) { ${body} }\n}`
    expect(await main(['match', put('in.onnx', MODEL), '--patterns', put('bad.ts', code(''))])).toBe(1)
    expect(err).toContain('match gave nothing (is a return missing?)')
    expect(
      await main([
        'match',
        put('in.onnx', MODEL),
        '--patterns',
        put('bad.ts', code('layer.markAsRemoved(); return true')),
      ]),
    ).toBe(1)
    expect(err).toMatch(/pattern a failed in its match/)
  })
})

describe('a pattern that fails at a layer', () => {
  const failing = (): string =>
    put(
      'fails.ts',
      `import { PatternRewriter } from 'graft/engine'\nexport class A extends PatternRewriter {\n constructor() { super('a', { rootLayer: ['Mul'] }) }\n matchAndRewrite() { throw new Error('no such weight') }\n}`,
    )
  const rewrite = (...more: string[]): Promise<number> =>
    main(['rewrite', put('in.onnx', MODEL), '-o', path.join(folder, 'failed.onnx'), '--patterns', failing(), ...more])
  const isWritten = (): boolean => existsSync(path.join(folder, 'failed.onnx'))

  test('is no success, is said at the end, and nothing is written', async () => {
    expect(await rewrite()).toBe(1)
    expect(out).toMatch(
      /pattern a failed in its rewrite on layer \S+: no such weight \(line 4 of its file\)\nnothing was written: --force writes it all the same\n$/,
    )
    expect(isWritten()).toBe(false)
  })
  test('by what cannot be read is a failure like any other', async () => {
    const trap =
      "throw new Proxy({}, { getPrototypeOf() { throw new Error('trap') }, get() { throw new Error('trap') } })"
    const code = `import { PatternRewriter } from 'graft/engine'\nexport class A extends PatternRewriter {\n constructor() { super('a', { rootLayer: ['Mul'] }) }\n matchAndRewrite() { ${trap} }\n}`
    const file = path.join(folder, 'failed.onnx')
    expect(await main(['rewrite', put('in.onnx', MODEL), '-o', file, '--patterns', put('trap.ts', code)])).toBe(1)
    expect(out).toMatch(/pattern a failed in its rewrite on layer \S+: it threw something that cannot be read/)
  })
  test('is in the report, and with --force what the others made is written', async () => {
    expect(await rewrite('--force', '--json')).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      failures: [expect.stringContaining('no such weight')],
      warnings: expect.not.arrayContaining([expect.stringContaining('no such weight')]),
    })
    expect(isWritten()).toBe(true)
  })
})

describe('networks that a pattern is tried on', () => {
  const LARGE = exportOnnx(snapshotOf(net('in x float32[2,300]\ny = Mul(x, Sigmoid(x))\nz = Relu(y)\nout z', 23))).bytes
  const rule = (right: string): string =>
    `rule "Large"\ny = Mul(x, Sigmoid(x))\n=>\ny = ${right}\nwhere x.shape[1] > 100`

  test('are cut out of models too, where the conditions of a rule ask for more than is drawn', async () => {
    const [model, right, wrong] = [
      put('large.onnx', LARGE),
      put('right.rules', rule('com.microsoft.QuickGelu<alpha=1>(x)')),
      put('wrong.rules', rule('Tanh(x)')),
    ]
    expect(await main(['test', right, '--instances', '20'])).toBe(3)
    expect(out).toContain('not proved')
    expect(await main(['test', right, model, '--instances', '20']), out + err).toBe(0)
    expect(await main(['test', wrong, model, '--instances', '20'])).toBe(1)
    expect(await main(['test', right, 'nowhere.onnx'])).toBe(2)
    expect(err).toContain('nowhere.onnx')
  })
  test.each([
    ['of another type', "layer.input(0)?.dtype === 'float16'"],
    ['of other sizes', 'Number(layer.input(0)?.shape?.[1]) < 100'],
    ['of another rank', 'layer.input(0)?.rank === 3'],
  ])('are varied for a class without examples: one that is wrong %s differs', async (_, when) => {
    const code = silu('Swish')
      .replace(/ {2}static examples[^]*?\n {2}\]\n/, '')
      .replace(
        "kind: 'Swish'",
        `kind: ${when} ? 'Tanh' : 'com.microsoft.QuickGelu', attributes: ${when} ? {} : { alpha: 1 }`,
      )
    expect(await main(['test', put('mine.ts', code), put('large.onnx', LARGE), '--instances', '60']), out).toBe(1)
    expect(out).toContain('SiLU in code: differs')
  })
})
