/** What commands read and write: weights beside a model, links, modes, pipes, names given twice, hostile files. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main'
import { exportOnnx, importOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { modelBytes, node, tensorProto, value as typed } from '../dialects/onnx/support'
import { net } from '../patterns/notation'

const CASES = 'test/cases'
const folder = mkdtempSync(path.join(tmpdir(), 'graft-files-'))
const at = (name: string): string => path.join(folder, name)
const model = at('model.onnx')
writeFileSync(model, exportOnnx(snapshotOf(net('in x float32[4]\ny = Relu(Relu(x))\nout y', 17))).bytes)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let [out, err] = ['', '']
vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
beforeEach(() => void ([out, err] = ['', '']))

const temporary = (): string[] => readdirSync(folder).filter((f) => f.startsWith('.graft-'))

describe('what is written', () => {
  test('a link keeps pointing, and what it points to is replaced whole, with its mode', async () => {
    writeFileSync(at('real.onnx'), 'old')
    chmodSync(at('real.onnx'), 0o640)
    symlinkSync('real.onnx', at('link.onnx'))
    expect(await main(['rewrite', model, '-o', at('link.onnx')])).toBe(0)
    expect(readFileSync(at('link.onnx'))).toEqual(readFileSync(at('real.onnx')))
    expect(readFileSync(at('real.onnx')).length).toBeGreaterThan(40)
    expect(statSync(at('real.onnx')).mode & 0o777).toBe(0o640)
    expect(temporary()).toEqual([])
  })

  test('a pipe is written to', () => {
    const script = `mkfifo ${at('pipe')} && (cat ${at('pipe')} > ${at('piped.onnx')} & node bin/graft.mjs rewrite ${model} -o ${at('pipe')}; wait)`
    expect(spawnSync('sh', ['-c', script], { timeout: 30_000 }).status).toBe(0)
    expect(statSync(at('pipe')).isFIFO()).toBe(true)
    expect(readFileSync(at('piped.onnx')).length).toBeGreaterThan(40)
  })

  test('- is the standard output, and the standard input', () => {
    const piped = spawnSync('sh', ['-c', `node bin/graft.mjs rewrite - -o - < ${model}`], { timeout: 30_000 })
    expect(piped.status).toBe(0)
    writeFileSync(at('stdout.onnx'), piped.stdout)
    expect(spawnSync('node', ['bin/graft.mjs', 'open', at('stdout.onnx'), '--json']).status).toBe(0)
  })

  test.each([
    ['one file for two things', ['-o', at('same.onnx'), '--report', at('same.onnx')], /-o and --report name one file/],
    ['a report that is a folder', ['-o', at('a.onnx'), '--report', folder], /is a folder/],
    ['a folder that is not there', ['-o', at('nowhere/a.onnx')], /there is no folder/],
  ])('%s is refused, and nothing is written', async (_, args, message) => {
    expect(await main(['rewrite', model, ...args])).toBe(2)
    expect(err).toMatch(message)
    expect(existsSync(at('a.onnx')) || existsSync(at('same.onnx'))).toBe(false)
    expect(temporary()).toEqual([])
  })

  test('with --json an error is JSON too', async () => {
    expect(await main(['rewrite', at('none.onnx'), '-o', at('b.onnx'), '--json'])).toBe(2)
    expect(JSON.parse(out)).toEqual({ error: { message: expect.stringMatching(/there is no such file/), exitCode: 2 } })
  })

  test('what fails verification is written by --force only', async () => {
    const gelu = at('gelu.onnx')
    writeFileSync(
      gelu,
      exportOnnx(snapshotOf(net('in x float32[64]\ny = Mul(Mul(x, 0.5), Add(Erf(Div(x, 1.4142135)), 1))\nout y', 20)))
        .bytes,
    )
    const args = ['rewrite', gelu, '-o', at('approx.onnx'), '--patterns', 'all', '--verify']
    expect(await main(args)).toBe(1)
    expect(existsSync(at('approx.onnx'))).toBe(false)
    expect(out).toMatch(/nothing was written: --force/)
    expect(await main([...args, '--force'])).toBe(1)
    expect(existsSync(at('approx.onnx'))).toBe(true)
  })
})

describe('old files', () => {
  test('what they list as an input and give a value is a constant, unless a caller may give another', async () => {
    const value = (name: string) => typed(name, 'float32', [4])
    const numbers = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)
    const graph = {
      input: [value('x'), value('c')],
      output: [value('y')],
      node: [node('y = Mul(x, c)')],
      initializer: [tensorProto('c', 'float32', [4], { raw_data: numbers })],
    }
    writeFileSync(at('ir3.onnx'), modelBytes(graph, { ir_version: 3, opset_import: [{ domain: '', version: 9 }] }))
    for (const [flags, inputs] of [
      [[], ['x']],
      [['--overridable'], ['x', 'c']],
    ] as const) {
      expect(await main(['rewrite', at('ir3.onnx'), '-o', at('ir3.out.onnx'), ...flags])).toBe(0)
      const { snapshot } = importOnnx(new Uint8Array(readFileSync(at('ir3.out.onnx'))))
      expect(snapshot.inputs.map((id) => snapshot.tensors.find((t) => t.id === id)!.name)).toEqual(inputs)
    }
  })
})

describe('weights beside a model', () => {
  test.each(['devzero', 'dotdot', 'passwd', 'hexoff', 'hugeoff', 'nul'])(
    '%s: a path that leads elsewhere is refused',
    async (name) => {
      expect(await main(['rewrite', `${CASES}/external/outside/${name}.onnx`, '-o', at('o.onnx')])).toBe(2)
      expect(err).toMatch(/are not read, /)
    },
  )

  test('a link out of the folder is refused, and missing weights are, but for --structure-only', async () => {
    const inside = at('linked')
    mkdirSync(inside)
    copyFileSync(`${CASES}/external/outside/symlink.onnx`, path.join(inside, 'm.onnx'))
    expect(await main(['rewrite', path.join(inside, 'm.onnx'), '-o', at('o.onnx')])).toBe(2)
    expect(err).toMatch(/weights are missing, link.bin/)
    expect(await main(['rewrite', path.join(inside, 'm.onnx'), '-o', at('o.onnx'), '--structure-only'])).toBe(0)
    writeFileSync(at('secret.bin'), new Uint8Array(64))
    symlinkSync(at('secret.bin'), path.join(inside, 'link.bin'))
    expect(await main(['rewrite', path.join(inside, 'm.onnx'), '-o', at('o.onnx')])).toBe(2)
    expect(err).toMatch(/a link out of the model's folder/)
  })

  test('each side of a comparison has the weights of its own folder', async () => {
    const [a, b] = ['A', 'B'].map((x) => `${CASES}/external/working-folder/${x}/model.onnx`) as [string, string]
    expect(await main(['verify', a, b])).toBe(1)
    expect(await main(['verify', a, a])).toBe(0)
    expect(await main(['rewrite', b, '-o', at('rewritten.onnx'), '--verify'])).toBe(0)
  })
})

const HOSTILE = ['hostile', 'fuzz'].flatMap((f) => readdirSync(`${CASES}/${f}`).map((name) => `${f}/${name}`))

describe('hostile files end with a message, none with a crash', () => {
  test.each(HOSTILE)('%s', async (name) => {
    const code = await main(['rewrite', `${CASES}/${name}`, '-o', at('hostile.onnx'), '--structure-only', '--force'])
    expect([0, 1, 2]).toContain(code)
    expect(err + out).not.toMatch(/\n\s+at .*\.(ts|cjs|mjs|js):\d+/)
    if (code === 2) expect(err).toMatch(/^graft: .{20,}/)
  })
})
