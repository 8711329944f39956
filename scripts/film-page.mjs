// A Vite plugin: bundles the player of a film's page into two texts, script and style, with the hashes that a policy names.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const page = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src/ui/film/page')
const ID = 'virtual:film-page'

/** Of our own modules only what is used comes along: none of them does anything by being imported. */
const pure = {
  name: 'pure',
  setup(bundle) {
    bundle.onResolve({ filter: /^\./ }, async ({ path: to, resolveDir, kind, pluginData }) => {
      if (pluginData === 'resolved') return undefined
      const found = await bundle.resolve(to, { resolveDir, kind, pluginData: 'resolved' })
      return { ...found, sideEffects: false }
    })
    bundle.onResolve({ filter: /\?/ }, ({ path: to }) => ({ path: to, external: true, sideEffects: false }))
  },
}

async function textOf(entry, plugins) {
  const entryPoints = [path.join(page, entry)]
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    legalComments: 'none',
    logLevel: 'error',
    plugins,
  })
  return outputFiles[0].text.trim()
}

const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`

async function code() {
  const [body, style] = await Promise.all([textOf('main.ts', [pure]), textOf('page.css', [])])
  const script = `(async()=>{${body}})()`.replaceAll('</script', '<\\/script')
  const parts = { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) }
  return Object.entries(parts)
    .map(([name, text]) => `export const ${name} = ${JSON.stringify(text)}`)
    .join('\n')
}

export function filmPage() {
  return {
    name: 'graft:film-page',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? code() : undefined),
  }
}
