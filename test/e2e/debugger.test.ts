/** The whole way of a person whose fusion did not fire: why, another try, what differs, a film of it, and all of it kept. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Download } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { app, choose, leave, meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'graft-film-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** As any player: the film says how long it is, and the middle of it can be gone to. */
async function seeksIn(video: Buffer): Promise<void> {
  const player = await app.browser.newPage()
  const seen = await player.evaluate(
    async (src) => {
      const element = Object.assign(document.createElement('video'), { muted: true, src })
      const told = (event: string) => new Promise((resolve) => element.addEventListener(event, resolve))
      await told('loadedmetadata')
      const { duration } = element
      element.currentTime = duration / 2
      await told('seeked')
      return { duration, at: element.currentTime, until: element.seekable.end(0) }
    },
    `data:video/webm;base64,${video.toString('base64')}`,
  )
  await player.close()
  expect(seen.duration).toBeGreaterThan(4)
  expect(seen.duration).toBeLessThan(8)
  expect(seen.until).toBeCloseTo(seen.duration, 3)
  expect(seen.at).toBeCloseTo(seen.duration / 2, 1)
}

async function exported(item: RegExp): Promise<Download> {
  await page.getByRole('button', { name: 'Save, share or export as …' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: item }).click()
  return download
}

const begins = async (download: Download, length: number) => readFileSync(await download.path()).subarray(0, length)

/** Not at all on GPT-2, which casts between the softmax and its product: the reason is read where it stands. */
async function readsWhyAttentionIsMissed(): Promise<void> {
  await page.getByRole('button', { name: /^Attention \d+ patterns/ }).click()
  await page.getByRole('button', { name: /^Attention 0 match/ }).click()
  await seesMatches(page, 0)
  const misses = page.getByRole('region', { name: 'Near misses of Attention' })
  await misses
    .getByRole('button', {
      name: /12 places, one cause.*2 of 3 parts.*expected Softmax right before its product, found Cast in between, from/s,
    })
    .click()
  const rule = misses.getByRole('group', { name: 'The rule, drawn' })
  await rule
    .getByRole('button', { name: /^Cast, part probabilities, stopped it: \/m\/transformer\/h\.0\/attn\/Cast/ })
    .waitFor()
}

async function makesTwoBranches(): Promise<void> {
  await choose(page, 'No-op')
  await seesMatches(page, 20)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('ArrowLeft')
  await seesStep(page, 0, 1)
  await choose(page, 'Gelu (tanh)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('1')
  await seesStep(page, 2, 2)
}

async function comparesThem(): Promise<void> {
  await page.getByRole('tab', { name: 'Branches 2' }).click()
  await page.getByRole('button', { name: /^Compare with branch No-op/ }).click()
  const bar = page.getByRole('toolbar', { name: 'Comparison' })
  await bar.getByText(/^\+ \d+ added$/).waitFor()
  await page
    .getByRole('button', { name: /^\+ added .*Gelu/ })
    .first()
    .waitFor()
  await bar.getByRole('button', { name: 'Stop comparing' }).click()
  await bar.waitFor({ state: 'detached' })
}

/** The page plays by itself where there is no network at all. */
async function watches(film: string): Promise<void> {
  const context = await app.browser.newContext({ offline: true })
  const alone = await context.newPage()
  const trouble: string[] = []
  alone.on('pageerror', (error) => trouble.push(error.message))
  alone.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
  alone.on('request', (request) => request.url().startsWith('file:') || trouble.push(`asked for ${request.url()}`))
  await alone.goto(pathToFileURL(film).href)
  await alone.getByRole('heading', { name: 'gpt2-12.torchscript' }).waitFor()
  await alone.getByText('step 1 of 2').waitFor()
  await alone.getByText('step 2 of 2').waitFor()
  await alone.getByText('Gelu (tanh)', { exact: true }).waitFor()
  await alone.getByRole('button', { name: 'Play' }).waitFor()
  await alone.keyboard.press('ArrowLeft')
  await alone.getByText('step 1 of 2').waitFor()
  expect(trouble).toEqual([])
  await context.close()
}

test('why a rule does not match, another way, what differs, a film of it, and the same branches from a file', async () => {
  await visit('gpt2-12.torchscript')
  await readsWhyAttentionIsMissed()
  await makesTwoBranches()
  await comparesThem()

  const film = path.join(folder, 'film.html')
  await (await exported(/Film of the steps as a web page/)).saveAs(film)
  await watches(film)
  const webm = await exported(/Film of the steps as WebM/)
  expect(webm.suggestedFilename()).toBe('gpt2-12.torchscript.webm')
  await seeksIn(readFileSync(await webm.path()))
  const gif = await exported(/Film of the steps as GIF/)
  expect((await begins(gif, 6)).toString()).toBe('GIF89a')

  const buffer = readFileSync(await (await exported(/^Save the session/)).path())
  await leave()
  await visit('none')
  await page.keyboard.press('o')
  await page.locator('input[type=file]').setInputFiles({ name: 'kept.graft', mimeType: 'application/gzip', buffer })
  await seesModel(page, 'gpt2-12')
  await seesStep(page, 2, 2)
  await page.getByRole('tab', { name: 'Branches 2' }).click()
  await page.getByRole('button', { name: /^Branch Gelu \(tanh\) at .*, 2 steps/ }).waitFor()
  await page.getByRole('button', { name: /^Branch No-op at .*, 1 step/ }).click()
  await seesStep(page, 1, 1)
})

test('a film can be cancelled while it is made', async () => {
  await visit('bert-12.torchscript&patterns=Gelu+(erf)')
  await seesStep(page, 0, 12)
  await page.getByRole('button', { name: 'Save, share or export as …' }).click()
  await page.getByRole('menuitem', { name: /WebM/ }).click()
  const progress = page.getByRole('progressbar', { name: 'Making the film' })
  await progress.waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await progress.waitFor({ state: 'detached' })
  await page.getByText('The film is cancelled').waitFor({ state: 'attached' })
  await seesStep(page, 0, 12)
})

test('presenting shows the picture and its caption alone, plays a list, and Escape leaves', async () => {
  await visit('bert-12.torchscript&patterns=Gelu+(erf)')
  await seesStep(page, 0, 12)
  await page.getByRole('heading', { name: 'Timeline' }).click()
  await page.keyboard.press('i')
  await page.getByRole('toolbar', { name: 'Comparison' }).waitFor()
  await page.keyboard.press('Shift+V')
  const present = page.getByRole('region', { name: 'Presentation' })
  await present.getByText('original').waitFor()
  expect(await page.getByRole('toolbar', { name: 'Comparison' }).count()).toBe(0)
  expect(await page.getByRole('contentinfo', { name: 'Steps' }).isVisible()).toBe(false)
  await page.keyboard.press('Space')
  await present.getByText('step 2 of 12').waitFor()
  await present.getByText('0.5 · x · (1 + Erf(x / √2)) ⇒ Gelu(x)').waitFor()
  await present.getByText('m/encoder/layer.1/intermediate/intermediate_act_fn').waitFor()
  await page.keyboard.press('Space')
  await present.getByRole('button', { name: 'Play the list' }).waitFor()
  await page.getByRole('button', { name: 'Play list' }).click()
  await page.getByRole('checkbox', { name: /^Gelu \(erf\).*steps$/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await present.waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
})
