// Makes a fresh clone ready: installs packages, and with --browser a Chromium, where they are missing.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium, HEADLESS_SHELL } from './chromium.mjs'

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

/** Installs Debian's package; whether it is there now. */
function aptInstalls(name) {
  console.log(`installing the Debian package ${name} ...`)
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  try {
    execFileSync('apt-get', ['update', '-qq'], quiet)
    execFileSync('apt-get', ['install', '-y', '-qq', name], quiet)
    return true
  } catch {
    console.error(`installing the package ${name} failed`)
    return false
  }
}

function installChromium() {
  const mayInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!process.env.GRAFT_CHROMIUM && !existsSync(HEADLESS_SHELL) && mayInstall) {
    if (!aptInstalls('chromium-headless-shell') && !existsSync('/usr/bin/chromium')) aptInstalls('chromium')
  }
  try {
    findChromium()
  } catch (error) {
    fail(`The browser tests need a Chromium: ${error.message}`)
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  installPackages()
  if (process.argv.includes('--browser')) installChromium()
}
