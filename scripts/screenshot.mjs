// Takes pictures of the built app, for looking at it.
//   node scripts/screenshot.mjs out.png [--model id] [--size 1440x900] [--dark] [--do "key:n; click:Gelu (erf); wait:500"]
// Actions: key:<key>, click:<text or css>, type:<text>, wait:<ms>, shot:<file>, eval:<js>.
import { chromium } from 'playwright-core'
import { chromiumArguments, findChromium } from './chromium.mjs'
import { serveDist } from './serve-dist.mjs'

const args = process.argv.slice(2)
const option = (name, fallback) => {
  const at = args.indexOf(`--${name}`)
  return at < 0 ? fallback : args[at + 1]
}
const [width, height] = option('size', '1440x900').split('x').map(Number)
const site = await serveDist()
const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments })
try {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: args.includes('--dark') ? 'dark' : 'light',
  })
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log(`${m.type()}: ${m.text()}`))
  page.on('pageerror', (e) => console.log(`page error: ${e.message}`))
  const started = Date.now()
  await page.goto(`${site.url}?model=${option('model', 'bert-12.torchscript')}`)
  await page.waitForSelector('.model-name strong', { timeout: 20_000 })
  console.log(`model on screen after ${Date.now() - started} ms`)
  await page.waitForTimeout(300)
  for (const action of option('do', '').split(';')) {
    const [, verb, what] = /^\s*(\w+):(.*?)\s*$/.exec(action) ?? []
    if (verb === 'key') await page.keyboard.press(what)
    else if (verb === 'type') await page.keyboard.type(what)
    else if (verb === 'wait') await page.waitForTimeout(Number(what))
    else if (verb === 'shot') await page.screenshot({ path: what })
    else if (verb === 'eval') console.log(await page.evaluate(what))
    else if (verb === 'click')
      await page
        .locator(/[.#[]/.test(what) ? what : `text=${what}`)
        .first()
        .click({ timeout: 5000 })
  }
  await page.screenshot({ path: args[0] })
} finally {
  await browser.close()
  await site.close()
}
