#!/usr/bin/env node
// The command `graft`: as it was built with the package or, in the source tree, from the sources as they are.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import { loadCompiled } from './compiled.mjs'

const home = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const argv = process.argv.slice(2)
const use = argv[0]?.replace(/[^a-z]/g, '') || 'help'

// Most commands end before what V8 optimizes pays: it waits until a function has run fifteen times longer than it usually does. To be
// set before the code is loaded, since what is kept of it counts for these settings only.
v8.setFlagsFromString('--interrupt-budget=1000000')
const { exports, keep } = existsSync(path.join(home, 'src/cli/main.ts')) ? await fromSources() : fromPackage()
process.exitCode = await exports.main(argv, home)
keep()

function fromPackage() {
  return loadCompiled(path.join(home, 'lib/cli.cjs'), use)
}

async function fromSources() {
  const { freshCommand } = await import('../scripts/command.mjs')
  const file = await freshCommand()
  return loadCompiled(file, use, path.dirname(file))
}
