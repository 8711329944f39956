/** A person at the app: acts by keyboard and mouse, and waits for what a person would see, never for time. */
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, expect } from 'vitest'
import type { Options, Started } from './browser'
import { startBrowser, Tab } from './browser'

/** The page of the test that runs, and where the app is. */
export let page: Page
export let app: Started

/** Starts the app for the tests of a file. Each test visits it anew, and must leave a page without trouble. */
export function meetApp(): void {
  beforeAll(async () => void (app = await startBrowser()))
  afterEach(async ({ task }) => {
    try {
      if (task.result?.state === 'fail') await tellSeen(page)
      expectNoTrouble(page)
    } catch (error) {
      await leave(true)
      throw error
    }
    await leave(task.result?.state === 'fail')
  })
}

/** Goes away, so that the next visit is the first one. @param forGood a tab in which something failed is not used again */
export async function leave(forGood = false): Promise<void> {
  for (const tab of Tab.all.filter((t) => t.inUse)) await (forGood ? tab.giveUp() : tab.leave())
}

/** The first visit of somebody, beside whoever is there already. */
export async function visit(model: string, options: Options = {}): Promise<void> {
  await comes((await Tab.for(app, options)).page, model)
}

/** Goes to another tab of the same browser: one that is there, or a new one. */
export async function turnTo(tab: Page | string): Promise<void> {
  if (typeof tab === 'string') await comes(await page.context().newPage(), tab)
  else page = tab
  await page.bringToFront()
}

async function comes(tab: Page, model: string): Promise<void> {
  page = tab
  page.setDefaultTimeout(60_000)
  watch(page, app.url)
  await page.goto(`${app.url}?model=${model}`)
  if (model === 'none') await page.getByRole('heading', { name: 'Graft', level: 2 }).waitFor()
  else await seesModel(page, model.split('&')[0]!)
}

/** Writes what the person reads where a test failed: often the page says why. */
async function tellSeen(page: Page): Promise<void> {
  const text = await page.locator('body').innerText({ timeout: 5000 })
  console.error(`The page where it failed reads:\n${text.replace(/\s*\n\s*/g, ' | ').slice(0, 4000)}`)
}

const troubles = new WeakMap<Page, string[]>()

/** Keeps every error of the page and every request that leaves this machine. */
function watch(page: Page, home: string): void {
  const seen: string[] = []
  troubles.set(page, seen)
  page.on('pageerror', (error) => seen.push(error.message))
  page.on('console', (message) => message.type() === 'error' && seen.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith(home) && !/^(data|blob):/.test(request.url())) seen.push(`asked for ${request.url()}`)
  })
}

export function expectNoTrouble(page: Page): void {
  expect(troubles.get(page)).toEqual([])
}

export async function seesModel(page: Page, name: string): Promise<void> {
  await page.locator('.model-name strong', { hasText: name }).waitFor()
  await page.locator('.react-flow__node:visible').first().waitFor()
}

/** The count beside a pattern, once it has been counted. */
export async function countOf(page: Page, pattern: string): Promise<number> {
  const row = page.getByRole('button', { name: new RegExp(`^${escaped(pattern)} \\d+ match`) })
  await row.waitFor()
  return Number.parseInt(await row.locator('.pattern-count').innerText(), 10)
}

export async function choose(page: Page, pattern: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${escaped(pattern)} [\\d…]`) }).click()
  await page.getByRole('button', { name: new RegExp(`^${escaped(pattern)} [\\d…]`), pressed: true }).waitFor()
}

/** Opens the palette, and types once it is there to type into. */
export async function asksPalette(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Search layers, patterns, commands').waitFor()
  await page.keyboard.type(text)
}

export function seesMatches(page: Page, count: number): Promise<void> {
  const name = `${count} ${count === 1 ? 'match' : 'matches'}`
  return page.getByRole('heading', { name, exact: true }).waitFor()
}

/** Waits until the person reads `step <at> of <count>` and nothing moves any more. */
export async function seesStep(page: Page, at: number, count: number): Promise<void> {
  await page.getByText(`step ${at} of ${count}`, { exact: true }).waitFor()
  await page.getByRole('slider', { name: 'Moment within the step', disabled: true }).waitFor()
}

/** Waits for the end of playing. */
export async function seesEnd(page: Page, count: number): Promise<void> {
  await seesStep(page, count, count)
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
}

/** Waits until the view stands still: the same for some frames on end. */
export async function seesStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    const view = () => document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform
    for (let last = view(), same = 0; same < 10; last = view()) {
      await frame()
      same = view() === last ? same + 1 : 0
    }
  })
}

export interface Seen {
  readonly name: string
  readonly x: number
  readonly y: number
}

/** Where each node that can be read stands in the picture (not on the screen), by key. */
export async function nodesInView(page: Page): Promise<Map<string, Seen>> {
  const found = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.react-flow__node')].map((element) => {
      const at = new DOMMatrix(getComputedStyle(element).transform)
      return { key: element.dataset['id'] ?? '', name: element.ariaLabel ?? '', x: at.e, y: at.f }
    }),
  )
  return new Map(found.map(({ key, ...rest }) => [key, rest]))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
