/**
 * The browser of a worker, and the tabs that its tests use one after the other. A tab that stays has compiled the app already,
 * which is a quarter of what a visit costs; what a test leaves in it is cleared, and a tab that is not clean is given up.
 */
import { chromium } from 'playwright-core'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { chromiumArguments, findChromium, quickStart } from '../../scripts/chromium.mjs'
import { serveDist } from '../../scripts/serve-dist.mjs'

export type Options = NonNullable<Parameters<Browser['newPage']>[0]>

export interface Started {
  readonly url: string
  readonly browser: Browser
}

let started: Promise<Started> | null = null

/** Files of one worker share it: it ends with the worker. */
export async function startBrowser(): Promise<Started> {
  if (started && !(await started).browser.isConnected()) started = null
  started ??= (async () => {
    const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments, quickStart] })
    return { browser, url: (await serveDist()).url }
  })()
  return started
}

/** What may differ from visit to visit in one tab; all else is settled when a context is made. */
const settle = async (page: Page, { viewport, colorScheme, reducedMotion }: Options): Promise<void> => {
  await page.setViewportSize(viewport ?? { width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: colorScheme ?? 'light', reducedMotion: reducedMotion ?? 'no-preference' })
}

export class Tab {
  static readonly all: Tab[] = []
  inUse = true

  private constructor(
    readonly page: Page,
    private readonly cdp: CDPSession,
    private readonly url: string,
    private readonly kind: string,
  ) {}

  /** A tab that knows nothing of what was before. */
  static async for({ url, browser }: Started, options: Options): Promise<Tab> {
    const { viewport: _v, colorScheme: _c, reducedMotion: _r, ...rest } = options
    const kind = JSON.stringify(rest)
    let tab = Tab.all.find((t) => t.kind === kind && !t.inUse && t.page.context().browser() === browser)
    if (!tab) {
      const context = await browser.newContext(rest)
      const page = await context.newPage()
      tab = new Tab(page, await context.newCDPSession(page), url, kind)
      Tab.all.push(tab)
    }
    tab.inUse = true
    await settle(tab.page, options)
    return tab
  }

  /** Clears the tab for the next test, from a page of the app's origin on which nothing runs; gives it up where that fails. */
  async leave(): Promise<void> {
    try {
      const { page, cdp, url } = this
      for (const other of page.context().pages()) if (other !== page) await other.close()
      for (const event of ['console', 'download', 'pageerror', 'request'] as const) page.removeAllListeners(event)
      await page.unrouteAll()
      await page.goto(`${url}icon.svg`, { timeout: 10_000 })
      await page.mouse.move(-1, -1)
      await cdp.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes: 'all' })
      await page.evaluate(() => sessionStorage.clear())
      await cdp.send('Page.resetNavigationHistory')
      const left = await page.evaluate(whatIsKept)
      if (left.length > 0) throw new Error(`still kept: ${left.join(', ')}`)
      this.inUse = false
    } catch {
      await this.giveUp()
    }
  }

  async giveUp(): Promise<void> {
    Tab.all.splice(Tab.all.indexOf(this), 1)
    await this.page
      .context()
      .close()
      .catch(() => undefined)
  }
}

async function whatIsKept(): Promise<string[]> {
  const files: string[] = []
  const folder = await navigator.storage.getDirectory()
  for await (const name of folder.keys()) files.push(name)
  const databases = await indexedDB.databases()
  return [...files, ...databases.map((d) => d.name ?? ''), ...Object.keys(localStorage), ...Object.keys(sessionStorage)]
}
