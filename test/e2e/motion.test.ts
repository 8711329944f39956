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

test('a step there and back, and there by another way, leads to the very same places', async () => {
  await atGelu()
  const start = await places()
  const after = await oneStep()
  await page.keyboard.press('Control+z')
  await seesStep(page, 0, 1)
  expect(moved(start, await places())).toEqual([])
  await page.keyboard.press('ArrowRight')
  await seesStep(page, 1, 1)
  expect(moved(after, await places())).toEqual([])
})

test('what is new stays where it appeared on the screen, while the picture closes around it', async () => {
  await atGelu()
  await page.getByLabel('Speed').selectOption('0.25')
  await page.keyboard.press('1')
  await phase('move')
  const made = page.getByRole('group', { name: /^Gelu/ }).first()
  await made.waitFor()
  const appeared = await made.boundingBox()
  await seesStep(page, 1, 1)
  await places()
  const rests = await made.boundingBox()
  expect(Math.abs(rests!.x - appeared!.x)).toBeLessThan(4)
  expect(Math.abs(rests!.y - appeared!.y)).toBeLessThan(4)
})

describe('a step interrupted in its middle', () => {
  test.each(['remove', 'insert', 'move'])('by undo while it is to %s, is back at the start', async (middle) => {
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

  test.each(['remove', 'move'])('by the next while it is to %s, leads where both lead', async (middle) => {
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
