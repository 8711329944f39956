/** The package as a stranger meets it: packed, installed into an empty folder, compiled against, run. */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportOnnx, importOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'
import { ended, Stranger } from './stranger'

const DOORS = ['engine', 'onnx', 'tensorrt', 'patterns', 'verify', 'cost']
const tsc = path.resolve('node_modules/typescript/bin/tsc')
const stranger = new Stranger()
let built = ''

beforeAll(async () => {
  const { code, out, err } = await ended(process.execPath, ['scripts/package.mjs', stranger.folder], '.')
  expect([code, err]).toEqual([0, ''])
  built = out
  const model = net('in x float32[2,8]\ny = Min(Relu(x), 6)\nz = Add(y, x)\nout z', 17)
  stranger.write('in.onnx', exportOnnx(snapshotOf(model)).bytes)
  const install = await stranger.npm('install', built.trim().split('\n').at(-1)!)
  expect(install.code, install.err).toBe(0)
}, 300_000)
afterAll(() => stranger.leave())

/** The errors of the compiler on some files, with everything strict and no declaration skipped. */
async function compile(files: string[], options: object): Promise<string> {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false }
  const compilerOptions = { target: 'es2022', types: [], noEmit: true, ...strict, ...options }
  stranger.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  return (await stranger.node(tsc, '-p', '.')).out
}

describe('what is in the package', () => {
  test('the app with one model of the gallery, and no sources; well below 60 MB', () => {
    const gallery = stranger.readJson('node_modules/graft/dist/models/index.json') as { file: string; bytes: number }[]
    expect(gallery).toHaveLength(1)
    const { file, bytes } = gallery[0]!
    expect(readFileSync(path.join(stranger.installed, 'dist/models', file))).toHaveLength(bytes)
    expect(existsSync(path.join(stranger.installed, 'src'))).toBe(false)
    expect(Number(/([\d.]+) MB installed/.exec(built)?.[1])).toBeLessThan(40)
  })

  test('it depends on what Node needs, and asks for ONNX Runtime only where models are run', () => {
    expect(stranger.readJson('node_modules/graft/package.json')).toMatchObject({
      dependencies: { protobufjs: expect.any(String) as string },
      peerDependenciesMeta: { 'onnxruntime-node': { optional: true } },
    })
    const { packages } = stranger.readJson('package-lock.json') as { packages: object }
    expect(Object.keys(packages).sort()).toEqual([
      '',
      ...['graft', 'long', 'protobufjs'].map((p) => `node_modules/${p}`),
    ])
  })
})

describe('declarations', () => {
  test.each(['nodenext', 'bundler'])('every door compiles with nothing but the language, under %s', async (how) => {
    stranger.write('doors.ts', DOORS.map((door) => `export * as ${door} from 'graft/${door}'`).join('\n'))
    const module = how === 'bundler' ? 'esnext' : how
    expect(await compile(['doors.ts'], { module, moduleResolution: how, lib: ['ES2022'] })).toBe('')
  })

  test('they say what things are: a mistake is told', async () => {
    const said = ['import { Network, PatternRewriter } from "graft/engine"', 'import { onnxDialect } from "graft/onnx"']
    const wrong = [
      'new Network(onnxDialect).addInput("x", "float31", [4])',
      'new Network(onnxDialect).getLayers().map((layer) => layer.colour)',
      'class Silent extends PatternRewriter { override match(): string { return "" } }',
    ]
    stranger.write('mistakes.ts', [...said, ...wrong].join('\n'))
    const errors = await compile(['mistakes.ts'], { module: 'nodenext' })
    expect(errors.match(/mistakes\.ts\(\d+/g)).toEqual([3, 4, 5].map((line) => `mistakes.ts(${line}`))
  })
})

describe('programs', () => {
  const PROGRAM = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { netGuard, Network, networkFromSnapshot, PatternRewriter, RewritePatternManager, snapshotOf } from 'graft/engine'
    import type { Layer } from 'graft/engine'
    import { exportOnnx, importOnnx, onnxDialect } from 'graft/onnx'
    import { managerOf, onnxLibrary } from 'graft/patterns'
    import { CostBook, plainCost } from 'graft/cost'
    import { add, input, tensorrtDialect } from 'graft/tensorrt'

    class AddToSub extends PatternRewriter {
      constructor() {
        super('add_to_sub', { rootLayer: ['Add'], separateMatchRewrite: true })
      }
      override match(layer: Layer): boolean {
        return layer.getInputs().length === 2
      }
      override rewrite(layer: Layer): void {
        const sub = layer.network.addLayer({ kind: 'Sub', inputs: layer.getInputs() })
        layer.output()!.replaceAllUsesWith(sub.output()!)
        layer.markAsRemoved()
      }
    }

    const network = networkFromSnapshot(importOnnx(readFileSync('in.onnx')).snapshot, onnxDialect)
    const rewritten = new RewritePatternManager().add('add to sub', new AddToSub(), 10).rewrite(network)
    const library = managerOf(onnxLibrary('ort').filter((entry) => !entry.optIn), 'ort')
    const { byLabel } = library.rewrite(network)
    writeFileSync('out.onnx', exportOnnx(snapshotOf(network)).bytes)
    const engine = new Network(tensorrtDialect)
    netGuard(engine, () => add(input('a', 'float16', [4]), input('b', 'float16', [4])))
    console.log(JSON.stringify({
      rewrites: [...byLabel.keys()],
      subtractions: rewritten.rewrites,
      oneCopy: [network instanceof Network, library.entries().every((e) => e.pattern instanceof PatternRewriter)],
      launches: plainCost(new CostBook(network).total).launches,
      functionals: engine.numLayers,
    }))`

  test('a program opens a model, rewrites by a class and by the library, exports', async () => {
    stranger.write('program.ts', PROGRAM)
    for (const name of ['@types/node', 'undici-types']) stranger.lend(name)
    const options = { types: ['node'], module: 'esnext', moduleResolution: 'bundler' }
    expect(await compile(['program.ts'], options)).toBe('')
    expect(await compile(['program.ts'], { types: ['node'], module: 'nodenext', noEmit: false })).toBe('')
    const { code, out, err } = await stranger.node('program.js')
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toEqual({
      rewrites: ['Chain of bounds'],
      subtractions: 1,
      oneCopy: [true, true],
      launches: 2,
      functionals: 1,
    })
    expect(importOnnx(readFileSync(stranger.at('out.onnx'))).snapshot.layers.map((l) => l.kind)).toEqual([
      'Clip',
      'Sub',
    ])
  })

  test('what docs/library.md shows compiles, says what it lacks, and with ONNX Runtime runs', async () => {
    const text = readFileSync(path.join(stranger.installed, 'docs/library.md'), 'utf8')
    stranger.write('library.ts', [...text.matchAll(/```ts\n(.*?)```/gs)].map((block) => block[1]).join('\n'))
    expect(await compile(['library.ts'], { types: ['node'], module: 'nodenext', noEmit: false })).toBe('')
    const without = await stranger.node('library.js')
    expect(without.code).toBe(1)
    expect(without.err).toMatch(/which is not installed here: npm install onnxruntime-node/)
    await expectVerifyRefused()

    stranger.lend('onnxruntime-node')
    const { code, out, err } = await stranger.node('library.js')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/verdict: 'equal'/)
    expect((await stranger.graft('verify', 'in.onnx', 'out.onnx')).out).toMatch(/^equal/)
  })

  async function expectVerifyRefused(): Promise<void> {
    const { code, err } = await stranger.graft('rewrite', 'in.onnx', '-o', 'never.onnx', '--verify')
    expect([code, existsSync(stranger.at('never.onnx'))]).toEqual([2, false])
    expect(err).toMatch(/^graft: verification .* npm install onnxruntime-node\n$/)
  }
})

describe('the command', () => {
  test('rewrites a model', async () => {
    const { code, out, err } = await stranger.graft('rewrite', 'in.onnx', '-o', 'fused.onnx', '--json')
    expect([code, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({ nodesBefore: 3, nodesAfter: 2, rewrites: { 'Chain of bounds': 1 } })
  })

  test('keeps its compiled code, and works where what was kept is damaged or nothing can be kept', async () => {
    const kept = (): string[] => readdirSync(stranger.at('cache/graft')).filter((name) => name.startsWith('patterns-'))
    const patterns = async (): Promise<void> => {
      const { code, out, err } = await stranger.graft('patterns')
      expect([code, err, out.includes('Gelu (erf)')]).toEqual([0, '', true])
    }
    await Promise.all([patterns(), patterns()])
    expect(kept()).toHaveLength(1)
    const whole = readFileSync(stranger.at(`cache/graft/${kept()[0]}`))
    expect(whole.length).toBeGreaterThan(10_000)
    await patterns()
    for (const damaged of [whole.subarray(0, 5_000), Buffer.from('nothing of the kind')]) {
      stranger.write(`cache/graft/${kept()[0]}`, damaged)
      await patterns()
      expect(readFileSync(stranger.at(`cache/graft/${kept()[0]}`)).length).toBeGreaterThan(10_000)
    }
    rmSync(stranger.at('cache'), { recursive: true })
    stranger.write('cache', 'a file, where a folder should be')
    await patterns()
    rmSync(stranger.at('cache'))
  })

  test('serves the app to this machine, and nothing outside of it', async () => {
    const server = stranger.start('serve', '--json', '--port', '0')
    const closed = once(server, 'close')
    const [line] = (await once(server.stdout!, 'data')) as [Buffer]
    const { url } = JSON.parse(String(line)) as { url: string }
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    const typeOf = async (name: string) => {
      const { status, headers } = await fetch(url + name)
      return status === 200 ? headers.get('content-type') : status
    }
    const page = await (await fetch(url)).text()
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page)![1]!
    expect(await typeOf('')).toMatch(/^text\/html/)
    expect(await typeOf(script)).toMatch(/^text\/javascript/)
    expect(await typeOf('models/index.json')).toBe('application/json')
    for (const name of ['..%2fpackage.json', '%2e%2e/package.json', '%', 'models', 'none.js'])
      expect([name, await typeOf(name)]).toEqual([name, 404])
    server.kill('SIGINT')
    expect(await closed).toEqual([0, null])
  })
})
