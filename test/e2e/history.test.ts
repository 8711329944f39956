import { expect, test } from 'vitest'
import { asksPalette, choose, meetApp, page, seesEnd, seesMatches, seesStep, visit } from './person'

meetApp()

const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) })
const branch = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const layers = (n: number) =>
  page
    .locator('.model-name')
    .getByText(new RegExp(`· ${n} layers`))
    .waitFor()

/** Two branches from the first step on: Gelu at layers 0 and 1, and Gelu at layers 0 and 2. */
async function twoBranches(): Promise<void> {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('1')
  await seesStep(page, 2, 2)
  await page.keyboard.press('ArrowLeft')
  await seesStep(page, 1, 2)
  await page.keyboard.press('2')
  await seesStep(page, 2, 2)
}

test('branches are seen, named, deleted and brought back', async () => {
  await twoBranches()
  await tab('Branches').click()
  await branch(/^Branch Gelu \(erf\) at .*layer\.0.*, 2 steps, 440 layers left$/).waitFor()
  await branch(/^Name branch Gelu \(erf\) at .*layer\.2/).click()
  await page.getByRole('textbox', { name: /^Name of the branch/ }).fill('second try')
  await page.keyboard.press('Enter')
  await branch('Branch second try, 2 steps, 1 shared, 440 layers left').waitFor()

  await branch('Delete branch second try').click()
  await page.getByText('Branch “second try” deleted.').waitFor()
  await seesStep(page, 1, 2)
  expect(await branch(/^Branch second try/).count()).toBe(0)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await branch(/^Branch second try/).click()
  await seesStep(page, 2, 2)
  await tab('Steps').click()
  await page.getByRole('button', { name: /^2 Gelu.*layer\.2/ }).waitFor()
})

test('the same act from the same point goes back into its branch, and moving makes none', async () => {
  await twoBranches()
  await page.getByRole('tab', { name: 'Branches 2' }).waitFor()
  await page.keyboard.press('ArrowLeft')
  await seesStep(page, 1, 2)
  await page.keyboard.press('1')
  await seesStep(page, 2, 2)
  await page.getByRole('button', { name: /^2 Gelu.*layer\.1/ }).waitFor()
  await page.keyboard.press('Home')
  await seesStep(page, 0, 2)
  await page.keyboard.press('End')
  await seesStep(page, 2, 2)
  await page.getByRole('tab', { name: 'Branches 2' }).waitFor()
})

test('points are named, bookmarked and found again; steps fold and are filtered', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.getByLabel('Speed').selectOption('4')
  await page.getByRole('button', { name: 'Play all' }).click()
  await seesEnd(page, 12)
  await page.keyboard.press('m')
  await page.getByRole('tab', { name: 'Bookmarks 1' }).waitFor()
  await page.keyboard.press('Home')
  await seesStep(page, 0, 12)
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Name of the start' }).fill('before all')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^0 before all/ }).waitFor()
  await page.keyboard.press('.')
  await seesStep(page, 12, 12)
  await page.keyboard.press(',')
  await seesStep(page, 0, 12)
  await tab('Bookmarks').click()
  await page.getByRole('button', { name: /^Gelu \(erf\).*layer\.11.*step 12/ }).click()
  await seesStep(page, 12, 12)

  await tab('Steps').click()
  await page.getByRole('searchbox', { name: /^Filter steps/ }).fill('layer.11')
  await page.getByRole('button', { name: /^12 Gelu/ }).waitFor()
  expect(await page.locator('.step').count()).toBe(1)
  await page.getByRole('searchbox', { name: /^Filter steps/ }).fill('')
  await page.getByRole('heading', { name: 'Timeline' }).click()
  await page.keyboard.press('Home')
  await seesStep(page, 0, 12)
  await page.getByRole('button', { name: /^Gelu \(erf\) 12 steps/, expanded: true }).click()
  await page.getByRole('button', { name: /^Gelu \(erf\) 12 steps/, expanded: false }).waitFor()
  expect(await page.locator('.step').count()).toBe(2)
})

test('dragging the slider over a long history lands where it is let go', async () => {
  await visit('llama-8.torchscript')
  await page.getByRole('button', { name: /^Play library/ }).click()
  await page.getByText(/^step 1 of \d\d+$/).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.keyboard.press('Home')
  const slider = page.getByRole('slider', { name: 'Step in the history' })
  const count = Number(await slider.getAttribute('max'))
  expect(count).toBeGreaterThan(60)
  const box = (await slider.boundingBox())!
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + 8, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 1, y, { steps: 60 })
  await page.mouse.move(box.x + box.width / 2, y, { steps: 30 })
  const wanted = Number(await slider.inputValue())
  await page.mouse.up()
  expect(Math.abs(wanted - count / 2)).toBeLessThan(count / 10)
  await seesStep(page, wanted, count)
  await page.keyboard.press('Home')
  await seesStep(page, 0, count)
  const before = page
    .getByRole('row', { name: /^layers / })
    .getByRole('cell')
    .first()
  await layers(Number.parseInt((await before.innerText()).trim(), 10))
})

test('two branches are compared: overlaid, side by side, from one rewrite to the next', async () => {
  await twoBranches()
  await tab('Branches').click()
  await branch(/^Compare with branch Gelu \(erf\) at .*layer\.0/).click()
  const bar = page.getByRole('toolbar', { name: 'Comparison' })
  for (const text of ['− 6 removed', '+ 6 added', '± 0 changed', '434 kept']) await bar.getByText(text).waitFor()
  await page.getByRole('tab', { name: 'Differences 12', selected: true }).waitFor()

  await page.keyboard.press('y')
  await bar.getByText('1/2', { exact: true }).waitFor()
  await page
    .getByText(/^(5 layers became Gelu|1 layer became .* and 3 more)$/)
    .first()
    .waitFor()
  const first = page.locator('.difference[aria-current]')
  expect(await first.innerText()).toMatch(/added|removed/)
  await page.keyboard.press('Shift+Y')
  await bar.getByText('2/2', { exact: true }).waitFor()
  await page.locator('.react-flow__node.diff-removed').first().waitFor()
  await page.locator('.react-flow__node.diff-kept').first().waitFor()

  await bar.getByRole('button', { name: 'Side by side' }).click()
  await page.getByRole('img', { name: /^The network compared with/ }).waitFor()
  expect(await page.locator('.react-flow__node.diff-removed').count()).toBe(0)
  const views = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.react-flow__viewport')].map((v) => v.style.transform),
    )
  const before = await views()
  expect(before[0]).toBe(before[1])
  await page.mouse.move(400, 400)
  await page.mouse.wheel(0, 240)
  await page.waitForFunction((was) => {
    const now = [...document.querySelectorAll<HTMLElement>('.react-flow__viewport')].map((v) => v.style.transform)
    return now[0] !== was && now[0] === now[1]
  }, before[0])

  // Escape lets go of one thing after the other, the last first.
  await page
    .getByRole('button', { name: /^\+ added / })
    .first()
    .click()
  await page.getByRole('region', { name: 'Cost of one run' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Click a layer or a line').waitFor()
  await bar.waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('img', { name: /^The network compared with/ }).waitFor({ state: 'detached' })
  expect(await bar.count()).toBe(0)
  await seesMatches(page, 10)
})

test('the open network is compared with a file', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await asksPalette(page, 'compare with a file')
  await page.getByRole('option', { name: /^Compare with a file/, selected: true }).waitFor()
  const chooser = page.waitForEvent('filechooser')
  // Keys and the word that a test takes the chooser go to the page by different ways: after an answer the word is there.
  await page.evaluate(() => undefined)
  await page.keyboard.press('Enter')
  await (await chooser).setFiles('public/models/bert-12.torchscript.onnx')
  const bar = page.getByRole('toolbar', { name: 'Comparison' })
  await bar.getByText('bert-12.torchscript.onnx').waitFor()
  for (const text of ['− 5 removed', '+ 1 added', '± 1 changed', '442 kept']) await bar.getByText(text).waitFor()
})
