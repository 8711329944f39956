#!/usr/bin/env node
// The command `graft`: bundles src/cli/main.ts (again only where it changed) and runs it.
import { pathToFileURL } from 'node:url'
import { bundle } from '../scripts/run.mjs'

const { main } = await import(pathToFileURL(await bundle('src/cli/main.ts')).href)
process.exitCode = await main(process.argv.slice(2))
