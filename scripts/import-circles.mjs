// Finds circles among the imports of src/, types included: between files, and between the rooms that ROOMS names.
import { readdirSync, readFileSync, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { roomOf } from './rooms.mjs'

const src = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'src')
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']*)'/g

/** What each file of src/ imports, by path below src/. Workers that are started by their address count as imports too. */
function importsOf(files) {
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
      const targets = [...text.matchAll(IMPORT)].map(([, from]) => {
        const bare = path.join(path.dirname(file), from.replace(/\?.*$/, ''))
        return [bare, `${bare}.ts`, `${bare}.tsx`, `${bare}/index.ts`].find((p) => known.has(p))
      })
      return [file, new Set(targets.filter((t) => t !== undefined && t !== file))]
    }),
  )
}

/** Groups of nodes that reach each other (Tarjan's algorithm), each with more than one node. */
function circles(graph) {
  const index = new Map()
  const low = new Map()
  const stack = []
  const found = []
  const visit = (node) => {
    index.set(node, index.size)
    low.set(node, index.get(node))
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)))
    }
    if (low.get(node) !== index.get(node)) return
    const group = stack.splice(stack.indexOf(node))
    if (group.length > 1) found.push(group)
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return found
}

/** Which room imports which, with one pair of files as the proof of each. */
function roomGraph(imports) {
  const graph = new Map()
  const proof = new Map()
  for (const [file, targets] of imports) {
    const room = roomOf(file)
    if (!graph.has(room)) graph.set(room, new Set())
    for (const target of targets) {
      const other = roomOf(target)
      if (other === room) continue
      graph.get(room).add(other)
      proof.set(`${room} ${other}`, `${file} imports ${target}`)
    }
  }
  return { graph, proof }
}

const files = readdirSync(src, { recursive: true })
  .map((f) => f.split(path.sep).join('/'))
  .filter((f) => /\.tsx?$/.test(f) && !f.endsWith('.d.ts') && statSync(path.join(src, f)).isFile())
const imports = importsOf(files)
const { graph, proof } = roomGraph(imports)
const problems = [
  ...circles(imports).map((group) => `files import each other: ${group.join(', ')}`),
  ...circles(graph).map((group) => {
    const pairs = group.flatMap((a) => group.map((b) => proof.get(`${a} ${b}`))).filter(Boolean)
    return `rooms import each other: ${group.join(', ')}\n    ${pairs.join('\n    ')}`
  }),
]
for (const problem of problems) console.error(problem)
if (problems.length === 0) console.log(`no circles among ${files.length} files in ${graph.size} rooms`)
process.exit(problems.length > 0 ? 1 : 0)
