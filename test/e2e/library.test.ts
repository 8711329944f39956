import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { choose, countOf, expectNoTrouble, seesMatches, seesStep, startApp } from './person'
import type { App } from './person'

let app: App
let page: Page
beforeAll(async () => void (app = await startApp()))
afterAll(() => app.close())
afterEach(async () => {
  expectNoTrouble(page)
  await page.close()
})

const header = (text: RegExp) => page.locator('.model-name').getByText(text).waitFor()
const timeline = () => page.getByRole('region', { name: 'Timeline' })
const totals = () => page.getByRole('region', { name: 'Before and now' })

describe('the library', () => {
  test('plays as one film over BERT to 89 layers or fewer, and can be scrubbed', async () => {
    page = await app.visit('bert-12.torchscript')
    await header(/opset 17 → 24 · 448 layers$/)
    await countOf(page, 'SkipLayerNorm')
    await page.getByRole('button', { name: /^Play library/ }).click()
    await page.getByText(/^step 2 of \d+$/).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    const slider = page.getByRole('slider', { name: 'Step in the history' })
    const steps = Number(await slider.getAttribute('max'))
    expect(steps).toBeGreaterThan(100)
    await slider.focus()
    await page.keyboard.press('End')
    await seesStep(page, steps, steps)
    await timeline()
      .getByRole('button', { name: /Prune .* dead cleared away/ })
      .waitFor()
    const row = totals().getByRole('row', { name: /^layers/ })
    const [, before, now] = /(\d+)\D+(\d+)/.exec(await row.innerText())!.map(Number)
    expect(before).toBe(448)
    expect(now).toBeLessThanOrEqual(89)
    await page.keyboard.press('Home')
    await seesStep(page, 0, steps)
    await header(/· 448 layers$/)
  })

  test('every step gets its verdict, and so does the whole', async () => {
    page = await app.visit('bert-12.torchscript')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await page.getByLabel('Speed').selectOption('4')
    await page.getByRole('button', { name: 'Play all' }).click()
    await page.getByText('step 12 of 12', { exact: true }).waitFor()
    await page.keyboard.press('Home')
    await timeline().getByText(/equal/).nth(4).waitFor()
    expect(
      await timeline()
        .getByText(/differs|cannot run/)
        .count(),
    ).toBe(0)
    await page.keyboard.press('End')
    await page.getByText('step 12 of 12', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Check the whole' }).click()
    await totals()
      .getByText(/equal [1-9]e-\d/)
      .waitFor()
  })

  test('what cannot be run says so, and why', async () => {
    page = await app.visit('gpt-attention')
    await choose(page, 'Remove padding')
    await seesMatches(page, 1)
    await page.keyboard.press('1')
    await timeline()
      .getByText(/cannot run: .+/)
      .waitFor()
  })

  test('a pattern that is off stays out of the film', async () => {
    page = await app.visit('bert-12.torchscript')
    await page.getByRole('checkbox', { name: 'Use Gelu (erf)' }).uncheck()
    await page.getByRole('button', { name: /^Play library/ }).click()
    await page.getByText(/^step 1 of \d+$/).waitFor()
    await page.keyboard.press('End')
    await timeline()
      .getByRole('button', { name: /Prune .* dead cleared away/ })
      .waitFor()
    const row = totals().getByRole('row', { name: /^layers/ })
    expect(Number(/(\d+)$/.exec(await row.innerText())![1])).toBeGreaterThan(89)
  })

  test('the target swaps what patterns make', async () => {
    page = await app.visit('bert-12.torchscript')
    await page.getByRole('combobox', { name: 'Target' }).selectOption('standard ONNX')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await page.keyboard.press('1')
    await seesStep(page, 1, 1)
    const gelu = page.getByRole('group', { name: /^Gelu/ }).first()
    await gelu.waitFor()
    expect(await gelu.innerText()).not.toContain('com.microsoft')
    await page.getByRole('searchbox', { name: 'Filter patterns' }).fill('skip')
    await page.getByText('No pattern is like that.').waitFor()
  })
})

describe('why not?', () => {
  test('GPT-2 has no erf Gelu: one cause at twelve places, shown where it is', async () => {
    page = await app.visit('gpt2-12.torchscript')
    await countOf(page, 'Gelu (erf)')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 0)
    const misses = page.getByRole('region', { name: 'Near misses of Gelu (erf)' })
    const card = misses.getByRole('button', { name: /12 places, one cause.*expected Erf, found Tanh/s })
    await card.click()
    await page.getByRole('group', { name: /^Tanh/ }).first().waitFor()
    await misses.getByText('place 1 of 12').waitFor()
    await misses.getByRole('button', { name: 'Next place' }).click()
    await misses.getByText('place 2 of 12').waitFor()
    await misses.getByText('/m/transformer/h.1/mlp/act/Tanh').first().waitFor()
    await page.keyboard.press('Escape')
    await misses.getByText('place 2 of 12').waitFor({ state: 'detached' })
  })

  test('asked of a layer in the middle of it, by keyboard', async () => {
    page = await app.visit('gpt2-12.torchscript')
    await countOf(page, 'Gelu (erf)')
    await choose(page, 'Gelu (erf)')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('tanh h.3')
    await page.getByRole('option', { name: /Tanh.*h\.3/, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    const inspector = page.getByRole('region', { name: 'Selected' })
    await inspector.getByText('/m/transformer/h.3/mlp/act/Tanh').first().waitFor()
    await page.keyboard.press('w')
    await inspector
      .getByRole('status')
      .getByText(/expected Erf, found Tanh/)
      .waitFor()
    await inspector.getByRole('status').getByText('3 of 6 parts').waitFor()
  })
})

describe('a rule of one’s own', () => {
  const write = async (text: string) => {
    const field = page.getByRole('textbox', { name: 'Text of the rule' })
    await field.waitFor()
    await field.fill(text)
  }

  test('is checked while it is typed, kept, applied, and there after a reload', async () => {
    page = await app.visit('bert-12.torchscript')
    await page.getByRole('button', { name: 'Write a rule' }).click()
    const dialog = page.getByRole('dialog', { name: 'Write a rule' })
    await write('rule "Erf is odd"\ny = Erf(x\n=>\ny = Tanh(x)')
    await dialog.getByText(/^Line 3, column 1: expected/).waitFor()
    await dialog.locator('.cm-lintRange-error').waitFor()
    await write('rule "Erf is odd"\ny = Erf(x)\n=>\ny = Neg(Erf(Neg(x)))')
    await dialog.getByText('12 matches in this network').waitFor()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Odd erf')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await seesMatches(page, 12)
    await page.keyboard.press('1')
    await seesStep(page, 1, 1)
    await timeline().getByText(/equal/).waitFor()

    await page.reload()
    await seesStep(page, 1, 1)
    await header(/· 450 layers$/)
    expect(await countOf(page, 'Odd erf')).toBe(12)
    await choose(page, 'Odd erf')
    await page.getByRole('button', { name: 'Edit rule' }).click()
    await page.getByRole('dialog', { name: 'Rule: Odd erf' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: /^Odd erf/ }).waitFor({ state: 'detached' })
  })
})
