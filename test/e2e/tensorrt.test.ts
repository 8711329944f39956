/** Networks of TensorRT as files of one's own: opened with their weights, rewritten, kept, compared, and handed over. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { exportOnnx, joined } from '../../src/dialects/onnx'
import { cumsum, importModel, input, LLaMAForCausalLM, mul, tensorrtDialect, view, writeNetwork } from '../../src/dialects/tensorrt' // prettier-ignore
import { netGuard, Network, snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'
import { asksPalette, meetApp, page, seesModel, visit } from './person'

meetApp()

const folder = mkdtempSync(path.join(tmpdir(), 'graft-trt-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => path.join(folder, name)

const SIZES = { numLayers: 1, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8, attention: 'plain' } as const
const { text, weights } = writeNetwork(snapshotOf(new LLaMAForCausalLM(SIZES).build('llama')), 'mine.weights')
writeFileSync(at('mine.graft-trt'), text)
writeFileSync(at('mine.weights'), joined(weights))

async function chooses(...files: string[]): Promise<void> {
  await page.keyboard.press('o')
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(files)
}

/** Gives a command of the palette, once it stands there. */
async function commands(name: string): Promise<void> {
  await asksPalette(page, name)
  await page.getByRole('option', { name: new RegExp(`^${name}`), selected: true }).waitFor()
  await page.keyboard.press('Enter')
}

/** Downloads that a command of the palette begins, by name. */
async function saves(command: string, count: number): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const all = new Promise<void>((done) => {
    page.on('download', (download) => {
      void download.path().then((file) => {
        files.set(download.suggestedFilename(), readFileSync(file))
        if (files.size === count) done()
      })
    })
  })
  await commands(command)
  await all
  return files
}

test('a network file comes with its weights, is rewritten, comes back after a reload, and is saved in every form', async () => {
  await visit('none')
  await chooses(at('mine.graft-trt'))
  const waiting = page.getByRole('group', { name: 'mine.graft-trt waits for its weights' })
  await waiting.locator('input[type=file]').setInputFiles([at('mine.weights')])
  await seesModel(page, 'mine')
  await page.keyboard.press('Shift+Enter')
  await page
    .getByText(/^step \d+ of \d+$/)
    .first()
    .waitFor()
  await page.getByRole('banner').getByText('saved').waitFor()
  await page.reload()
  await seesModel(page, 'mine')
  const choosing = page.waitForEvent('filechooser')
  await commands('Compare with a file')
  await (await choosing).setFiles([at('mine.graft-trt'), at('mine.weights')])
  const bar = page.getByRole('toolbar', { name: 'Comparison' })
  await bar.getByText('mine.graft-trt').waitFor()
  await bar
    .getByText(/^± 0 changed|^[1-9]\d* kept/)
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
  const files = await saves('Export as a TensorRT network', 2)
  expect([...files.keys()].sort()).toEqual(['mine.graft-trt', 'mine.weights'])
  const external = new Map([['mine.weights', new Uint8Array(files.get('mine.weights')!)]])
  const { snapshot, missingExternal } = importModel(new Uint8Array(files.get('mine.graft-trt')!), { external })
  expect([snapshot.dialect, missingExternal]).toEqual(['tensorrt', []])
  const script = await saves('Export as a Python script', 2)
  expect(String(script.get('mine.py')!)).toContain('network.add_matrix_multiply(')
})

const TURNED = `import { PatternRewriter } from 'graft/engine'
import type { Layer } from 'graft/engine'

export class Turned extends PatternRewriter {
  constructor() {
    super('turned', { rootLayer: ['ELEMENTWISE'], separateMatchRewrite: true })
  }
  override match(layer: Layer): boolean {
    return layer.attribute('op') === 'SUM' && !layer.name.endsWith('_turned')
  }
  override rewrite(layer: Layer): void {
    const [a, b] = layer.getInputs()
    const attributes = { op: 'SUM' }
    const made = layer.network.addLayer({ kind: 'ELEMENTWISE', name: \`\${layer.name}_turned\`, attributes, inputs: [b!, a!] })
    layer.output()!.replaceAllUsesWith(made.output()!)
    layer.markAsRemoved()
  }
}
`

test('rules and classes of TensorRT layers are tried by numbers where they match the network', async () => {
  await visit('none')
  await chooses(at('mine.graft-trt'), at('mine.weights'))
  await seesModel(page, 'mine')
  const panel = page.locator('.rule-panel')
  const text = page.getByRole('textbox', { name: /^Text of the (rule|class)/ })
  const isTold = async (written: string, verdict: RegExp): Promise<void> => {
    await text.fill(written)
    await panel.getByText(/^[1-9]\d* match(es)? in this network/).waitFor()
    await panel.getByRole('button', { name: /^Test (by numbers|again)/ }).click()
    await panel.locator('.trial-verdict', { hasText: verdict }).waitFor()
  }
  await page.keyboard.press('r')
  await isTold('rule "a"\ny = ELEMENTWISE<op="SUM">(a, b)\n=>\ny = ELEMENTWISE<op="SUB">(a, b)\n', /^Differs/)
  await panel.getByRole('button', { name: 'Open the network' }).waitFor()
  await isTold(
    'rule "a"\ny = ELEMENTWISE<op="SUM">(a, b)\n=>\nt = UNARY<op="NEG">(b)\ny = ELEMENTWISE<op="SUB">(a, t)\n',
    /^Equal/,
  )
  await panel.getByRole('button', { name: 'Close', exact: true }).click()
  await page.keyboard.press('Shift+N')
  await isTold(TURNED, /^Equal/)
  await isTold(TURNED.replace("{ op: 'SUM' }", "{ op: 'PROD' }"), /^Differs/)
})

test('a network with a loop is rewritten in and around it, and every step is equal', async () => {
  const network = new Network(tensorrtDialect, { name: 'loop' })
  netGuard(network, () => {
    const sums = cumsum(mul(input('x', 'float32', ['n', 4]), 2), 0)
    network.markOutput(view(view(sums, [-1, 2, 2]), [-1, 4]), 'y')
  })
  const file = writeNetwork(snapshotOf(network), 'loop.weights')
  writeFileSync(at('loop.graft-trt'), file.text)
  writeFileSync(at('loop.weights'), joined(file.weights))
  await visit('none')
  await chooses(at('loop.graft-trt'), at('loop.weights'))
  await seesModel(page, 'loop')
  await page.keyboard.press('Shift+A')
  const timeline = page.getByRole('region', { name: 'Timeline' })
  const last = timeline.locator('.step').filter({ hasText: 'Prune' })
  await last.locator('.verdict.equal').waitFor({ timeout: 60_000 })
  await timeline.locator('.verdict.checking').first().waitFor({ state: 'detached' })
  expect(await timeline.locator('.verdict.fault, .verdict.differs').count()).toBe(0)
})

test('a dump of trtllm-build opens as its layers, and says what is not in it', async () => {
  await visit('none')
  await chooses('test/cases/trtllm/llama-2layer.plugin.network.onnx')
  await seesModel(page, 'llama-2layer.plugin.network')
  await page
    .getByRole('alert')
    .getByText(/20 weights are not in this file/)
    .waitFor()
})

/** The beginning of the ResNet that the engine was built of, under the names that it has there. */
const STEM = `
in x float32[1,3,8,8]
const w float32[4,3,3,3]
const v float32[4,4,3,3]
a = Conv<pads=[1,1,1,1]>(x, w)
b = Relu(a)
c = MaxPool<kernel_shape=[2,2], strides=[2,2]>(b)
d = Conv<pads=[1,1,1,1]>(c, v)
e = Relu(d)
out e
`

test('an engine is laid over the open network: kernels of layers, times as a heat map, and where its fusion differs', async () => {
  const network = net(STEM, 17)
  const names = ['Conv_0', 'Relu_1', 'MaxPool_2', 'Conv_3', 'Relu_4']
  for (const [i, layer] of network.getLayers().entries()) network.renameLayer(layer, `later ${i}`)
  for (const [i, layer] of network.getLayers().entries()) network.renameLayer(layer, names[i]!)
  writeFileSync(at('stem.onnx'), exportOnnx(snapshotOf(network)).bytes)
  await visit('none')
  await chooses(at('stem.onnx'))
  await seesModel(page, 'stem')
  const choosing = page.waitForEvent('filechooser')
  await commands('Lay a TensorRT engine')
  await (await choosing).setFiles(['graph', 'profile'].map((n) => `test/cases/engine/resnet-fp16.${n}.json`))
  const list = page.getByRole('list', { name: 'Where the engine is fused otherwise' })
  await list.getByRole('button', { name: /One kernel there, 2 layers here Conv \+ Relu 0\.112 ms/ }).click()
  await page
    .getByRole('region', { name: 'Engine' })
    .or(page.getByRole('tab', { name: /^Engine/, selected: true }))
    .first()
    .waitFor()
  expect(await page.getByLabel('Heat map').locator('option:checked').innerText()).toBe('Time in the engine')
  await asksPalette(page, 'MaxPool_2')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'In the engine' }).getByText('CudaPooling').waitFor()
  await page.getByRole('button', { name: 'Take off' }).click()
  await page.getByRole('tab', { name: /^Engine/ }).waitFor({ state: 'detached' })
})

test('an engine of another model is not laid over this one', async () => {
  await visit('gpt-attention')
  const choosing = page.waitForEvent('filechooser')
  await commands('Lay a TensorRT engine')
  await (await choosing).setFiles(['test/cases/engine/resnet-fp16.graph.json'])
  await page
    .getByRole('alert')
    .getByText(/it is of another model/)
    .waitFor()
})
