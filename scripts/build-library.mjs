// Builds lib: one module for each door of the package, with its declarations, and the command line as one file.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { buildCommand } from './command.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const lib = path.join(root, 'lib')

/** What `exports` of package.json names, by the door that it opens. */
const DOORS = {
  engine: 'engine/index',
  onnx: 'dialects/onnx/index',
  tensorrt: 'dialects/tensorrt/index',
  patterns: 'patterns/index',
  verify: 'verify/node',
  cost: 'cost/index',
}

export async function buildLibrary() {
  rmSync(lib, { recursive: true, force: true })
  await Promise.all([buildModules(), buildDeclarations(), writeCommand()])
}

/** What doors have in common goes into chunks, so that a class is the same one through every door. */
function buildModules() {
  return bundle({
    entryPoints: Object.entries(DOORS).map(([out, door]) => ({ in: path.join(root, 'src', `${door}.ts`), out })),
    outdir: lib,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    logLevel: 'warning',
  })
}

async function writeCommand() {
  const { text } = await buildCommand()
  mkdirSync(lib, { recursive: true })
  writeFileSync(path.join(lib, 'cli.cjs'), text)
}

async function buildDeclarations() {
  const temp = mkdtempSync(path.join(tmpdir(), 'graft-types-'))
  try {
    await emitDeclarations(temp)
    const bundled = await rollup({
      input: Object.fromEntries(Object.entries(DOORS).map(([out, door]) => [out, path.join(temp, `${door}.d.ts`)])),
      plugins: [dts()],
      onwarn: (warning) => {
        throw new Error(`declarations: ${warning.message}`)
      },
    })
    await bundled.write({
      dir: lib,
      entryFileNames: '[name].d.ts',
      chunkFileNames: ({ name }) => `chunks/${name.replace(/\.d$/, '')}-[hash].d.ts`,
    })
  } finally {
    rmSync(temp, { recursive: true, force: true })
  }
}

/** A declaration for each source file that a door reaches, by the compiler. That they are sound is for `npm run typecheck`. */
function emitDeclarations(folder) {
  const config = path.join(folder, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: path.join(root, 'src'),
    outDir: folder,
    lib: ['ES2023', 'DOM'],
  }
  const files = Object.values(DOORS).map((door) => path.join(root, 'src', `${door}.ts`))
  writeFileSync(config, JSON.stringify({ extends: path.join(root, 'tsconfig.base.json'), compilerOptions, files }))
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  return new Promise((done, failed) => {
    spawn(process.execPath, [tsc, '-p', config], { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', (code) =>
      code === 0 ? done() : failed(new Error(`tsc ended with ${code}`)),
    )
  })
}
