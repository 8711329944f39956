// Finds a Chromium to drive: GRAFT_CHROMIUM first, then where systems put one.
import { existsSync } from 'node:fs'

/** Chromium without windows: it does what the tests ask for in half the processor time of the whole browser. */
export const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell'

const USUAL = [
  HEADLESS_SHELL,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** @throws Error where there is none, or GRAFT_CHROMIUM names a file that is not there */
export function findChromium() {
  const named = process.env['GRAFT_CHROMIUM']
  if (named && !existsSync(named)) throw new Error(`GRAFT_CHROMIUM names ${named}, which is not there`)
  const found = named || USUAL.find((path) => existsSync(path))
  if (!found) {
    throw new Error(
      'no Chromium found: install one (Debian: apt-get install chromium-headless-shell), or set GRAFT_CHROMIUM to its path',
    )
  }
  return found
}

export const chromiumArguments = ['--no-sandbox', '--disable-background-networking', '--disable-component-update']

/**
 * For pages that live for seconds, as those of tests do: a function is optimised once it is really hot. At V8's own count a quarter of
 * the processor time of a visit goes into optimising what runs no more. What is measured runs without it.
 */
export const quickStart = '--js-flags=--invocation-count-for-maglev=2000'
