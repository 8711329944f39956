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
  await page.getByText(/a\.rank is 3, the rule needs 2/).waitFor()
  await tour.getByRole('button', { name: 'Close' }).click()
  await tour.waitFor({ state: 'detached' })
})

test('five lessons on real networks, each of which ends with something that one did', async () => {
  await visit('none')
  const lesson = page.getByRole('region', { name: 'Tour' })
  const text = () => page.getByRole('textbox', { name: /^Text of the (rule|class)/ })
  const comesTo = (title: string) => lesson.getByRole('heading', { name: title }).waitFor()
  const isDone = () => lesson.getByLabel('Done:').waitFor()
  const goesOn = async (button = 'Next') => {
    await isDone()
    await lesson.getByRole('button', { name: button, exact: true }).click()
  }
  const isShown = async (titles: readonly string[]) => {
    for (const title of titles) {
      await comesTo(title)
      await lesson.getByRole('button', { name: 'Show me' }).click()
      if (title !== titles.at(-1)) await goesOn()
    }
    await isDone()
  }

  await page.getByRole('button', { name: 'Open and look' }).click()
  await isShown(['Look into a block', 'Read a layer'])
  await goesOn('Next lesson')
  await comesTo('See where a pattern matches')
  await page.getByRole('button', { name: /^Gelu \(erf\) 12 matches/ }).click()
  await seesMatches(page, 12)
  await goesOn()
  await page.keyboard.press('1')
  await goesOn()
  await page.keyboard.press('ArrowLeft')
  await goesOn('Next lesson')

  await comesTo('Write Gelu')
  await page.keyboard.press('r')
  await text().fill('rule "Mine"\ne = Erf(Div(x, 1.4142135))\ny = Mul(Mul(x, Add(e, 1)), 0.6)\n=>\ny = Gelu(x)\n')
  await page.getByText('0 matches in this network').waitFor()
  await text().fill('rule "Mine"\ne = Erf(Div(x, 1.4142135))\ny = Mul(Mul(x, Add(e, 1)), 0.5)\n=>\ny = Gelu(x)\n')
  await goesOn()
  await isShown(['See it drawn', 'Trust it'])
  await goesOn()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await goesOn('Next lesson')

  await comesTo('Attention that does not match')
  await isShown(['Attention that does not match', 'Find out why', 'Clear the way'])
  await goesOn('Next lesson')
  await isShown(['Write an analyzer', 'See it on the network'])
  await lesson.getByRole('button', { name: 'Close' }).click()
  await lesson.waitFor({ state: 'detached' })
})
