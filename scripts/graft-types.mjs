// A Vite plugin: the declarations that a pattern in code is written against, by path, for the editor's TypeScript: those of the doors
// that it may import, and those of the language.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const ID = 'virtual:graft-types'
const DOORS = ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns']
const compiler = path.join(root, 'node_modules/typescript')

/** Declarations as the compiler writes them; that they are sound is for `npm run typecheck`. */
function declarations() {
  const folder = mkdtempSync(path.join(tmpdir(), 'graft-editor-types-'))
  try {
    const config = path.join(folder, 'tsconfig.json')
    const compilerOptions = {
      noEmit: false,
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      removeComments: false,
      rootDir: path.join(root, 'src'),
      outDir: path.join(folder, 'out'),
    }
    const files = DOORS.map((door) => path.join(root, 'src', door, 'index.ts'))
    writeFileSync(config, JSON.stringify({ extends: path.join(root, 'tsconfig.base.json'), compilerOptions, files }))
    const { status, stdout } = spawnSync(process.execPath, [path.join(compiler, 'bin/tsc'), '-p', config], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`declarations for the editor: ${stdout}`)
    const out = path.join(folder, 'out')
    const names = readdirSync(out, { recursive: true }).filter((name) => name.endsWith('.d.ts'))
    return names.map((name) => [`/graft/${name.split(path.sep).join('/')}`, readFileSync(path.join(out, name), 'utf8')])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a pattern has of the language: no DOM, no Node. */
function language() {
  const lib = path.join(compiler, 'lib')
  const names = readdirSync(lib).filter(
    (n) => /^lib\.(es5|es20(1\d|2[0-3])(\.\w+)*|decorators(\.legacy)?)\.d\.ts$/.test(n) && !n.includes('full'),
  )
  return names.map((name) => [`/lib/${name}`, readFileSync(path.join(lib, name), 'utf8')])
}

let made = ''

export function graftTypes() {
  const text = () =>
    (made ||= `export default ${JSON.stringify(Object.fromEntries([...language(), ...declarations()]))}`)
  return {
    name: 'graft:types',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? text() : undefined),
  }
}
