// Finds a Chromium to drive: GRAFT_CHROMIUM first, then where systems put one.
import { existsSync } from 'node:fs'

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

export function findChromium() {
  const found = [process.env['GRAFT_CHROMIUM'], ...USUAL].find((path) => path && existsSync(path))
  if (!found) throw new Error('no Chromium found: install one, or set GRAFT_CHROMIUM to its path')
  return found
}

export const chromiumArguments = ['--no-sandbox', '--disable-background-networking', '--disable-component-update']
