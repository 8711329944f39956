import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main'
import { exportOnnx, importOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => path.join(folder, name)

const GELU = 'in x float32[2,8]\ny = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)\nout y'
const write = (name: string, text: string): string => {
  writeFileSync(at(name), exportOnnx(snapshotOf(net(text, 17))).bytes)
  return at(name)
}
const model = write('gelu.onnx', GELU)

let out = ''
let err = ''
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})

describe('graft rewrite', () => {
  test('writes the model and a report, and proves it', async () => {
    const [target, report] = [at('out.onnx'), at('report.json')]
    const code = await main(['rewrite', model, '-o', target, '--report', report, '--verify', '--verify-steps'])
    expect([code, err]).toEqual([0, ''])
    const r = JSON.parse(readFileSync(report, 'utf8')) as Record<string, unknown>
    expect(r).toMatchObject({
      nodesBefore: 5,
      nodesAfter: 1,
      opset: { before: 17, after: 17 },
      opsAfter: { 'com.microsoft.Gelu': 1 },
      rewrites: { 'Gelu (erf)': 1 },
      costBefore: { launches: 5, flops: 5 * 16 },
      costAfter: { launches: 1, flops: 5 * 16, activations: 2 * 64, weights: 0 },
      verdict: { verdict: 'equal' },
      steps: { equal: 1, different: 0, 'cannot-run': 0, failed: [] },
    })
    expect(Object.keys(r['seconds'] as object)).toEqual(['import', 'rewrite', 'export', 'verify'])
    expect(importOnnx(readFileSync(target)).snapshot.layers.map((l) => l.kind)).toEqual(['com.microsoft.Gelu'])
    expect(out).toMatch(/5 nodes -> 1/)
  })

  test('--target onnx writes standard operators, --json says everything', async () => {
    expect(await main(['rewrite', model, '-o', at('std.onnx'), '--target', 'onnx', '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ target: 'onnx', opsAfter: { Gelu: 1 }, verdict: null, steps: null })
  })

  test('--log tells what the patterns said on the way, and that they said nothing', async () => {
    expect(await main(['rewrite', model, '-o', at('log.onnx'), '--log'])).toBe(0)
    expect(out).toContain('no pattern said anything')
    out = ''
    expect(await main(['rewrite', model, '-o', at('log.onnx'), '--log', '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ log: [] })
    out = ''
    expect(await main(['rewrite', model, '-o', at('log.onnx'), '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ log: null })
  })

  test('--patterns takes labels and families, whatever their case', async () => {
    const run = async (...patterns: string[]): Promise<unknown> => {
      out = ''
      expect(await main(['rewrite', model, '-o', at('p.onnx'), '--json', '--patterns', ...patterns])).toBe(0)
      return (JSON.parse(out) as { rewrites: unknown }).rewrites
    }
    expect(await run('clean-up')).toEqual({})
    expect(await run('gelu-erf,layernorm')).toEqual({ 'Gelu (erf)': 1 })
    expect(await run('all')).toMatchObject({ 'Gelu by tanh': 1 })
  })

  test('--exact leaves what rounds differently, and more than that, even where it is asked for', async () => {
    expect(await main(['rewrite', model, '-o', at('x.onnx'), '--json', '--exact', '--patterns', 'all'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ rewrites: {}, nodesAfter: 5 })
  })

  test('--no-approximations leaves approximations out even where they are asked for', async () => {
    const args = ['--json', '--no-approximations', '--patterns', 'all']
    expect(await main(['rewrite', model, '-o', at('e.onnx'), ...args])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ opsAfter: { 'com.microsoft.Gelu': 1 } })
  })

  test('an approximation that differs too much ends with 1', async () => {
    const code = await main(['rewrite', model, '-o', at('a.onnx'), '--json', '--patterns', 'all', '--verify'])
    expect(JSON.parse(out)).toMatchObject({ verdict: { verdict: 'different', tolerance: 1e-4 } })
    expect(code).toBe(1)
  })

  test('a trace replays to the same file', async () => {
    const [a, b, trace] = [at('t1.onnx'), at('t2.onnx'), at('t.json')]
    expect(await main(['rewrite', model, '-o', a, '--trace', trace])).toBe(0)
    expect(await main(['trace', model, trace, '-o', b])).toBe(0)
    expect(readFileSync(b)).toEqual(readFileSync(a))
    const other = write('other.onnx', GELU.replace('0.5', '0.25'))
    expect(await main(['trace', other, trace])).toBe(1)
    expect(err).toMatch(/another network/)
  })
})

describe('graft open, match, explain, patterns, verify', () => {
  test('open', async () => {
    expect(await main(['open', model, '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      nodes: 5,
      operators: { Mul: 2, Add: 1, Div: 1, Erf: 1 },
      inputs: [{ name: 'x', dtype: 'float32', shape: [2, 8] }],
    })
  })
  test('match lists every place', async () => {
    expect(await main(['match', model, '--patterns', 'activation', '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject([{ pattern: 'Gelu (erf)', count: 1, matches: [{ tensors: { x: 'x' } }] }])
  })
  test('explain tells what stopped a pattern, and the nearest misses without a layer', async () => {
    const near = write('near.onnx', GELU.replace('1.4142135', '1.5'))
    expect(await main(['explain', near, '--pattern', 'Gelu (erf)', '--json'])).toBe(0)
    expect((JSON.parse(out) as unknown[])[0]).toMatchObject({
      matches: false,
      found: expect.stringMatching(/1\.5/) as string,
    })
    out = ''
    const { root } = (
      JSON.parse((await main(['match', model, '--patterns', 'gelu-erf', '--json']), out)) as [
        { matches: [{ root: string }] },
      ]
    )[0].matches[0]
    out = ''
    expect(await main(['explain', model, '--pattern', 'gelu erf', '--layer', root])).toBe(0)
    expect(out).toMatch(/^match at /)
  })
  test('patterns', async () => {
    expect(await main(['patterns'])).toBe(0)
    expect(out).toMatch(/Gelu \(erf\) .*Gelu\(x\)/)
  })
  test('verify', async () => {
    const other = write('quarter.onnx', GELU.replace('0.5', '0.25'))
    expect(await main(['verify', model, model])).toBe(0)
    expect(out).toMatch(/^equal: /)
    expect(await main(['verify', model, other, '--json'])).toBe(1)
  })
})

describe('bad usage ends with 2, says what is wrong, and leaves no file', () => {
  const files = readdirSync(folder).length
  test.each([
    [['bogus'], /there is no command bogus: there are open/],
    [['rewrite', model], /-o is missing/],
    [['rewrite', '-o', at('no.onnx')], /expected one file, got 0/],
    [['rewrite', at('nothing.onnx'), '-o', at('no.onnx')], /there is no such file/],
    [['rewrite', folder, '-o', at('no.onnx')], /it is a folder/],
    [['rewrite', model, '-o', at('no.onnx'), '--patterns', 'gelo'], /no pattern or family called gelo/],
    [['rewrite', model, '-o', at('no.onnx'), '--target', 'tpu'], /--target is ort or onnx, not tpu/],
    [['rewrite', model, '-o', at('no.onnx'), '--bogus'], /--bogus/],
    [['rewrite', model, '-o', at('missing/no.onnx')], /cannot write/],
    [['explain', model, '--pattern', 'Gelu (erf)', '--layer', 'nowhere'], /no layer called nowhere/],
    [['verify', model, model, '--seeds', '1,x'], /whole numbers/],
    [['trace', model, model], /is not JSON/],
  ])('graft %j', async (args, why) => {
    expect(await main(args)).toBe(2)
    expect(err).toMatch(why)
    expect(readdirSync(folder).filter((f) => f.startsWith('no.') || f.startsWith('.graft'))).toEqual([])
    expect(readdirSync(folder).length).toBeGreaterThanOrEqual(files)
  })
  test('a file that is no model', async () => {
    writeFileSync(at('text.onnx'), '{"not": "a model"}')
    expect(await main(['open', at('text.onnx')])).toBe(2)
    expect(err).toMatch(/not an ONNX model but JSON/)
  })
  test('help', async () => {
    expect(await main(['--help'])).toBe(0)
    expect(out).toMatch(/graft rewrite in\.onnx/)
    expect(await main([])).toBe(2)
  })
})

describe('graft cost', () => {
  const symbolic = write(
    'symbolic.onnx',
    'in x float32[batch,tokens,4]\nconst w float32[4,8]\ny = Relu(MatMul(x, w))\nout y',
  )

  test('says what is known, what is assumed and what would tell more', async () => {
    expect(await main(['cost', symbolic])).toBe(0)
    expect(out).toMatch(/assumed: batch=1/)
    expect(out).toMatch(/unknown: tokens; say it with --set tokens=/)
    expect(out).toMatch(/MatMul +1 +≥ 0/)
  })

  test('--set says sizes, --json says everything by kind', async () => {
    expect(await main(['cost', symbolic, '--json', '--set', 'tokens=5,batch=2'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      total: { launches: 2, flops: 80 * 8 + 80, weights: 128 },
      kinds: { MatMul: { flops: 640 }, Relu: { flops: 80, weights: 0 } },
      sizes: { said: { tokens: 5, batch: 2 }, assumed: {}, missing: [] },
    })
  })

  test.each([
    ['tokens', /tokens is not a size: write N=1/],
    ['rows=3', /no size called rows; it has batch, tokens/],
  ])('--set %s is refused with what to do', async (set, message) => {
    expect(await main(['cost', symbolic, '--set', set])).toBe(2)
    expect(err).toMatch(message)
  })
})
