// Makes a fresh clone ready: installs packages, and with --browser a Chromium, where they are missing.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`Graft needs Node 20 or newer; this is ${process.versions.node}`)

function fail(message) {
  console.error(message)
  process.exit(1)
}

function installPackages() {
  const lock = path.join(root, 'package-lock.json')
  const mark = path.join(root, 'node_modules', '.package-lock.json')
  if (existsSync(mark) && statSync(mark).mtimeMs >= statSync(lock).mtimeMs && !lacks()) return
  console.log('installing packages ...')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (done.status !== 0) fail('npm ci failed: see above; with a network and Node 20+ run it again')
}

/** A package that package.json names and node_modules does not have in that version. */
function lacks() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  return Object.entries({ ...dependencies, ...devDependencies }).find(([name, version]) => {
    const file = path.join(root, 'node_modules', name, 'package.json')
    return !existsSync(file) || JSON.parse(readFileSync(file, 'utf8')).version !== version
  })
}

/** Path of a Chromium: the one that GRAFT_CHROMIUM names, or one in a usual place. */
export function findChromium() {
  const named = process.env.GRAFT_CHROMIUM
  if (named) return existsSync(named) ? named : fail(`GRAFT_CHROMIUM names ${named}, which is not there`)
  const usual = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]
  return usual.find((p) => existsSync(p)) ?? null
}

function installChromium() {
  if (findChromium()) return
  const mayInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (mayInstall) {
    console.log('installing Chromium from the Debian packages ...')
    try {
      const quiet = {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }
      execFileSync('apt-get', ['update', '-qq'], quiet)
      execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], quiet)
    } catch {
      console.error('installing the package chromium failed')
    }
  }
  if (!findChromium())
    fail(
      'The browser tests need Chromium. Install it (Debian: apt-get install chromium), or set GRAFT_CHROMIUM to the path of one.',
    )
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  installPackages()
  if (process.argv.includes('--browser')) installChromium()
}
