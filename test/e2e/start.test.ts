/** The start page: what Graft is, what was open before, the tour; and the browser's Back. */
import { expect, test } from 'vitest'
import { app, choose, meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

const toStart = async () => {
  await page.getByRole('banner').getByRole('button', { name: 'Graft' }).click()
  await page.getByRole('heading', { name: 'Graft', level: 2 }).waitFor()
}

test('what was open is listed with its steps, opens where it was left, and Back leads from model to model', async () => {
  await visit('none')
  expect(await page.getByRole('heading', { name: 'Recent' }).count()).toBe(0)
  await page.getByRole('button', { name: /^BERT, 12 layers torchscript/ }).click()
  await seesModel(page, 'bert-12')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await toStart()
  await page.getByRole('button', { name: /^ResNet-50/ }).click()
  await seesModel(page, 'resnet-50')

  await page.goBack()
  await page.getByRole('button', { name: 'Back to resnet-50.torchscript' }).waitFor()
  await page.goBack()
  await seesModel(page, 'bert-12')
  await seesStep(page, 1, 1)
  await page.goForward()
  await page.goForward()
  await seesModel(page, 'resnet-50')

  await page.goto(app.url)
  await seesModel(page, 'resnet-50')
  await toStart()
  await page.getByRole('button', { name: /^bert-12.torchscript 1 step · 448 → 444 layers/ }).click()
  await seesModel(page, 'bert-12')
  await seesStep(page, 1, 1)
})

test('a document goes from the list with its steps, once that is confirmed; one that is open stays', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('o')
  await page.locator('.gallery-entry', { hasText: 'ResNet-50' }).click()
  await seesModel(page, 'resnet-50')
  await toStart()
  const card = page.getByRole('button', { name: /^bert-12.torchscript 1 step/ })
  await card.hover()
  await page.getByRole('button', { name: 'Remove bert-12.torchscript from the list' }).click()
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('button', { name: 'Remove bert-12.torchscript from the list' }).click()
  await page.getByText('1 step will be lost.').waitFor()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await card.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Remove resnet-50.torchscript from the list' }).click()
  await page.getByRole('alert').getByText('resnet-50.torchscript stays in the list').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'Graft', level: 2 }).waitFor({ state: 'detached' })
})

test('the tour shows each of its stops on a real network, and ends', async () => {
  await visit('none')
  await page.getByRole('button', { name: 'Start the tour' }).click()
  const tour = page.getByRole('region', { name: 'Tour' })
  for (const title of ['Look into a block', 'See where', 'Apply it', 'Go back', 'Ask why not']) {
    await tour.getByRole('heading', { name: title }).waitFor()
    await tour.getByRole('button', { name: 'Show me' }).click()
    await tour.getByLabel('Done:').waitFor()
    await tour.getByRole('button', { name: 'Next' }).click()
  }
  await page.getByText('72 places, one cause').waitFor()
  await page.getByText('operands of rank 2').waitFor()
  await tour.getByRole('button', { name: 'Close' }).click()
  await tour.waitFor({ state: 'detached' })
})
