import { describe, expect, test } from 'vitest'
import type { Seen } from './person'
import { choose, meetApp, nodesInView, page, seesMatches, seesStep, seesStill, visit } from './person'

meetApp()

type Places = ReadonlyMap<string, Seen>

/** BERT with the view at the first of its twelve Gelus. */
async function atGelu(options: Parameters<typeof visit>[1] = {}): Promise<void> {
  await visit('bert-12.torchscript', options)
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('n')
  await page.getByRole('group', { name: /^Erf/ }).first().waitFor()
  await seesStill(page)
}

/** Where things stand once nothing moves. */
async function places(): Promise<Places> {
  await page.getByRole('slider', { name: 'Moment within the step', disabled: true }).waitFor()
  await seesStill(page)
  return nodesInView(page)
}

async function press(key: string, heard: string | RegExp): Promise<void> {
  await page.keyboard.press(key)
  await page.getByRole('status').getByText(heard).waitFor({ state: 'attached' })
}

const tidied = /^Tidied/
const untidied = /as it was before tidying/
const phase = (name: string) => page.locator('.phase.now', { hasText: name }).waitFor()

/** Names of what stands elsewhere, of all that is in both. */
function moved(before: Places, after: Places): string[] {
  const both = [...before].filter(([key]) => after.has(key))
  expect(both.length).toBeGreaterThan(4)
  return both.flatMap(([key, { x, y, name }]) => {
    const now = after.get(key)!
    return Math.hypot(now.x - x, now.y - y) > 0.01 ? [name] : []
  })
}

async function oneStep(): Promise<Places> {
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  return places()
}

describe('tidying', () => {
  test('moves what a step left uneven, and again brings every place back', async () => {
    await atGelu()
    await press('Shift+K', 'Gaps stay')
    const before = await oneStep()
    await press('t', tidied)
    expect(moved(before, await places())).not.toEqual([])
    await press('t', untidied)
    expect(moved(before, await places())).toEqual([])
  })

  test('is what undo takes back first, then the step', async () => {
    await atGelu()
    const start = await places()
    await press('Shift+K', 'Gaps stay')
    const before = await oneStep()
    await press('t', tidied)
    await press('Control+z', untidied)
    await seesStep(page, 1, 1)
    expect(moved(before, await places())).toEqual([])
    await page.keyboard.press('Control+z')
    await seesStep(page, 0, 1)
    expect(moved(start, await places())).toEqual([])
  })
})

describe('gaps', () => {
  test('a step leaves what it did not touch where it stands, until gaps close', async () => {
    await atGelu()
    await press('Shift+K', 'Gaps stay')
    const before = await places()
    const open = await oneStep()
    expect(moved(before, open)).toEqual([])
    await press('Shift+K', 'Gaps close')
    const closed = await places()
    expect(moved(open, closed)).not.toEqual([])
    for (const [key, { x, y, name }] of closed)
      if (open.has(key)) expect([name, x, y]).toEqual([name, x, expect.closeTo(Math.min(y, open.get(key)!.y))])
  })

  test('closed afterwards, they are closed as if each step had done it', async () => {
    await atGelu()
    const each = await oneStep()
    await page.close()
    await atGelu()
    const button = (pressed: boolean) => page.getByRole('button', { name: /^Close the gaps/, pressed })
    await button(true).click()
    await button(false).waitFor()
    await oneStep()
    await button(false).click()
    await button(true).waitFor()
    await page.getByRole('status').getByText('Gaps close').waitFor({ state: 'attached' })
    expect(moved(each, await places())).toEqual([])
  })
})

describe('a step interrupted in its middle', () => {
  test.each(['ghost', 'place', 'close'])('by undo while it is to %s, is back at the start', async (middle) => {
    await atGelu()
    const start = await places()
    await page.getByLabel('Speed').selectOption('0.25')
    await page.keyboard.press('1')
    await phase(middle)
    await page.keyboard.press('ArrowLeft')
    await seesStep(page, 0, 1)
    await seesMatches(page, 12)
    expect(moved(start, await places())).toEqual([])
  })

  test.each(['ghost', 'close'])('by the next while it is to %s, leads where both lead', async (middle) => {
    await atGelu()
    await oneStep()
    await page.keyboard.press('1')
    await seesStep(page, 2, 2)
    const both = await places()
    await page.close()

    await atGelu()
    await page.getByLabel('Speed').selectOption('0.25')
    await page.keyboard.press('1')
    await phase(middle)
    await page.keyboard.press('1')
    await seesStep(page, 2, 2)
    await seesMatches(page, 10)
    expect(moved(both, await places())).toEqual([])
  })
})

test('with reduced motion everything lands in the same places', async () => {
  await atGelu()
  const moving = await oneStep()
  await page.close()
  await atGelu({ reducedMotion: 'reduce' })
  expect(moved(moving, await oneStep())).toEqual([])
})
