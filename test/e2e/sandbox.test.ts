/** Code of one's own is kept in: it reaches nothing, a fault of its is told with its line, and the network stays as it was. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { CODE_TEMPLATES } from '../../src/editor/view/code-templates'
import { net } from '../patterns/notation'
import { app, meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

/** What is tried, by name: an expression whose value would be the loot. */
const ESCAPES: Readonly<Record<string, string>> = {
  fetch: "fetch('OUTSIDE/a')",
  XMLHttpRequest: 'new XMLHttpRequest()',
  WebSocket: "new WebSocket('ws://127.0.0.1:9')",
  WebTransport: "new WebTransport('https://127.0.0.1:9')",
  EventSource: "new EventSource('/x')",
  sendBeacon: "navigator.sendBeacon('/x')",
  indexedDB: "indexedDB.open('keyval-store')",
  caches: "caches.open('x')",
  'origin private files': 'navigator.storage.getDirectory()',
  localStorage: "localStorage.setItem('x', '1')",
  cookies: 'document.cookie',
  'the page': 'parent.document',
  'the frame above': 'top.location',
  BroadcastChannel: "new BroadcastChannel('x')",
  importScripts: "importScripts('/x.js')",
  'a nested worker': "new Worker('data:text/javascript,1')",
  'a shared worker': "new SharedWorker('data:text/javascript,1')",
  'a blob to run': "URL.createObjectURL(new Blob(['1']))",
  'messages to the frame': "postMessage('x')",
  'messages through a prototype': 'MessagePort.prototype.postMessage',
  'a channel of its own': 'new MessageChannel()',
  'listening in': "addEventListener('message', () => 0)",
  'a timer that outlives it': 'setTimeout(() => 0, 0)',
  WebAssembly: 'new WebAssembly.Memory({ initial: 1 })',
  'the global by a constructor':
    "[].constructor.constructor('return typeof fetch')() !== 'undefined' ? 'fetch' : missing",
  'the global by indirect eval': "(0, eval)('fetch')",
  'deleted names by their prototypes': 'Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).fetch.call',
  'locks and notifications': "navigator.locks.request('x', () => 0)",
  close: 'close()',
  'a file that Node would have': "require('node:fs')",
  'the global by a generator that is made of text':
    "Object.getPrototypeOf(function* () {}).constructor('yield typeof fetch')().next().value !== 'undefined' ? 'fetch' : missing",
  'what the host was sent, by who called': '(function f() { return f.caller.arguments[0].currentTarget })()',
  'the host by the stack of an error':
    "(() => { Error.prepareStackTrace = (_, s) => s.map((x) => x.getThis()); const all = new Error('x').stack; delete Error.prepareStackTrace; return all.find((x) => x && x !== globalThis) })()",
  'memory that others share': 'new SharedArrayBuffer(8)',
  'tasks of its own': 'scheduler.postTask(() => 0)',
  'files read at once': 'new FileReaderSync()',
  'another realm': 'new ShadowRealm()',
}

/** Runs code in a sandbox of its own, twice: the second time it may say what came of the first. */
function inSandbox(at: Page, source: string, after: string): Promise<{ first: string; second: string }> {
  return at.evaluate(
    async ([source, after]) => {
      const frame = document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts')
      frame.src = 'sandbox.html'
      const ready = new Promise((done) =>
        addEventListener('message', (e) => e.source === frame.contentWindow && done(null)),
      )
      document.body.append(frame)
      await ready
      const { port1, port2 } = new MessageChannel()
      frame.contentWindow!.postMessage({ type: 'start', id: 1 }, '*', [port2])
      const load = (source: string, id: number): Promise<string> =>
        new Promise((done) => {
          port1.onmessage = ({ data }) => {
            if ((data as { type: string }).type !== 'beat')
              done((data as { reason?: string }).reason ?? 'nothing went wrong')
          }
          port1.postMessage({ id, name: 'load', args: { source } })
        })
      const first = await load(source!, 0)
      await new Promise((done) => setTimeout(done, 300))
      const second = await load(after!, 1)
      frame.remove()
      return { first, second }
    },
    [source, after],
  )
}

test(`${Object.keys(ESCAPES).length} ways out of the sandbox are closed, and so is import()`, async () => {
  await visit('none')
  // A page that nobody watches: what the policy refuses is said on its console.
  const own = await app.browser.newPage()
  await own.goto(app.url)
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('access-control-allow-origin', '*').setHeader('content-type', 'text/javascript').end('1')
  })
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  const outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const tried = Object.entries(ESCAPES).map(([name, code]) => {
    const told = `out.push(${JSON.stringify(name)} + ': ' + String(loot))`
    return `try { const loot = ${code.replace('OUTSIDE', outside)}; if (loot !== undefined) ${told} } catch {}`
  })
  const imports = [`${outside}/x.js`, 'data:text/javascript,export default 1', `${app.url}sandbox.html`].map(
    (address) =>
      `(0, eval)("import('${address}')").then(() => globalThis.came.push('${address}'), () => globalThis.refused++);`,
  )
  // Code that is made of text imports nothing either, not even the worker's own, whose address a stack tells.
  const made = 'Object.getPrototypeOf(async function () {}).constructor'
  const ownAddress = "new Error().stack.match(/blob:[^):]+(?::[^):]+)*?(?=:\\d+:\\d+)/)?.[0] ?? 'blob:null/none'"
  for (const address of [`'${outside}/y.js'`, ownAddress])
    imports.push(
      `${made}('a', 'return import(a)')(${address}).then(() => globalThis.came.push('made'), () => globalThis.refused++);`,
    )
  const source = `const out = []\nglobalThis.came = []\nglobalThis.refused = 0;\n${tried.join('\n')};\n${imports.join('\n')}\nthrow new Error(JSON.stringify(out))`
  const after = 'throw new Error(JSON.stringify([globalThis.came, globalThis.refused]))'
  const { first, second } = await inSandbox(own, source, after)
  server.close()
  await own.close()
  expect(JSON.parse(first)).toEqual([])
  expect(JSON.parse(second)).toEqual([[], 5])
  expect(asked).toEqual([])
})

test('what code does to the language stays with it: the page goes on with its own', async () => {
  await visit('none')
  const poison = `Object.prototype.polluted = 'yes'
    Array.prototype.map = () => { throw new Error('gone') }
    JSON.stringify = () => 'hijacked'
    Object.defineProperty(globalThis, 'Promise', { value: null })`
  await inSandbox(page, poison, '1')
  expect(
    await page.evaluate(() => [({} as Record<string, unknown>)['polluted'], [1].map((x) => x + 1), JSON.stringify(1)]),
  ).toEqual([undefined, [2], '1'])
})

const MODEL = exportOnnx(snapshotOf(net('in x float32[2,3]\ny = Mul(x, Sigmoid(x))\nz = Relu(y)\nout z', 20))).bytes

async function opens(): Promise<void> {
  await visit('none')
  await page.keyboard.press('o')
  const file = { name: 'silu.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(MODEL) }
  await page.locator('input[type=file]').setInputFiles(file)
  await seesModel(page, 'silu')
}

const panel = () => page.getByRole('region', { name: 'Write a class' })
const report = () => panel().locator('.rule-report')

async function writes(text: string): Promise<void> {
  await panel().getByRole('textbox', { name: 'Text of the class' }).fill(text)
}

const rewriter = (body: string, head = ''): string => `import { PatternRewriter } from 'graft/engine'
${head}
export class Mine extends PatternRewriter {
  constructor() { super('Mine', { rootLayer: ['Relu'], separateMatchRewrite: true }) }
  ${body}
}`

test('a template matches as it stands, is saved, applied, and comes back after a reload', async () => {
  await opens()
  await page.keyboard.press('Shift+N')
  await report().getByText('1 match in this network').waitFor()
  await panel().getByRole('button', { name: 'Test by numbers' }).click()
  await panel()
    .getByText(/^Equal.* on \d+ networks?/)
    .waitFor()
  const wrong = CODE_TEMPLATES[0].text.replace("kind: 'com.microsoft.QuickGelu'", "kind: 'Tanh'")
  await writes(wrong.replace(/\n *attributes: \{ alpha: 1 \},/, ''))
  await panel().getByRole('button', { name: 'Test by numbers' }).click()
  await panel()
    .locator('.trial-verdict', { hasText: /^Differs/ })
    .waitFor()
  await panel().getByRole('button', { name: 'Begin anew' }).click()
  await report().getByText('1 match in this network').waitFor()
  await panel().getByRole('button', { name: 'Save', exact: true }).click()
  await panel().waitFor({ state: 'detached' })
  await seesMatches(page, 1)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.getByRole('region', { name: 'Timeline' }).getByText('equal').waitFor()
  await page.getByText('is one layer now').waitFor()
  await page.reload()
  await seesStep(page, 1, 1)
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('button', { name: /^SiLU, my own 1 match/ }).waitFor()
})

test('a class that matches nowhere in the open network is tried where it matches those of the gallery', async () => {
  const none = exportOnnx(snapshotOf(net('in x float32[2,3]\ny = Relu(x)\nout y', 20))).bytes
  await visit('none')
  await page.keyboard.press('o')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'none.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(none) })
  await seesModel(page, 'none')
  await page.keyboard.press('Shift+N')
  // SiLU without its examples: Llama has it.
  const bare = CODE_TEMPLATES[0].text.replace(/ *static examples = \[[^]*?\n {2}\]\n/, '')
  expect(bare).not.toContain('examples')
  for (const [text, says] of [
    [bare, /^Equal.* on \d+ networks/],
    [
      bare.replace("kind: 'com.microsoft.QuickGelu'", "kind: 'Tanh'").replace(/\n *attributes: \{ alpha: 1 \},/, ''),
      /^Differs/,
    ],
    [bare.replaceAll("'Sigmoid'", "'Tan'"), /^Not proved: it matches nowhere in this network and those of the gallery/],
  ] as const) {
    await writes(text)
    await panel()
      .getByRole('button', { name: /^Test (by numbers|again)/ })
      .click()
    await panel().locator('.trial-verdict', { hasText: says }).waitFor()
  }
})

test('faults are told with their line, and leave the network as it was', async () => {
  await opens()
  await page.keyboard.press('Shift+N')
  await report().getByText('1 match').waitFor()
  const faults: [string, RegExp][] = [
    [rewriter("match() {\n throw new Error('no luck')\n }"), /Line 6, column \d+: .*no luck/],
    [rewriter('match(layer) {\n layer.markAsRemoved(); return true }'), /Line 6.*a match must not/],
    [rewriter('match() { return 7 }'), /match gave 7/],
    [rewriter('match(layer) {'), /this is no TypeScript/],
    [rewriter('match() { return true }', "import fs from 'fs'\nfs.readFileSync"), /fs cannot be imported/],
    [rewriter('match() { for (;;); }'), /did not answer for 5 seconds/],
  ]
  for (const [text, said] of faults) {
    await writes(text)
    await report().getByText(said).waitFor()
  }
  await writes(rewriter('match() { return true }\n rewrite(layer) { layer.setInput(0, layer.output()) }'))
  await report().getByText('1 match in this network').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+N')
  await report().getByText('1 match in this network').waitFor()
  await panel().getByRole('button', { name: 'Save', exact: true }).click()
  await panel().waitFor({ state: 'detached' })
  await seesMatches(page, 1)
  await page.keyboard.press('1')
  await page
    .getByRole('alert')
    .getByText(/Mine is switched off|could not|failed/)
    .first()
    .waitFor()
  await page.getByText('step 0 of 0').waitFor()
  await page.getByText(/Switched off: /).waitFor()
})

const gives = (name: string, text: string) =>
  page.evaluate(
    ([name, text]) => {
      const data = new DataTransfer()
      data.items.add(new File([text!], name!))
      document.querySelector('.app')!.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: data }))
    },
    [name, text],
  )

test('code of others waits for a yes, runs in an interpreter, and is switched off where it takes too much', async () => {
  await opens()
  await gives('theirs.ts', CODE_TEMPLATES[0].text)
  await page.getByText('It runs nothing until you let it').waitFor()
  await page.getByRole('button', { name: 'Edit class' }).click()
  const editing = page.getByRole('region', { name: 'Class: theirs' })
  await editing.getByText('This code came from elsewhere').waitFor()
  await editing.getByRole('button', { name: 'Let it run' }).click()
  await editing.getByText('1 match in this network').waitFor()
  await editing.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: /^theirs [\d…]/ }).click()
  await seesMatches(page, 1)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.getByRole('region', { name: 'Timeline' }).getByText('equal').waitFor()
  expect(page.frames().some((f) => f.url().endsWith('interpreter.html'))).toBe(true)

  await gives('bomb.ts', rewriter('match() { const a = []; for (;;) a.push(new Uint8Array(1e6)) }'))
  await page.getByRole('button', { name: 'Let it run' }).click()
  await page.getByText(/Switched off: it needs more than the 256 MB/).waitFor()
})

test('code of one’s own that fills the memory is switched off; what is open stays', async () => {
  await opens()
  await page.keyboard.press('Shift+N')
  await report().getByText('1 match').waitFor()
  await writes(rewriter('match() { const a = []; for (;;) a.push(new Array(1e6).fill(a.length)) }'))
  await report()
    .getByText(/did not answer|ended/)
    .waitFor()
  await writes(CODE_TEMPLATES[0].text)
  await report().getByText('1 match in this network').waitFor()
})
