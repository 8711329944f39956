/** A model of 1.2 GB with its weights in a file beside it, in the page: memory of the browser, the longest frame, time to the picture. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { serveDist } from '../../scripts/serve-dist.mjs'
import { denseModel } from '../cli/large'

const MATRICES = 18
const SIZE = 4096
const BYTES = MATRICES * SIZE * SIZE * 4

export interface LargeReading {
  readonly what: string
  /** Against the file, or the time that reading it takes; milliseconds where it is a frame. */
  readonly value: number
  readonly unit: 'times' | 'ms'
}

export async function measureLargeModel(): Promise<LargeReading[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'graft-bench-large-'))
  const site = await serveDist()
  // With a profile on disk: else what a page keeps is in memory.
  const browser = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
    executablePath: findChromium(),
    args: [...chromiumArguments],
    viewport: { width: 1440, height: 900 },
  })
  try {
    const model = denseModel(folder, MATRICES, SIZE)
    const files = [model, path.join(folder, 'weights.bin')]
    const page = await browser.newPage()
    const reading = await readingTime(page, files)
    await page.goto(site.url)
    await page.getByRole('heading', { name: 'Graft', level: 2 }).waitFor()
    const memory = new PeakMemory()
    const frames = await watchFrames(page)
    const from = Date.now()
    await openFiles(page, files)
    await page.locator('.react-flow__node').first().waitFor()
    const shown = Date.now() - from
    await page.waitForTimeout(SETTLED)
    const opened = { memory: memory.take(), frame: await frames() }
    await page.keyboard.press('Shift+A')
    await page
      .getByText(/^step \d+ of [1-9]/)
      .first()
      .waitFor()
    const download = page.waitForEvent('download', { timeout: 300_000 })
    await page.keyboard.press('e')
    await answerExport(page)
    await download
    const exported = { memory: memory.take(), frame: await frames() }
    memory.end()
    return [
      { what: '1.2 GB: picture, against reading the file', value: shown / reading, unit: 'times' },
      { what: '1.2 GB: memory while opening, against the file', value: opened.memory / BYTES, unit: 'times' },
      { what: '1.2 GB: longest frame while opening', value: opened.frame, unit: 'ms' },
      {
        what: '1.2 GB: memory while rewriting and exporting, against the file',
        value: exported.memory / BYTES,
        unit: 'times',
      },
      { what: '1.2 GB: longest frame then', value: exported.frame, unit: 'ms' },
    ]
  } finally {
    await browser.close()
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is done after the picture, such as keeping the session, belongs to opening. */
const SETTLED = 5000

async function openFiles(page: Page, files: readonly string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page
    .getByRole('button', { name: /^Open a model/ })
    .first()
    .click()
  await (await chooser).setFiles([...files])
}

/** Numbers of this size may not be checked: then the page asks before it saves. */
async function answerExport(page: Page): Promise<void> {
  const anyway = page.getByRole('button', { name: /anyway|Save|Export/ }).last()
  await anyway.click({ timeout: 20_000 }).catch(() => undefined)
}

/** Milliseconds that the page takes to read the weights once, and do nothing with them. */
async function readingTime(page: Page, files: readonly string[]): Promise<number> {
  await page.goto('about:blank')
  await page.setContent('<input type="file" multiple>')
  await page.locator('input').setInputFiles([...files])
  const times: number[] = []
  for (let i = 0; i < 2; i++)
    times.push(
      await page.evaluate(async () => {
        const from = performance.now()
        for (const file of document.querySelector('input')!.files!) {
          const reader = file.stream().getReader()
          while (!(await reader.read()).done);
        }
        return performance.now() - from
      }),
    )
  return Math.min(...times)
}

/** The longest time between two frames since the last look. */
async function watchFrames(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    let last = performance.now()
    Reflect.set(window, 'graftLongest', 0)
    const look = (now: number) => {
      Reflect.set(window, 'graftLongest', Math.max(Number(Reflect.get(window, 'graftLongest')), now - last))
      last = now
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  return () =>
    page.evaluate(() => {
      const longest = Number(Reflect.get(window, 'graftLongest'))
      Reflect.set(window, 'graftLongest', 0)
      return longest
    })
}

/** Bytes that all processes of the browser took at most, beyond what they had at first; files mapped or cached not counted. */
class PeakMemory {
  private readonly base = resident()
  private peak = 0
  private readonly timer = setInterval(() => (this.peak = Math.max(this.peak, resident())), 100)

  take(): number {
    const { peak } = this
    this.peak = resident()
    return peak - this.base
  }

  end(): void {
    clearInterval(this.timer)
  }
}

/** Of what this process started, at any depth. */
function resident(): number {
  const children = new Map<number, number[]>()
  const memory = new Map<number, number>()
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const status = textOf(`/proc/${pid}/status`)
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    memory.set(pid, 1024 * (field('RssAnon') + field('RssShmem')))
    children.set(field('PPid'), [...(children.get(field('PPid')) ?? []), pid])
  }
  const waiting = [...(children.get(process.pid) ?? [])]
  let sum = 0
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    sum += memory.get(pid) ?? 0
    waiting.push(...(children.get(pid) ?? []))
  }
  return sum
}

/** Of a process that may have ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
