#!/usr/bin/env node
// The command `graft`: as it was built with the package or, in the source tree, from the sources, bundled where they changed.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const home = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')

async function command() {
  if (!existsSync(path.join(home, 'src/cli/main.ts'))) return path.join(home, 'lib/cli.cjs')
  const { bundle } = await import('../scripts/run.mjs')
  return bundle('src/cli/main.ts')
}

const { main } = await import(pathToFileURL(await command()).href)
process.exitCode = await main(process.argv.slice(2), home)
