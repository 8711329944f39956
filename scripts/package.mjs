// Builds the package and packs it: node scripts/package.mjs [folder for the tarball]. The last line is the tarball's path.
// What is packed is a folder of its own, so that neither the gallery nor what only development needs comes along.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildAll } from './build.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const stage = path.join(root, 'node_modules/.cache/graft/package')

/** The one model of the gallery that the package has. */
const EXAMPLE = 'llama-8.torchscript'

const PUBLISHED = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'engines',
  'bin',
  'exports',
  'dependencies',
  'peerDependencies',
  'peerDependenciesMeta',
]

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))
const writeJson = (file, value) => writeFileSync(file, JSON.stringify(value, null, 2) + '\n')

function fillStage() {
  rmSync(stage, { recursive: true, force: true })
  mkdirSync(stage, { recursive: true })
  for (const name of ['bin', 'lib', 'LICENSE', 'docs/library.md', 'tools/dump_network.py'])
    cpSync(path.join(root, name), path.join(stage, name), { recursive: true })
  cpSync(path.join(root, 'docs/library.md'), path.join(stage, 'README.md'))

  const models = path.join(root, 'dist/models')
  cpSync(path.join(root, 'dist'), path.join(stage, 'dist'), {
    recursive: true,
    filter: (from) => path.dirname(from) !== models || path.basename(from) === `${EXAMPLE}.onnx`,
  })
  const gallery = readJson(path.join(models, 'index.json'))
  writeJson(
    path.join(stage, 'dist/models/index.json'),
    gallery.filter((model) => model.id === EXAMPLE),
  )

  const manifest = readJson(path.join(root, 'package.json'))
  writeJson(path.join(stage, 'package.json'), Object.fromEntries(PUBLISHED.map((key) => [key, manifest[key]])))
}

function pack(into) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, stdout } = spawnSync(npm, ['pack', '--json', '--ignore-scripts', '--pack-destination', into], {
    cwd: stage,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error('npm pack failed: see above')
  const packed = JSON.parse(stdout)
  const { filename, size, unpackedSize } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
  console.log(`${megabytes(size)} packed, ${megabytes(unpackedSize)} installed`)
  return path.join(into, filename)
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

// `npm test` has just built what is here.
if (!process.env['GRAFT_BUILT']) await buildAll()
fillStage()
const into = path.resolve(process.argv[2] ?? '.')
mkdirSync(into, { recursive: true })
console.log(pack(into))
