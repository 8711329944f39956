/** A TensorRT-LLM engineer at the app: classes pasted from the documentation, networks of modules, lowered ones, and a dump of one's own. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { joined } from '../../src/dialects/onnx'
import { fuseGateMlp, gptAttentionNetwork, LLaMAForCausalLM, writeNetwork } from '../../src/dialects/tensorrt'
import { snapshotOf } from '../../src/engine'
import { hasPython, runOnStandIn } from '../tools/run-on-stand-in'
import { asksPalette, choose, meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

const folder = mkdtempSync(path.join(tmpdir(), 'graft-engineer-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => path.join(folder, name)

const panel = () => page.getByRole('region', { name: 'Write a class' })
const timeline = () => page.getByRole('region', { name: 'Timeline' })
const equal = () => timeline().locator('.verdict.equal')

async function commands(name: string): Promise<void> {
  await asksPalette(page, name)
  await page.getByRole('option', { name: new RegExp(`^${name}`), selected: true }).waitFor()
  await page.keyboard.press('Enter')
}

/** Writes a class, sees where it matches, and keeps it. */
async function pastes(text: string): Promise<void> {
  await page.keyboard.press('Shift+N')
  await panel().getByRole('textbox', { name: 'Text of the class' }).fill(text)
  await panel().locator('.rule-report').getByText('1 match in this network').waitFor()
  await panel().getByRole('button', { name: 'Save', exact: true }).click()
  await panel().waitFor({ state: 'detached' })
}

test.each(['replace-add-with-sub', 'remove-padding', 'fuse-attention-with-bias'])(
  'the class of the documentation runs as it is pasted: %s',
  async (name) => {
    await visit('gpt-attention')
    await pastes(readFileSync(`test/cases/module/${name}.ts.txt`, 'utf8'))
    await seesMatches(page, 1)
    await page.keyboard.press('1')
    await seesStep(page, 1, 1)
  },
)

test('a Llama from modules says what to try, and is rewritten by three patterns with every step equal', async () => {
  await visit('llama-4-plugin')
  await timeline().getByText('What to try:').waitFor()
  const patterns = ['Reshape by known sizes', 'Constant under another shape', 'RMS normalization from layers']
  for (const [i, pattern] of patterns.entries()) {
    await choose(page, pattern)
    await page.keyboard.press('1')
    await seesStep(page, i + 1, i + 1)
    await expect.poll(() => equal().count(), { timeout: 60_000 }).toBe(i + 1)
  }
})

test('a lowered network is compared with the numbers of the file that it came from', async () => {
  await visit('llama-8.torchscript')
  await commands('Open for TensorRT')
  await seesModel(page, 'llama-8.torchscript, TensorRT')
  await choose(page, 'Reshape by known sizes')
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  const choosing = page.waitForEvent('filechooser')
  await commands('Compare with a file')
  await (await choosing).setFiles(['public/models/llama-8.torchscript.onnx'])
  const bar = page.getByRole('toolbar', { name: 'Comparison' })
  await bar.getByRole('button', { name: 'Compare numbers' }).click()
  await bar.locator('.verdict.equal').waitFor({ timeout: 90_000 })
  // It is the verdict of that point: at another it is asked for again.
  await page.keyboard.press('Control+z')
  await bar.getByRole('button', { name: 'Compare numbers' }).waitFor()
})

test('a BERT is opened in the layers of TensorRT, rewritten, checked as a whole, and written as a script', async () => {
  await visit('bert-12.torchscript')
  await commands('Open for TensorRT')
  await seesModel(page, 'bert-12.torchscript, TensorRT')
  await page.keyboard.press('Shift+A')
  await page.getByText(/^step [1-9]\d* of/).waitFor()
  await page.getByRole('button', { name: 'Check the whole' }).click()
  await page.locator('.whole .verdict.equal').waitFor({ timeout: 90_000 })
  const files: string[] = []
  const both = new Promise<void>((done) =>
    page.on('download', (d) => {
      void d.saveAs(at(d.suggestedFilename())).then(() => {
        files.push(d.suggestedFilename())
        if (files.length === 2) done()
      })
    }),
  )
  await commands('Export as a Python script')
  await both
  expect(files.sort().map((f) => path.extname(f))).toEqual(['.py', '.weights'])
  if (!hasPython) return
  // The stand-in takes every call of the script, and has as many layers as the app says.
  const env = { ...process.env, PYTHONPATH: 'test/tools/stand-in' }
  const said = execFileSync('python3', [at(files.find((f) => f.endsWith('.py'))!)], { env, encoding: 'utf8' })
  const [, count] = /(\d+) layers/.exec(await page.locator('.model-name').innerText())!
  expect(said).toContain(`: ${count} layers`)
})

test('a Llama whose gated MLPs were fused before it was built has the numbers of the one that was not', async () => {
  const sizes = {
    numLayers: 1,
    hiddenSize: 8,
    numHeads: 2,
    vocabSize: 16,
    maxPositions: 8,
    attention: 'plain',
  } as const
  const [gated, fused] = [new LLaMAForCausalLM(sizes), new LLaMAForCausalLM(sizes)]
  expect(fuseGateMlp(fused)).toHaveLength(1)
  for (const [name, model] of Object.entries({ gated, fused })) {
    const file = writeNetwork(snapshotOf(model.build('llama')), `${name}.weights`)
    writeFileSync(at(`${name}.graft-trt`), file.text)
    writeFileSync(at(`${name}.weights`), joined(file.weights))
  }
  await visit('none')
  await page.keyboard.press('o')
  await page
    .getByRole('dialog')
    .locator('input[type=file]')
    .setInputFiles([at('gated.graft-trt'), at('gated.weights')])
  await seesModel(page, 'gated')
  const choosing = page.waitForEvent('filechooser')
  await commands('Compare with a file')
  await (await choosing).setFiles([at('fused.graft-trt'), at('fused.weights')])
  const bar = page.getByRole('toolbar', { name: 'Comparison' })
  await bar.getByRole('button', { name: 'Compare numbers' }).click()
  await bar.locator('.verdict.equal').waitFor({ timeout: 60_000 })
})

test('a network is written in the editor, built in its sandbox, and opened; what is wrong has its line', async () => {
  await visit('gpt-attention')
  await page.keyboard.press('Shift+N')
  const box = panel().getByRole('textbox', { name: 'Text of the class' })
  const report = panel().locator('.rule-report')
  await box.fill('export default function build() {\n  throw new Error("no luck")\n}')
  await report.getByText('it makes a network and no pattern').waitFor()
  await panel().getByRole('button', { name: 'Build and open' }).click()
  await report.getByText(/Line 2.*no luck/).waitFor()
  await panel().getByRole('combobox', { name: 'Begin with a template' }).selectOption('A network of TensorRT')
  await report.getByText('it makes a network and no pattern').waitFor()
  await panel().getByRole('button', { name: 'Build and open' }).click()
  await seesModel(page, 'my-network')
  await page.locator('.model-name').getByText('12 layers').waitFor()
})

test.skipIf(!hasPython)('a dump that tools/dump_network.py wrote is opened with its weights', async () => {
  const snapshot = snapshotOf(gptAttentionNetwork({ batch: 2, length: 4, maxLength: 8, hidden: 16, heads: 2 }))
  runOnStandIn(snapshot, at('dumped.graft-trt'))
  await visit('none')
  await page.keyboard.press('o')
  const files = [at('dumped.graft-trt'), at('dumped.weights')]
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(files)
  await seesModel(page, 'dumped')
  await page.locator('.model-name').getByText('7 layers').waitFor()
  await page.locator('.react-flow__node', { hasText: 'GPTAttention' }).first().waitFor()
})
