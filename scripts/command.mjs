// The command line as one file, in the module format whose compiled code can be kept.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const folder = path.join(root, 'node_modules/.cache/graft')

/** ONNX Runtime stays outside: it may be missing. @returns the text, and the files that it was made of */
export async function buildCommand() {
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // In compiled code that was kept, `import()` finds nothing; `require` does.
    supported: { 'dynamic-import': false },
    external: ['onnxruntime-node'],
    logLevel: 'warning',
  })
  return { text: escaped(outputFiles[0].text), sources: Object.keys(metafile.inputs) }
}

/** Of one byte a letter, so that no process has to decode it: what is not ASCII stands in patterns and comments, where an escape says the same. */
function escaped(text) {
  return text.replace(/[^\0-\x7f]/g, (letter) => '\\u' + letter.charCodeAt(0).toString(16).padStart(4, '0'))
}

/** The command as a file, made again where a source has changed. */
export async function freshCommand() {
  const file = path.join(folder, 'cli.cjs')
  const record = path.join(folder, 'cli.json')
  if (isFresh(file, record)) return file
  const { text, sources } = await buildCommand()
  mkdirSync(folder, { recursive: true })
  put(file, text)
  put(record, JSON.stringify(sources.map((name) => [name, stampOf(path.join(root, name))])))
  return file
}

function isFresh(file, record) {
  try {
    statSync(file)
    return JSON.parse(readFileSync(record, 'utf8')).every(([name, stamp]) => stampOf(`${root}/${name}`) === stamp)
  } catch {
    return false
  }
}

function stampOf(file) {
  const { mtimeMs, size } = statSync(file)
  return `${mtimeMs} ${size}`
}

function put(file, text) {
  const part = `${file}.${process.pid}`
  writeFileSync(part, text)
  renameSync(part, file)
}
