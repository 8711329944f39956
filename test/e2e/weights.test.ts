/** A model and the files that hold its weights come together, in any order, by dragging and by choosing. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import { modelBytes, node, tensorProto, value } from '../dialects/onnx/support'
import { sparseModel } from '../cli/large'
import { choose, meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

const folder = mkdtempSync(path.join(tmpdir(), 'graft-weights-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...parts: string[]) => path.join(folder, ...parts)

const inFile = (name: string, location: string) =>
  tensorProto(name, 'float32', [4], { data_location: 1, external_data: [{ key: 'location', value: location }] })
const numbers = (...of: number[]) => new Uint8Array(Float32Array.from(of).buffer)
mkdirSync(at('whole', 'deep'), { recursive: true })
writeFileSync(
  at('whole', 'net.onnx'),
  modelBytes({
    input: [value('x', 'float32', [4])],
    output: [value('y', 'float32', [4])],
    node: [node('h = Mul(x, a)'), node('y = Add(h, b)')],
    initializer: [inFile('a', 'deep/first.bin'), inFile('b', 'second.data')],
  }),
)
writeFileSync(at('whole', 'deep', 'first.bin'), numbers(1, 2, 3, 4))
writeFileSync(at('whole', 'second.data'), numbers(5, 6, 7, 8))
writeFileSync(at('whole', 'readme.txt'), 'not a weight')
const MODEL = at('whole', 'net.onnx')
const FIRST = at('whole', 'deep', 'first.bin')
const SECOND = at('whole', 'second.data')

/** Drags files or folders from outside onto the page, and lets them fall. */
async function drops(...files: string[]): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data })
  await cdp.detach()
}

async function chooses(...files: string[]): Promise<void> {
  await page.keyboard.press('o')
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(files)
}

const waiting = () => page.getByRole('group', { name: 'net.onnx waits for its weights' })

/** What is saved holds both weights. */
async function seesBothWeights(): Promise<void> {
  await seesModel(page, 'net')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export ONNX' }).click()
  const { snapshot, missingExternal } = importOnnx(new Uint8Array(readFileSync(await (await download).path())))
  expect(missingExternal).toEqual([])
  const values = snapshot.tensors.flatMap((t) => (t.value ? [t.value.toArray()] : []))
  expect(values).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ])
}

test('a model that is dropped first waits for its weights, which are named; a file that is not asked for is said', async () => {
  await visit('gpt-attention')
  await drops(MODEL)
  await waiting().getByText('deep/first.bin').waitFor()
  await waiting().getByText('second.data').waitFor()
  await drops(at('whole', 'readme.txt'))
  await page.getByRole('alert').getByText('readme.txt: not asked for by net.onnx').waitFor()
  await drops(SECOND)
  await waiting().getByText('second.data').waitFor({ state: 'detached' })
  await waiting().getByText('deep/first.bin').waitFor()
  await waiting().locator('input[type=file]').setInputFiles([FIRST])
  await seesBothWeights()
  await page.getByRole('banner').getByText('saved').waitFor()
  await page.reload()
  await seesBothWeights()
})

test('weights that are dropped first wait for their model', async () => {
  await visit('none')
  await drops(SECOND)
  await page.getByRole('alert').getByText('second.data: for which model?').waitFor()
  await drops(MODEL)
  await waiting().getByText('deep/first.bin').waitFor()
  expect(await waiting().getByText('second.data').count()).toBe(0)
  await drops(FIRST)
  await seesBothWeights()
})

test('a folder brings the model with its weights, and what else is in it is said', async () => {
  await visit('none')
  await drops(at('whole'))
  await page.getByRole('alert').getByText('whole/readme.txt: not asked for by net.onnx').waitFor()
  await seesBothWeights()
})

test('several files that are chosen at once are one model', async () => {
  await visit('none')
  await chooses(FIRST, SECOND, MODEL)
  await seesBothWeights()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a model opened without its weights is opened with them when they come', async () => {
  await visit('none')
  await drops(MODEL)
  await waiting().getByRole('button', { name: 'Open without' }).click()
  await seesModel(page, 'net')
  await page.getByRole('alert').getByText('Some weights are in other files').waitFor()
  await drops(FIRST, SECOND)
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await seesBothWeights()
})

test('weights that are too many for one model are compared piece by piece', async () => {
  const model = sparseModel(folder, 3, 5120)
  await visit('none')
  await drops(model, at('weights.bin'))
  await seesModel(page, 'large')
  await page.keyboard.press('Shift+A')
  // Both steps, the rewrite and what it left unused, have their verdicts.
  await page.getByRole('region', { name: 'Timeline' }).getByText('equal').nth(1).waitFor()
  await page.getByRole('button', { name: 'Check the whole' }).click()
  await page.getByRole('region', { name: 'Before and now' }).getByText(/equal/).waitFor()
})

test('2.4 GB of weights are opened and rewritten where they are; what cannot be kept is asked for after a reload', async () => {
  const model = sparseModel(folder, 9, 8192)
  await visit('none')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 5e7 })
  await drops(model, at('weights.bin'))
  await seesModel(page, 'large')
  await page.getByRole('alert').getByText('weights.bin cannot be kept').waitFor()
  await choose(page, 'Chain of bounds')
  await seesMatches(page, 1)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.getByRole('region', { name: 'Timeline' }).getByText('equal').waitFor()

  await page.reload()
  await page.getByRole('group', { name: 'large.onnx waits for its weights' }).getByText('weights.bin').waitFor()
  await drops(at('weights.bin'))
  await seesStep(page, 1, 1)
  await cdp.detach()
})
