/** What is not known to be right is not handed over as if it were: the gate before a file is saved, and verdicts that last. */
import { readFileSync } from 'node:fs'
import type { Download } from 'playwright-core'
import { expect, test } from 'vitest'
import { exportOnnx, importOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { modelBytes, node, value } from '../dialects/onnx/support'
import { net } from '../patterns/notation'
import { meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

const timeline = () => page.getByRole('region', { name: 'Timeline' })
const totals = () => page.getByRole('region', { name: 'Before and now' })
const exportIt = () => page.getByRole('button', { name: 'Export ONNX' }).click()

const LINEAR = exportOnnx(
  snapshotOf(
    net('in x float32[2,3,4]\nconst w float32[4,5]\nconst b float32[5]\ny = Relu(Add(MatMul(x, w), b))\nout y', 17),
  ),
).bytes
/** There is no axis 7: ONNX Runtime does not load what this makes. */
const NO_SUCH_AXIS = 'rule "Any axis"\ny = Relu(x)\n=>\ny = Softmax<axis=7>(x)'
const TWICE_THE_BIAS = 'rule "Twice"\ny = Relu(x)\n=>\ny = Relu(Add(x, x))'

async function opens(name: string, bytes: Uint8Array): Promise<void> {
  await visit('none')
  await page.keyboard.press('o')
  const file = { name: `${name}.onnx`, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }
  await page.locator('input[type=file]').setInputFiles(file)
  await seesModel(page, name)
}

async function writes(rule: string): Promise<void> {
  await page.getByRole('button', { name: 'Write a rule' }).click()
  const panel = page.getByRole('region', { name: 'Write a rule' })
  await panel.getByRole('textbox', { name: 'Text of the rule' }).fill(rule)
  await panel.getByText('1 match in this network').waitFor()
  await panel.getByRole('button', { name: 'Save' }).click()
  await panel.waitFor({ state: 'detached' })
  await seesMatches(page, 1)
}

test('a model that ONNX Runtime cannot load is saved on a second yes only, and the fault outlasts a reload', async () => {
  await opens('linear', LINEAR)
  await writes(NO_SUCH_AXIS)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  const fault = /cannot run: the rewritten network cannot be loaded: .*axis/s
  await timeline().getByText(fault).waitFor()
  await page.getByRole('button', { name: 'Check the whole' }).click()
  await totals().getByText(fault).waitFor()
  expect(await totals().locator('.verdict.fault').count()).toBe(1)

  const saved: Download[] = []
  page.on('download', (download) => saved.push(download))
  await exportIt()
  const refusal = page.getByRole('alert')
  await refusal.getByText('The model is not as it was').waitFor()
  await refusal.getByText(/ONNX Runtime does not open it: .*axis.*Nothing was saved/s).waitFor()
  expect(saved).toHaveLength(0)
  await exportIt()
  await refusal.getByText('linear.graft.onnx is saved').waitFor()
  await expect.poll(() => saved.length).toBe(1)
  const written = importOnnx(new Uint8Array(readFileSync(await saved[0]!.path())))
  expect(written.snapshot.layers.map((l) => l.kind)).toContain('Softmax')

  await page.reload()
  await seesStep(page, 1, 1)
  await timeline().getByText(fault).waitFor()
  await totals().getByText(fault).waitFor()
})

test('a model with other numbers is saved on a second yes only', async () => {
  await opens('linear', LINEAR)
  await writes(TWICE_THE_BIAS)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await timeline().getByText('differs').waitFor()
  await exportIt()
  const refusal = page.getByRole('alert')
  await refusal.getByText(/numbers are not those of the original: .* Nothing was saved/s).waitFor()
  const download = page.waitForEvent('download')
  await exportIt()
  expect((await download).suggestedFilename()).toBe('linear.graft.onnx')
})

test('what cannot be checked is saved, and it is said why it was not', async () => {
  const graph = {
    input: [value('x', 'float32', [4])],
    output: [value('y', 'float32', [4])],
    node: [node('h = Strange(x)', [], { domain: 'my.own' }), node('y = Relu(h)')],
  }
  const opset_import = [
    { domain: '', version: 17 },
    { domain: 'my.own', version: 1 },
  ]
  await opens('strange', modelBytes(graph, { opset_import }))
  const download = page.waitForEvent('download')
  await exportIt()
  expect((await download).suggestedFilename()).toBe('strange.graft.onnx')
  const notice = page.getByRole('alert')
  await notice.getByText('strange.graft.onnx is saved').waitFor()
  await notice.getByText(/Its numbers were not checked: the original network cannot be loaded: .*my\.own/s).waitFor()
})

test('verdicts are kept with the session: after a reload they are there without a runtime', async () => {
  await opens('linear', LINEAR)
  await writes('rule "Twice over"\ny = Relu(x)\n=>\ny = Relu(Relu(x))')
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await timeline().getByText('equal').waitFor()
  await page.getByRole('button', { name: 'Check the whole' }).click()
  await totals().getByText('equal').waitFor()
  // Kept with the session: nothing is run again to show them.
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const opened = indexedDB.open('keyval-store')
        const db = await new Promise<IDBDatabase>((done) => (opened.onsuccess = () => done(opened.result)))
        const all = db.transaction('keyval').objectStore('keyval').getAll()
        const values = await new Promise<unknown[]>((done) => (all.onsuccess = () => done(all.result as unknown[])))
        db.close()
        return JSON.stringify(values).match(/"verdict":"equal"/g)?.length ?? 0
      }),
    )
    .toBe(2)
  await page.route('**/*.wasm', (route) => route.abort())
  await page.reload()
  await seesStep(page, 1, 1)
  await timeline().getByText('equal').waitFor()
  await totals().getByText('equal').waitFor()
})
