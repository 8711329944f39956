/** A window of 1024 by 768: what little room there is goes to the graph, and nothing covers what is to be pressed. */
import { expect, test } from 'vitest'
import { choose, meetApp, page, seesMatches, seesStep, visit } from './person'

meetApp()

const size = async (locator: ReturnType<typeof page.locator>) => (await locator.boundingBox())!

test('before the first step the timeline takes little room, and every control of it is in sight', async () => {
  await visit('bert-12.torchscript', { viewport: { width: 1024, height: 768 } })
  const steps = page.getByRole('contentinfo', { name: 'Steps' })
  const [fresh, breakpoints] = [await size(steps), await size(page.getByRole('button', { name: 'Breakpoints' }))]
  expect(fresh.height).toBeLessThan(140)
  expect(breakpoints.y + breakpoints.height).toBeLessThanOrEqual(768)
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  expect((await size(steps)).height).toBeGreaterThan(160)
})

test('the minimap takes a small part of the graph, and a press in it goes there', async () => {
  await visit('bert-12.torchscript', { viewport: { width: 1024, height: 768 } })
  const minimap = page.locator('.minimap')
  const [little, stage] = [await size(minimap), await size(page.getByRole('main', { name: 'Graph' }))]
  expect(little.width * little.height).toBeLessThan(0.025 * stage.width * stage.height)
  expect(little.width).toBeGreaterThanOrEqual(40)
  await minimap.click({ position: { x: little.width / 2, y: little.height / 2 } })
  await page
    .getByText(/^layer\.[4-7]$/)
    .first()
    .waitFor()
})

test('a preview says what it does and is applied, with the near misses below it', async () => {
  await visit('bert-12.torchscript', { viewport: { width: 1024, height: 768 } })
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('d')
  const matches = page.getByRole('region', { name: /^Matches of/ })
  await matches.getByRole('button', { name: 'Apply it' }).click()
  await seesStep(page, 2, 2)
})

test('beside a rule that is being written the tools of the graph are in sight, and a board has room for its drawing', async () => {
  await visit('bert-12.torchscript', { viewport: { width: 1024, height: 768 } })
  await page.keyboard.press('r')
  await page
    .getByRole('textbox', { name: 'Text of the rule' })
    .fill(
      'y = Add(Mul(x, z), Add(Mul(z, w), Mul(w, x)))\n=>\ny = Sum(x, z)\n=>\ny = Relu(Add(Mul(x, z), Add(Mul(z, w), x)))\nwhere x.rank == 2',
    )
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  const graph = await size(page.getByRole('main', { name: 'Graph' }))
  const heat = await size(page.getByLabel('Heat map'))
  expect(heat.x + heat.width).toBeLessThanOrEqual(graph.x + graph.width)
  for (const name of ['Match', 'Replace with, 1', 'Replace with, 2']) {
    const board = page.getByRole('region', { name, exact: true })
    const isInside = async (): Promise<boolean> => {
      const { x, width } = await size(board)
      const parts = await Promise.all((await board.locator('.board-part').all()).map((p) => size(p)))
      return parts.length > 0 && parts.every((p) => p.x >= x && p.x + p.width <= x + width)
    }
    await expect.poll(isInside).toBe(true)
  }
})

test('the sizes of a network that has open ones are in sight beside Totals', async () => {
  await visit('cnn-small', { viewport: { width: 1024, height: 768 } })
  const sizes = page.getByRole('button', { name: /^Sizes: / })
  await sizes.waitFor()
  const { x, width } = await size(sizes)
  expect(x + width).toBeLessThanOrEqual(1024)
})
