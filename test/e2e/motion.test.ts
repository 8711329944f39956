import { describe, expect, test } from 'vitest'
import type { Seen } from './person'
import { choose, leave, meetApp, nodesInView, page, seesMatches, seesStep, seesStill, visit } from './person'

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

/** Looks in every frame: a phase lasts a few hundred milliseconds, and a locator that waits comes to look only twice a second. */
const phase = (name: string) =>
  page.evaluate(async (name) => {
    const shown: (string | null)[] = []
    for (let frames = 0; shown.at(-1) !== name; frames++) {
      if (frames > 3000) throw new Error(`no phase ${name}; there were: ${[...new Set(shown)].join(', ')}`)
      await new Promise(requestAnimationFrame)
      shown.push(document.querySelector('.phase.now')?.textContent ?? null)
    }
  }, name)

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
  /** Applies the first match slowly, presses `key` once the step is to do this, and sees where that leads. */
  async function leads(middle: string, key: string, at: number, count: number, to: Places): Promise<void> {
    await page.getByLabel('Speed').selectOption('0.25')
    await page.keyboard.press('1')
    await phase(middle)
    await page.keyboard.press(key)
    await seesStep(page, at, count)
    await seesMatches(page, 12 - at)
    expect(moved(to, await places()), middle).toEqual([])
  }

  test('by undo, while it is to remove, insert or move, is back at the start', async () => {
    await atGelu()
    const start = await places()
    for (const middle of ['remove', 'insert', 'move']) await leads(middle, 'ArrowLeft', 0, 1, start)
  })

  test('by the next, while it is to remove or move, leads where both lead', async () => {
    await atGelu()
    await oneStep()
    await page.keyboard.press('1')
    await seesStep(page, 2, 2)
    const both = await places()
    for (const middle of ['remove', 'move']) {
      await page.keyboard.press('Home')
      await seesMatches(page, 12)
      await places()
      await leads(middle, '1', 2, 2, both)
    }
  })
})

test('with reduced motion everything lands in the same places', async () => {
  await atGelu()
  const moving = await oneStep()
  await leave()
  await atGelu({ reducedMotion: 'reduce' })
  expect(moved(moving, await oneStep())).toEqual([])
})
