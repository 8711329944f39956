/** Kills the page, or the browser as a whole, at a moment that a seed gives, and looks what is back afterwards. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { chromiumArguments, findChromium, quickStart } from '../../scripts/chromium.mjs'
import { serveDist } from '../../scripts/serve-dist.mjs'
import { random } from '../engine/support'

/** What is under way when the kill comes. */
const SCENES = ['import', 'play', 'save', 'run'] as const

/** A browser with a profile that outlives it. */
class Profile {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'graft-profile-'))
  private running: { process: ChildProcess; browser: Browser } | null = null

  async page(): Promise<Page> {
    this.running ??= await launch(this.folder)
    const [context] = this.running.browser.contexts()
    return context!.newPage()
  }

  async kill(): Promise<void> {
    const { running } = this
    this.running = null
    if (!running?.process.pid) return
    const ended = new Promise((done) => running.process.once('exit', done))
    // Its group: the wrapper that starts it, and all that it has started.
    process.kill(-running.process.pid, 'SIGKILL')
    await ended
    await running.browser.close().catch(() => undefined)
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

async function launch(profile: string) {
  const args = [
    ...chromiumArguments,
    quickStart,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ]
  const started = spawn(findChromium(), [...args, '--no-first-run', '--window-size=1440,900', 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    started.stderr.on('data', (text: Buffer) => {
      said += String(text)
      const found = /DevTools listening on (\S+)/.exec(said)
      if (found) resolve(found[1]!)
    })
    started.once('exit', () => reject(new Error(`the browser did not start: ${said}`)))
  })
  return { process: started, browser: await chromium.connectOverCDP(address) }
}

/** Goes on applying the first match until the page is gone. */
async function play(page: Page, saves: boolean): Promise<void> {
  await page.getByRole('button', { name: /^Gelu \(erf\) 12 match/ }).click()
  await page.getByRole('heading', { name: '12 matches', exact: true }).waitFor()
  for (let step = 1; step <= 12; step++) {
    await page.keyboard.press('1')
    await page.getByText(new RegExp(`^step ${step} of ${step}$`)).waitFor()
    if (saves) await page.keyboard.press('Control+s')
  }
}

const stepsIn = (text: string): number => Number(/^Steps (\d+)/.exec(text)?.[1] ?? 0)

/** @throws where a step whose row was shown before the kill is not there after it */
export async function keepsStepsThroughKill(seed: number): Promise<void> {
  const next = random(seed)
  const scene = SCENES[seed % SCENES.length]!
  const site = await serveDist()
  const profile = new Profile()
  try {
    const page = await profile.page()
    let shown = 0
    page.on('console', (message) => void (shown = Math.max(shown, stepsIn(message.text()))))
    await page.addInitScript(() => {
      const tell = () => {
        const tab = [...document.querySelectorAll('[role=tab]')].find((t) => t.textContent.startsWith('Steps'))
        if (tab && document.querySelector('.step')) console.log(tab.textContent)
      }
      new MutationObserver(tell).observe(document, { subtree: true, childList: true, characterData: true })
    })
    const visiting = page.goto(`${site.url}?model=bert-12.torchscript`)
    if (scene !== 'import') {
      await visiting
      await page.locator('.react-flow__node').first().waitFor()
      if (scene === 'run') {
        await page.getByRole('banner').getByText('saved', { exact: true }).waitFor()
        await page.keyboard.press('l')
        await page.locator('.step').first().waitFor()
      } else {
        void play(page, scene === 'save').catch(() => undefined)
        await page.getByText(/^step [1-9]\d* of/).waitFor()
      }
    } else void visiting.catch(() => undefined)
    await new Promise((done) => setTimeout(done, next() * { import: 2500, play: 4000, save: 4000, run: 300 }[scene]))
    await (next() < 0.5 ? crash(page) : profile.kill())
    const again = await profile.page()
    await again.goto(site.url)
    // Where nothing was kept yet there is nothing to come back.
    const start = again.getByRole('heading', { name: 'Graft', level: 2 })
    await again.locator('.react-flow__node').first().or(start).waitFor()
    // What was worked out and not yet written is worked out again.
    if (scene === 'run') await again.locator('.step').first().waitFor()
    const back = stepsIn(await again.getByRole('tab', { name: /^Steps/, includeHidden: true }).innerText())
    if (back < shown) throw new Error(`${shown} steps were shown, ${back} are back`)
    if (scene !== 'import' && shown === 0) throw new Error('no step was shown before the kill')
  } finally {
    await profile.remove()
    await site.close()
  }
}

async function crash(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const gone = new Promise((done) => page.once('crash', done))
  void cdp.send('Page.crash').catch(() => undefined)
  await gone
}
