/** Patterns of others run in an interpreter: the same answers as in the sandbox, and an end to whatever takes too much. */
import variant from '@jitl/quickjs-singlefile-browser-release-sync'
import type { QuickJSSyncVariant } from 'quickjs-emscripten-core'
import { beforeAll, expect, test } from 'vitest'
import { guestText } from '../../scripts/sandbox-page.mjs'
import { CodeDesk } from '../../src/code/desk'
import { Interpreter } from '../../src/code/interpreter/interpreter'
import { importModel } from '../../src/dialects/tensorrt'
import { networkForCode } from '../../src/editor/engine-worker/sandboxed-code'
import { CODE_TEMPLATES, NETWORK_TEMPLATE } from '../../src/editor/view/code-templates'
import { net } from '../patterns/notation'

let guest = ''
beforeAll(async () => void (guest = await guestText()))

/** What is to end by its memory has time for that on any machine. */
const LONG = 20_000
/** @param pause so many milliseconds it may run on end */
function start(memory = 96, pause = LONG): Promise<Interpreter> {
  const readFile = (file: Blob): never => {
    throw new Error(`no file is read here, of ${file.size} bytes`)
  }
  const around = { now: () => performance.now(), readFile, beat: () => undefined }
  return Interpreter.start(variant as QuickJSSyncVariant, guest, around, { memory: memory * 2 ** 20, pause })
}

const mine = (body: string, top = ''): string => `import { PatternRewriter } from 'graft/engine'
${top}
export class Mine extends PatternRewriter {
  constructor() { super('Mine', { rootLayer: ['Relu'], separateMatchRewrite: true }) }
  ${body}
}`

const blocks = Array.from({ length: 6 }, (_, i) => `y${i} = Mul(x${i}, Sigmoid(x${i}))\nx${i + 1} = Add(y${i}, c)`)
const network = () =>
  networkForCode(net(`in x0 float32[2,300]\nconst c float32[300]\n${blocks.join('\n')}\nout x6`, 20))

test.each(CODE_TEMPLATES.map((t) => [t.title, t.text] as const))('%s: answers as in the sandbox', async (_, text) => {
  const [desk, interpreter] = [new CodeDesk(() => new Uint8Array()), await start()]
  const plain = (x: unknown): unknown => JSON.parse(JSON.stringify(x))
  const value = (name: Parameters<Interpreter['ask']>[0], args: unknown): unknown => {
    const answer = interpreter.ask(name, args as never)
    expect(answer).toMatchObject({ type: 'result' })
    return plain(answer['value'])
  }
  expect(value('load', { source: text })).toEqual(plain(desk.load({ source: text })))
  expect(value('network', network())).toBeNull()
  desk.network(network())
  const look = desk.look()
  expect(value('look', null)).toEqual(plain(look))
  const root = look.matches[0]?.root ?? 0
  expect(value('rewrite', { root })).toEqual(plain(desk.rewrite({ root })))
  expect(value('plan', { scope: '' })).toEqual(plain(desk.plan({ scope: '' })))
})

test('a network that code makes is the same from the interpreter, and is read as a file', async () => {
  const [desk, interpreter] = [new CodeDesk(() => new Uint8Array()), await start()]
  const args = { source: NETWORK_TEMPLATE.text, name: 'mine' }
  const own = desk.build(args)
  const answer = interpreter.ask('build', args as never)
  expect(answer).toMatchObject({ type: 'result' })
  const told = answer['value'] as typeof own
  expect(told).toEqual(own)
  if (own.type !== 'graft-trt') throw new Error('it is of TensorRT')
  const external = new Map([[own.location, own.weights]])
  const { snapshot, warnings, missingExternal } = importModel(new TextEncoder().encode(own.text), { external })
  expect([snapshot.dialect, warnings, missingExternal]).toEqual(['tensorrt', [], []])
  expect(snapshot.layers.map((l) => l.kind)).toContain('MATRIX_MULTIPLY')
})

test('code that makes no network, or an unsound one, is told with its line', () => {
  const desk = new CodeDesk(() => new Uint8Array())
  const build = (source: string) => () => desk.build({ source, name: 'x' })
  expect(build('export const x = 1')).toThrow('exports no network')
  expect(build("import { Network } from 'graft/engine'\nimport { tensorrtDialect } from 'graft/tensorrt'\nexport default () => new Network(tensorrtDialect)")).toThrow('it has no output') // prettier-ignore
  expect(build('export default () => {\n  throw new Error("no luck")\n}')).toThrow('no luck')
  expect(() => desk.load({ source: NETWORK_TEMPLATE.text })).toThrow('it makes a network and no pattern')
})

test('faults are told with their line', async () => {
  const interpreter = await start()
  const load = (source: string) => interpreter.ask('load', { source })
  expect(load(mine('match(layer) {'))).toMatchObject({ type: 'error', reason: /^this is no TypeScript/ })
  expect(load("import 'node:fs'")).toMatchObject({ reason: /cannot be imported/, place: { line: 1 } })
  load(mine("match() {\n throw new Error('no luck')\n }"))
  interpreter.ask('network', networkForCode(net('in x float32[2]\ny = Relu(x)\nout y', 20)))
  expect(interpreter.ask('look', null)).toMatchObject({ reason: /no luck/, place: { line: 6 } })
})

const BOMBS: readonly (readonly [code: string, said: RegExp, pause: number])[] = [
  ['for (;;);', /ran for 0.3 seconds/, 300],
  ['for (;;) try { for (;;); } catch {}', /ran for 0.3 seconds/, 300],
  ['const a = []; for (;;) a.push(new Uint8Array(1e6))', /more than the 96 MB/, LONG],
  ['const a = []; for (;;) a.push({ a })', /more than the 96 MB|ran for/, LONG],
  ["let s = 'x'; for (;;) s += s", /too long|more than/, LONG],
  ['function f() { f() } f()', /stack overflow|call stack/, LONG],
  ['new Uint8Array(2 ** 31)', /more than the 96 MB|invalid array/, LONG],
]
test.each(BOMBS)('%s ends', async (code, said, pause) => {
  const interpreter = await start(96, pause)
  const told = (): string => {
    try {
      const answer = interpreter.ask('load', { source: mine('match() { return true }', code) })
      return `${answer.type}: ${String(answer['reason'])}`
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(told()).toMatch(said)
})

test('what a match takes too much of is told as such, and not as a fault of the place', async () => {
  const interpreter = await start()
  interpreter.ask('load', { source: mine('match() { const a = []; for (;;) a.push(new Uint8Array(1e6)) }') })
  interpreter.ask('network', networkForCode(net('in x float32[2]\ny = Relu(x)\nout y', 20)))
  expect(() => interpreter.ask('look', null)).toThrow(/more than the 96 MB/)
})

test('nothing of the machine can be reached', async () => {
  const names = [
    'fetch',
    'WebAssembly',
    'postMessage',
    'setTimeout',
    'console',
    'lentRead',
    'lentRun',
    'navigator',
    'os',
  ]
  const interpreter = await start()
  const look = `throw new Error([${names.map((n) => `'${n}'`).join()}].filter((n) => n in globalThis).join() + '.')`
  expect(interpreter.ask('load', { source: look })).toMatchObject({ type: 'error', reason: '.' })
  const other = `throw new Error(typeof (0, eval)('answer') + Object.keys(globalThis).join())`
  expect(interpreter.ask('load', { source: other })).toMatchObject({ type: 'error' })
})
