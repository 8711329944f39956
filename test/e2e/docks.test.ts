/** The parts of the screen around the graph can be made larger and smaller, hidden and brought back, and stay as they were left. */
import { expect, test } from 'vitest'
import { meetApp, page, seesModel, visit } from './person'

meetApp()

const dock = () => page.getByRole('complementary', { name: 'Network' })
const width = async () => Math.round((await dock().boundingBox())!.width)

test('a dock is dragged wider, by mouse and by keyboard, hidden by a key, and is after a reload as it was left', async () => {
  await visit('mobilenetv3-small.torchscript')
  const before = await width()
  const edge = page.getByRole('separator', { name: 'Width of the network dock' })
  const box = (await edge.boundingBox())!
  await page.mouse.move(box.x, box.y + 200)
  await page.mouse.down()
  await page.mouse.move(box.x + 80, box.y + 200, { steps: 4 })
  await page.mouse.up()
  const wide = await width()
  expect(wide).toBeGreaterThan(before + 60)
  await edge.focus()
  await page.keyboard.press('ArrowLeft')
  expect(await width()).toBeLessThan(wide)
  const left = await width()
  await page.reload()
  await seesModel(page, 'mobilenetv3')
  expect(Math.abs((await width()) - left)).toBeLessThan(3)
  await page.keyboard.press('Control+b')
  await expect.poll(width).toBe(0)
  await page.keyboard.press('Control+b')
  await expect.poll(width).toBeGreaterThan(100)
  const height = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight])
  expect(height[0]).toBe(height[1])
})
