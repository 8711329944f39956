#!/usr/bin/env node
// The command `graft`: as it was built with the package or, in the source tree, from the sources as they are.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadCompiled } from './compiled.mjs'

const home = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const argv = process.argv.slice(2)
const use = argv[0]?.replace(/[^a-z]/g, '') || 'help'

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
