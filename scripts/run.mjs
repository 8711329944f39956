// Bundles a TypeScript entry for Node and imports it: node scripts/run.mjs <entry.ts> [arguments]
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync, existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')

/** The bundle of `entry` as a file that Node can import; made again only where its text differs. */
export async function bundle(entry) {
  const result = await build({
    entryPoints: [path.resolve(root, entry)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
  })
  const text = result.outputFiles[0].text
  const folder = path.join(root, 'node_modules', '.cache', 'graft')
  const file = path.join(
    folder,
    `${path.basename(entry, '.ts')}-${createHash('sha1').update(text).digest('hex').slice(0, 12)}.mjs`,
  )
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    const part = `${file}.${process.pid}`
    writeFileSync(part, text)
    renameSync(part, file)
  }
  return file
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [entry, ...rest] = process.argv.slice(2)
  process.argv.splice(1, process.argv.length - 1, entry, ...rest)
  await import(pathToFileURL(await bundle(entry)).href)
}
