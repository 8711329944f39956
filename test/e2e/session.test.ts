import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  app,
  asksPalette,
  choose,
  countOf,
  expectNoTrouble,
  leave,
  meetApp,
  page,
  seesMatches,
  seesModel,
  seesStep,
  turnTo,
  visit,
} from './person'

meetApp()

const timeline = () => page.getByRole('region', { name: 'Timeline' })

test('a reload brings back a file of one’s own, its steps, its folded blocks, and what is off', async () => {
  await visit('none')
  await page.keyboard.press('o')
  const buffer = readFileSync('public/models/bert-12.torchscript.onnx')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'mine.onnx', mimeType: 'application/octet-stream', buffer })
  await seesModel(page, 'mine')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('1')
  await seesStep(page, 2, 2)
  await page.keyboard.press('ArrowLeft')
  await seesStep(page, 1, 2)
  await page.getByRole('checkbox', { name: 'Use Gelu (erf)' }).uncheck()
  await page.getByRole('treeitem', { name: /^layer\.3 / }).click()
  await page.keyboard.press('#')
  const folded = page.getByRole('group', { name: 'Group layer.0 … layer.11, closed, ×12, 1 of 12 rewritten' })
  await folded.waitFor()
  await page.getByRole('button', { name: 'Step forward' }).click()
  await page.getByRole('group', { name: /×12, 2 of 12 rewritten/ }).waitFor()
  await page.getByRole('button', { name: 'Step back' }).click()
  await folded.waitFor()
  await page.getByRole('banner').getByText('saved').waitFor()

  await page.goto(app.url)
  await seesModel(page, 'mine')
  await seesStep(page, 1, 2)
  await folded.waitFor()
  await folded.press('Enter')
  await folded.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Fold equal blocks into one' }).waitFor()
  expect(await countOf(page, 'Gelu (erf)')).toBe(11)
  expect(await page.getByRole('checkbox', { name: 'Use Gelu (erf)' }).isChecked()).toBe(false)
})

test('a session file brings back branches, names, breakpoints and what is on, on a page that knows nothing of it', async () => {
  await visit('bert-12.torchscript')
  await twoBranches()
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: /name/i }).fill('one gelu')
  await page.keyboard.press('Enter')
  await timeline().getByText('one gelu').waitFor()
  await page.getByRole('checkbox', { name: 'Use Gelu (erf)' }).uncheck()
  const download = page.waitForEvent('download')
  await page.keyboard.press('Control+s')
  const saved = await download
  expect(saved.suggestedFilename()).toBe('bert-12.torchscript.graft')
  const buffer = readFileSync(await saved.path())
  await leave()

  await visit('gpt-attention')
  const choose = (name: string, content: Buffer) =>
    page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: content })
  await page.keyboard.press('o')
  await choose('half.graft', buffer.subarray(0, buffer.length >> 1))
  await page
    .getByRole('alert')
    .getByText(/half\.graft could not be opened.*damaged/s)
    .waitFor()
  await page.locator('.model-name strong', { hasText: 'gpt-attention' }).waitFor()
  await page.keyboard.press('o')
  await choose('ours.graft', buffer)
  await seesModel(page, 'bert-12')
  await seesStep(page, 1, 1)
  await timeline().getByText('one gelu').waitFor()
  // What comes from a file is checked anew, at once.
  await timeline().getByText('equal').waitFor()
  await timeline()
    .getByRole('button', { name: /^Other branch: Gelu \(erf\).*layer\.0/ })
    .waitFor()
  expect(await page.getByRole('checkbox', { name: 'Use Gelu (erf)' }).isChecked()).toBe(false)

  await page.getByRole('banner').getByText('saved').waitFor()
  await page.reload()
  await seesStep(page, 1, 1)
  await timeline()
    .getByRole('button', { name: /^Other branch: Gelu \(erf\).*layer\.0/ })
    .waitFor()
})

async function openFile(name: string, buffer: Buffer): Promise<void> {
  await page.keyboard.press('o')
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
}

test('a session of one’s own file brings it along, or asks for it', async () => {
  const save = async (item: RegExp) => {
    await page.getByRole('button', { name: 'Save, share or export as …' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    return readFileSync(await (await download).path())
  }
  const model = readFileSync('public/models/bert-12.torchscript.onnx')
  await visit('none')
  await openFile('mine.onnx', model)
  await seesModel(page, 'mine')
  await twoBranches()
  const whole = await save(/^Save the session C/)
  const light = await save(/^Save the session without the model/)
  expect(light.length).toBeLessThan(whole.length / 10)
  await leave()

  await visit('none')
  await openFile('light.graft', light)
  await page
    .getByRole('alert')
    .getByText(/made on mine\.onnx .*Open that model first/)
    .waitFor()
  await openFile('renamed.onnx', model)
  await seesModel(page, 'renamed')
  await openFile('light.graft', light)
  await seesModel(page, 'mine')
  await seesStep(page, 1, 1)
  await leave()

  await visit('none')
  await openFile('whole.graft', whole)
  await seesModel(page, 'mine')
  await page.getByRole('tab', { name: 'Branches 2' }).waitFor()
})

test('a file that is called a session and is none is refused as a session, and nothing is lost', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await openFile('photo.graft', Buffer.from('no session at all'))
  await page.getByRole('alert').getByText('photo.graft could not be opened').waitFor()
  await page.getByRole('alert').getByText('This is not a Graft session').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await seesStep(page, 1, 1)
})

test('a link opens a model with patterns at a step, and says what is not there', async () => {
  await visit('bert-12.torchscript&target=ort&patterns=Gelu+(erf)&patterns=Moon&step=5')
  await seesStep(page, 5, 12)
  await page.getByRole('alert').getByText('There is no pattern Moon for this target.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Save, share or export as …' }).click()
  await page.getByRole('menuitem', { name: /Copy a link to here/ }).click()
  const address = await page.getByRole('alert').locator('p').innerText()
  await page.goto(address)
  await seesStep(page, 5, 12)
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a link to a run of the library is short, and leads to the step where it was made', async () => {
  await visit('mobilenetv3-small.torchscript&library=1&step=9')
  await page.getByText(/^step 9 of \d\d+$/).waitFor()
  const there = await page.getByText(/^step 9 of/).innerText()
  await page.keyboard.press('Shift+L')
  const address = await page.getByRole('alert').locator('p').innerText()
  expect(new URL(address).search).toBe('?model=mobilenetv3-small.torchscript&target=ort&library=1&step=9')
  await page.goto(address)
  await page.getByText(there, { exact: true }).waitFor()
})

async function openFromGallery(title: string, name: string): Promise<void> {
  await page.keyboard.press('o')
  await page.locator('.gallery-entry', { has: page.getByText(title, { exact: true }) }).click()
  await seesModel(page, name)
}

/** One step, then another from the start. */
async function twoBranches() {
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('ArrowLeft')
  await seesStep(page, 0, 1)
  await page.keyboard.press('2')
  await seesStep(page, 1, 1)
}

test('acting from an earlier point makes a branch, which stays in sight', async () => {
  await visit('bert-12.torchscript')
  await twoBranches()
  await timeline()
    .getByRole('button', { name: /^1 Gelu.*layer\.1/ })
    .waitFor()
  await timeline()
    .getByRole('button', { name: /^Other branch: Gelu \(erf\).*layer\.0/ })
    .click()
  await timeline()
    .getByRole('button', { name: /^1 Gelu.*layer\.0/ })
    .waitFor()
  await seesStep(page, 1, 1)
  await page
    .locator('.model-name')
    .getByText(/444 layers/)
    .waitFor()
})

test('two tabs each have their own session, and another model in a tab loses nothing of the one before', async () => {
  const steps = async (count: number) => {
    await page.keyboard.press('1')
    await seesStep(page, count, count)
    await page.getByRole('banner').getByText('saved').waitFor()
  }
  await visit('bert-12.torchscript')
  const first = page
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await steps(1)

  await turnTo('gpt-attention')
  const second = page
  await openFromGallery('BERT, 12 layers', 'bert-12')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await steps(1)
  await steps(2)

  for (const [tab, count] of [
    [first, 1],
    [second, 2],
    [first, 1],
  ] as const) {
    await turnTo(tab)
    await page.reload()
    await seesModel(page, 'bert-12')
    await seesStep(page, count, count)
  }

  await turnTo(second)
  await openFromGallery('GPT attention, TensorRT', 'gpt-attention')
  await openFromGallery('BERT, 12 layers', 'bert-12')
  await seesStep(page, 2, 2)
  expectNoTrouble(first)
  await first.close()
})

test('the picture is saved as SVG and as PNG', async () => {
  await visit('gpt-attention')
  const saved = async (what: string) => {
    await asksPalette(page, `picture as ${what}`)
    await page.getByRole('option', { name: `Save the picture as ${what}`, selected: true }).waitFor()
    const download = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    return readFileSync(await (await download).path())
  }
  const svg = (await saved('SVG')).toString()
  for (const name of ['GPTAttention', 'host_past_key_value_lengths', 'MATRIX_MULTIPLY'])
    expect(svg).toContain(`>${name}<`)
  expect((await saved('PNG')).subarray(1, 4).toString()).toBe('PNG')
})
