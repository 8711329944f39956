/** What ends a command from outside: full disks, readers that leave, signals, folders that may not be written. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'
import { sparseModel } from './large'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-failures-'))
const at = (...name: string[]): string => path.join(folder, ...name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const GRAFT = path.resolve('bin/graft.mjs')
// What runs below is built once, by whoever may write here.
spawnSync('node', [GRAFT, 'patterns'])
chmodSync(folder, 0o755)
const model = at('model.onnx')
const weighty = at('weighty.onnx')
beforeAll(() => {
  const write = (file: string, text: string) => writeFileSync(file, exportOnnx(snapshotOf(net(text, 17))).bytes)
  write(model, 'in x float32[4]\ny = Relu(Relu(x))\nout y')
  write(weighty, 'in x float32[4,256]\nconst w float32[256,1024]\ny = Relu(Relu(MatMul(x, w)))\nout y')
})

const shell = (script: string, options: { timeout?: number } = {}) =>
  spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: 60_000, ...options })
const temporary = (where: string): string[] => readdirSync(where).filter((f) => f.startsWith('.graft-'))
const ONE_LINE = /^graft: [^\n]+\n$/

/** Whether a command can be run in a mount namespace of its own: then disks can be as small as one likes. */
const canMount = shell('unshare -m true').status === 0

describe('no space left', () => {
  const small = at('small')
  const onSmallDisk = (script: string) =>
    shell(`unshare -m bash -c 'mount -t tmpfs -o size=256k none ${small} && ${script}'`)
  beforeAll(() => void mkdirSync(small))

  test.skipIf(!canMount)('on a full disk nothing is written, and what was there stays', () => {
    const script = `echo old > ${small}/out.onnx; node ${GRAFT} rewrite ${weighty} -o ${small}/out.onnx --report ${small}/r.json; echo $?; ls -A ${small}; cat ${small}/out.onnx`
    const { stdout, stderr } = onSmallDisk(script)
    expect(stderr).toMatch(/^graft: cannot write \S+out\.onnx: there is no space left\. Nothing was written\.\n$/)
    expect(stdout).toBe('2\nout.onnx\nold\n')
  })

  test.skipIf(!canMount)('with --json it is said as JSON', () => {
    const { stdout } = onSmallDisk(`node ${GRAFT} rewrite ${weighty} -o ${small}/out.onnx --json`)
    expect(JSON.parse(stdout)).toEqual({
      error: { message: expect.stringMatching(/there is no space left/), exitCode: 2 },
    })
  })

  test.skipIf(!existsSync('/dev/full'))('on a device that is full, which stays a device', () => {
    const { status, stderr } = shell(`node ${GRAFT} rewrite ${model} -o /dev/full`)
    expect([status, stderr]).toEqual([2, expect.stringMatching(ONE_LINE)])
    expect(stderr).toMatch(/no space left/)
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true)
  })

  test.skipIf(!existsSync('/dev/full')).each([
    ['a model', `rewrite ${model} -o -`],
    ['results', `open ${model}`],
    ['results as JSON', `open ${model} --json`],
  ])('on the standard output for %s', (_, args) => {
    const { status, stderr } = shell(`node ${GRAFT} ${args} > /dev/full`)
    expect([status, stderr]).toEqual([2, expect.stringMatching(/no space left/)])
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('whoever reads leaves', () => {
  test.each([
    ['a model', `rewrite ${weighty} -o -`],
    ['results', `patterns --json`],
  ])('%s', (_, args) => {
    const { stdout, stderr } = shell(`(node ${GRAFT} ${args}; echo "code $?" >&2) | head -c 1 > /dev/null`)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^(graft: [^\n]*whoever was to read it has gone[^\n]*\n)?code [02]\n$/)
  })

  test('before anything is written: one line, and exit code 2', () => {
    const { stderr } = shell(`(sleep 0.3; node ${GRAFT} rewrite ${weighty} -o -; echo "code $?" >&2) | true`)
    expect(stderr).toMatch(/^graft: [^\n]*whoever was to read it has gone[^\n]*\ncode 2\n$/)
  })
})

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while a file is written: what is half done goes, what was there stays', async (signal, code) => {
    const own = at(signal)
    mkdirSync(own)
    const large = sparseModel(own, 9, 8192)
    const out = path.join(own, 'out.onnx')
    writeFileSync(out, 'old')
    const child = spawn('node', [GRAFT, 'rewrite', large, '-o', out], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    const isWriting = () => temporary(own).some((f) => existsSync(path.join(own, f, 'out.onnx.data')))
    while (!isWriting() && child.exitCode === null) await new Promise((done) => setTimeout(done, 5))
    child.kill(signal)
    expect((await ended)[0]).toBe(code)
    expect(temporary(own)).toEqual([])
    expect(readFileSync(out, 'utf8')).toBe('old')
    expect(existsSync(`${out}.data`)).toBe(false)
  })
})

describe('a folder that may not be written', () => {
  // Whoever is root may write everywhere: the command is run as nobody, where that can be done.
  const asNobody = process.getuid?.() === 0 ? 'setpriv --reuid=65534 --regid=65534 --clear-groups ' : ''
  const canBeNobody = shell(`${asNobody}node ${GRAFT} patterns`).status === 0
  const locked = at('locked')
  beforeAll(() => {
    mkdirSync(locked)
    chmodSync(locked, 0o555)
  })

  test.skipIf(!canBeNobody).each([
    ['the model', `-o ${locked}/out.onnx`],
    ['the report', `-o /dev/null --report ${locked}/r.json`],
  ])('for %s', (_, args) => {
    const { status, stderr } = shell(`${asNobody}node ${GRAFT} rewrite ${model} ${args}`)
    expect([status, stderr]).toEqual([2, expect.stringMatching(ONE_LINE)])
    expect(stderr).toMatch(/it may not be written/)
    expect(readdirSync(locked)).toEqual([])
  })

  test.skipIf(!canBeNobody)('a model that may not be read', () => {
    writeFileSync(at('secret.onnx'), readFileSync(model))
    chmodSync(at('secret.onnx'), 0o000)
    const { status, stdout } = shell(`${asNobody}node ${GRAFT} open ${at('secret.onnx')} --json`)
    expect([status, JSON.parse(stdout)]).toEqual([
      2,
      { error: { message: expect.stringMatching(/it may not be read/), exitCode: 2 } },
    ])
  })
})
