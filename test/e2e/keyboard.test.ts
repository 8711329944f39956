/** The page by the Tab key: every stop is seen, long lists and the graph are one stop each, and there is a way out of all. */
import { expect, test } from 'vitest'
import { choose, meetApp, page, seesMatches, seesStep, visit } from './person'

meetApp()

interface Stop {
  readonly room: string
  readonly name: string
  readonly seen: boolean
}

/** Where the focus is; null when it has left the page. */
const stop = (): Promise<Stop | null> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    const { left, top, width, height } = element.getBoundingClientRect()
    // An edge that can be dragged is one pixel wide: what is beside it counts as it.
    const edge = element.role === 'separator' ? element : null
    const found = edge ?? document.elementFromPoint(left + width / 2, top + height / 2)
    const label = (element as HTMLInputElement).labels?.[0]
    return {
      room: element.closest('.header, .dock, .stage, .bottom, .gridline')?.className ?? '',
      name: element.ariaLabel ?? element.textContent.trim(),
      seen: found !== null && (element.contains(found) || found.contains(element) || label?.contains(found) === true),
    }
  })

async function stopsOfTab(): Promise<Stop[]> {
  const stops: Stop[] = []
  for (let i = 0; i < 100; i++) {
    await page.keyboard.press('Tab')
    const at = await stop()
    if (!at) return stops
    stops.push(at)
  }
  throw new Error('the focus never leaves the page')
}

const focused = (name: RegExp) => expect.poll(async () => (await stop())?.name).toMatch(name)

test('Tab leads through the page in the order of its rooms, each stop in sight, and out of it', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.locator('.divider').click()
  const stops = await stopsOfTab()
  expect(stops.filter((s) => !s.seen)).toEqual([])
  expect(stops.length).toBeLessThan(60)
  const rooms = stops.map((s) => s.room).filter((room, i, all) => room !== all[i - 1])
  expect(rooms).toEqual(['header', 'dock left', 'gridline', 'stage', 'gridline', 'dock right', 'gridline', 'bottom'])
  expect(stops.filter((s) => s.room === 'stage')[0]?.name).toMatch(/^Group |gives 1×16/)
  expect(stops.filter((s) => s.room === 'dock right' && /\d+ match(es)?,/.test(s.name))).toHaveLength(1)
})

test('arrows lead through patterns, matches and steps; Tab through what belongs to the row', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('ArrowDown')
  await focused(/^Gelu \(tanh\) 0/)
  await page.keyboard.press('Shift+Tab')
  await focused(/^Use Gelu \(tanh\)/)
  await page.keyboard.press('ArrowUp')
  await focused(/^Use Gelu \(erf\)/)
  await page.keyboard.press('Tab')
  await focused(/^Gelu \(erf\) 12/)
  const matches = page.getByRole('region', { name: /^Matches of/ })
  await matches.getByRole('button', { name: /layer\.0\// }).focus()
  for (let i = 0; i < 11; i++) await page.keyboard.press('ArrowDown')
  await focused(/layer\.11\//)
  await page.keyboard.press('Enter')
  await seesStep(page, 1, 1)
  await page.getByRole('button', { name: /^1 Gelu/ }).focus()
  await page.keyboard.press('ArrowUp')
  await focused(/^0\s*Original/)
  await page.keyboard.press('Enter')
  await seesStep(page, 0, 1)
})
