/** Nothing is lost: kills, tabs that were duplicated, storage that is full. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { keepsStepsThroughKill } from './kill'
import { app, choose, expectNoTrouble, meetApp, page, seesMatches, seesModel, seesStep, turnTo, visit } from './person'

const saved = () => page.getByRole('banner').getByText('saved', { exact: true }).waitFor()
const notice = (text: string | RegExp) => page.getByRole('alert').getByText(text).waitFor()

describe('a kill', () => {
  test.each([1, 2, 3, 4, 7])('at a random moment loses no step that was shown, seed %i', keepsStepsThroughKill)
})

describe('in one browser', () => {
  meetApp()

  const applies = async (count: number) => {
    await page.keyboard.press('1')
    await seesStep(page, count, count)
  }
  /** Gives the page so much room, in bytes. @returns the way to give it all there is again */
  const hasRoomFor = async (quotaSize: number): Promise<() => Promise<void>> => {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(app.url).origin, quotaSize })
    // It holds as long as whoever asked for it is there.
    return () => cdp.detach()
  }

  test('a tab that is duplicated begins a session of its own with what is there', async () => {
    await visit('bert-12.torchscript')
    const first = page
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await applies(1)
    await saved()
    const opened = page.context().waitForEvent('page')
    // What a tab opens has its memory, as a duplicate has.
    await page.evaluate(() => void window.open(location.href))
    const twin: Page = await opened
    await turnTo(twin)
    await seesModel(page, 'bert-12')
    await seesStep(page, 1, 1)
    expect(await page.evaluate(() => sessionStorage.length)).toBe(1)
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 11)
    await applies(2)
    await saved()
    for (const [tab, count] of [
      [first, 1],
      [twin, 2],
    ] as const) {
      await turnTo(tab)
      await page.reload()
      await seesStep(page, count, count)
    }
    await twin.close()
    await turnTo(first)
  })

  test('a full storage is said, the work stays open, and it is kept as soon as there is room', async () => {
    await visit('none')
    const giveRoom = await hasRoomFor(1)
    await page.keyboard.press('o')
    await page
      .getByRole('dialog')
      .locator('.gallery-entry', { has: page.getByText('BERT, 12 layers', { exact: true }) })
      .click()
    await seesModel(page, 'bert-12')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await applies(1)
    await notice('This session cannot be kept')
    await notice(/storage is full.*Your work stays open/s)
    expect(await page.getByRole('banner').getByText('saved').count()).toBe(0)
    await applies(2)
    await giveRoom()
    await applies(3)
    await saved()
    await page.reload()
    await seesStep(page, 3, 3)
  })

  test('a model that is too large to keep is asked for by name', async () => {
    const buffer = readFileSync('public/models/bert-12.torchscript.onnx')
    const gives = async () => {
      await page.keyboard.press('o')
      const file = { name: 'mine.onnx', mimeType: 'application/octet-stream', buffer }
      await page.locator('input[type=file]').setInputFiles(file)
      await seesModel(page, 'mine')
    }
    await visit('none')
    const giveRoom = await hasRoomFor(2e6)
    await gives()
    await notice('mine.onnx cannot be kept')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await applies(1)
    await page.getByRole('banner').getByText('steps saved').waitFor()
    await page.goto(app.url)
    await page.getByRole('button', { name: /^mine 1 step/ }).waitFor()
    await notice(/It was made on mine\.onnx .* could not be kept\. Open that file again, and its steps come back/)
    await gives()
    await seesStep(page, 1, 1)
    expectNoTrouble(page)
    await giveRoom()
  })
})
