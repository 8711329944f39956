/** What a person feels: time to the first picture, frame rates, and how long the page was ever held up. Needs `dist`. */
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { serveDist } from '../../scripts/serve-dist.mjs'
import { atRest, stepInView } from './step-in-view'
import type { SeenStep } from './step-in-view'

export interface Measurement {
  readonly what: string
  readonly value: number
  readonly unit: 'ms' | 'fps'
}

/** Frames a second and the longest pause between two of them, while `act` goes on. */
async function frames(page: Page, act: () => Promise<void>): Promise<{ fps: number; longest: number }> {
  await page.evaluate(() => {
    const times: number[] = []
    const look = (now: number) => {
      times.push(now)
      if (Reflect.get(window, 'graftTimes') === times) requestAnimationFrame(look)
    }
    Reflect.set(window, 'graftTimes', times)
    requestAnimationFrame(look)
  })
  await act()
  return page.evaluate(() => {
    const times = Reflect.get(window, 'graftTimes') as number[]
    Reflect.set(window, 'graftTimes', null)
    const gaps = times.slice(1).map((t, i) => t - times[i]!)
    const spent = times.at(-1)! - times[0]!
    return { fps: Math.round((gaps.length / spent) * 1000), longest: Math.round(Math.max(...gaps)) }
  })
}

async function pan(page: Page): Promise<void> {
  await page.mouse.move(640, 400)
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, i < 30 ? 90 : -90)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

async function open(page: Page, url: string, model: string): Promise<number> {
  await page.goto(`${url}?model=none`)
  const entry = page.locator('.gallery-entry').filter({ hasText: model }).first()
  await entry.waitFor()
  await page.evaluate(() => addEventListener('click', (e) => Reflect.set(window, 'graftClicked', e.timeStamp), true))
  await entry.click()
  const shown = await page.waitForFunction(
    () =>
      document.querySelector('.model-name strong') !== null &&
      document.querySelector('.react-flow__node') !== null &&
      performance.now() - Reflect.get(window, 'graftClicked'),
  )
  return Math.round(Number(await shown.jsonValue()))
}

/** Milliseconds from the first click of a fresh page, on "Play library", until all steps are worked out: the best of a few pages. */
async function workedOut(browser: Browser, url: string, model: string): Promise<number> {
  const times: number[] = []
  while (times.length < FRESH_PAGES) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(`${url}?model=${model}`)
    await page.locator('.react-flow__node').first().waitFor()
    const play = page.getByRole('button', { name: /^Play library/ })
    await play.waitFor()
    await page.evaluate(() => addEventListener('click', (e) => Reflect.set(window, 'graftClicked', e.timeStamp), true))
    await play.click()
    const shown = await page.waitForFunction(() => {
      const slider = document.querySelector('[aria-label="Step in the history"]')
      const steps = Number(slider?.getAttribute('max') ?? slider?.getAttribute('aria-valuemax') ?? 0)
      return steps > 0 && performance.now() - Reflect.get(window, 'graftClicked')
    })
    times.push(Number(await shown.jsonValue()))
    await page.close()
  }
  return Math.round(Math.min(...times))
}

const FRESH_PAGES = 3

/** Longest time that a single task held the page since the last look. */
async function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => {
    const tasks = Reflect.get(window, 'graftTasks') as number[]
    return Math.round(Math.max(0, ...tasks.splice(0)))
  })
}

async function ofStep(
  browser: Browser,
  url: string,
  [model, pattern, open]: readonly [string, string, 'first' | 'all'],
): Promise<SeenStep> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`${url}?model=${model}`)
  await page.locator('.react-flow__node').first().waitFor()
  const seen = await stepInView(page, model, pattern, open)
  await page.close()
  return seen
}

/** Networks that are made when they are opened. */
const MADE = ['Llama, 32 layers, GPTAttention', 'Llama, 32 layers, TensorRT']

/** From the click on an entry of the gallery until it is on the screen: the best of a few pages. */
export async function onScreen(browser: Browser, url: string, name: string): Promise<number> {
  const times: number[] = []
  while (times.length < FRESH_PAGES) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    times.push(await open(page, url, name))
    await page.close()
  }
  return Math.min(...times)
}

export async function measureBrowser(): Promise<Measurement[]> {
  const site = await serveDist()
  const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] })
  const found: Measurement[] = []
  const note = (what: string, value: number, unit: Measurement['unit'] = 'ms') => void found.push({ what, value, unit })
  try {
    for (const name of MADE) note(`${name}: made and on screen`, await onScreen(browser, site.url, name))
    for (const [name, model, pattern] of [
      ['BERT, 12 layers', 'bert-12.torchscript', 'Gelu (erf)'],
      ['Llama, 80 layers', 'llama-80.torchscript', 'RMSNorm'],
    ] as const) {
      for (const open of ['first', 'all'] as const) {
        const { inView, toMotion, fps, longest } = await ofStep(browser, site.url, [model, pattern, open])
        note(`${name}: ${inView} nodes in view, from Enter to motion`, toMotion)
        note(`${name}: ${inView} nodes in view, a step`, fps, 'fps')
        note(`${name}: ${inView} nodes in view, longest task of a step`, longest)
      }
      note(`${name}: the library worked out, from the first click`, await workedOut(browser, site.url, model))
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.addInitScript(() => {
        const tasks: number[] = []
        Reflect.set(window, 'graftTasks', tasks)
        const note = (list: PerformanceObserverEntryList) => tasks.push(...list.getEntries().map((e) => e.duration))
        new PerformanceObserver(note).observe({ type: 'longtask' })
      })
      note(
        `${name}: on screen and readable`,
        await open(page, site.url, name.split(',')[0]! + ', ' + name.split(', ')[1]!),
      )
      note(`${name}: longest task while opening`, await longestTask(page))
      const near = await frames(page, () => pan(page))
      note(`${name}: panning near`, near.fps, 'fps')
      await page.keyboard.press('f')
      const far = await frames(page, () => pan(page))
      note(`${name}: panning far`, far.fps, 'fps')
      await page.keyboard.press('f')
      const from = Date.now()
      await page.keyboard.press('Shift+G')
      await page.waitForFunction(() => document.querySelector('[data-arranging="false"]') !== null)
      await page.waitForFunction(() => document.querySelector('[data-arranging="true"]') === null)
      note(`${name}: opening everything`, Date.now() - from)
      await page.keyboard.press('f')
      await longestTask(page)
      const all = await frames(page, () => pan(page))
      note(`${name}: panning with everything open`, all.fps, 'fps')
      note(`${name}: longest task then`, await longestTask(page))
      await page.getByRole('button', { name: new RegExp(`^${pattern.replace(/[()]/g, '\\$&')} \\d`) }).click()
      await page.getByRole('heading', { name: /^\d+ match/ }).waitFor()
      await page.keyboard.press('n')
      await page.keyboard.press('n')
      await longestTask(page)
      const step = await frames(page, async () => {
        await page.keyboard.press('Enter')
        await atRest(page, 'step 1 of 1')
      })
      note(`${name}: a step with everything open`, step.fps, 'fps')
      note(`${name}: longest frame of that step`, step.longest)
      note(`${name}: longest task of that step`, await longestTask(page))
      await page.close()
    }
  } finally {
    await browser.close()
    await site.close()
  }
  return found
}
