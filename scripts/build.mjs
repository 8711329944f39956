// Builds what is delivered: the app as static files, and the engine as one module for Node (`graft/engine`).
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle } from 'esbuild'
import { build } from 'vite'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')

export async function buildAll() {
  await build({ root, logLevel: 'warn' })
  await bundle({
    entryPoints: [path.join(root, 'src/engine/index.ts')],
    outfile: path.join(root, 'dist/engine.js'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  })
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await buildAll()
