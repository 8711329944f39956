// A Vite plugin: the static pages that patterns in code run behind, one for a person's own and one for those of others, which run in an
// interpreter with a limit of memory. They have no origin (the app frames them so), no network by their own policy, and start a worker
// from a text that lies in them; a worker for each file of patterns.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const INTERPRETER = 'src/code/interpreter'
/** By name: the text of the worker, and the packages that lie in it. */
const PAGES = {
  'sandbox.html': { text: () => bundle('src/code/sandbox-worker.ts'), packages: ['sucrase'] },
  'interpreter.html': {
    text: async () => bundle(`${INTERPRETER}/interpreter-worker.ts`, { GUEST: JSON.stringify(await guestText()) }),
    packages: ['sucrase', 'quickjs-emscripten-core', '@jitl/quickjs-singlefile-browser-release-sync'],
  },
}

/** What runs inside the interpreter. */
export const guestText = () => bundle(`${INTERPRETER}/guest.ts`)

async function bundle(entry, define = {}) {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, entry)],
    define,
    bundle: true,
    minify: true,
    keepNames: true,
    format: 'iife',
    target: 'es2022',
    logOverride: { 'empty-import-meta': 'silent' },
    write: false,
    legalComments: 'none',
    logLevel: 'error',
  })
  return outputFiles[0].text
}

/** Starts and ends workers for the page that frames this one. Nobody else is listened to. */
function room(source) {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const workers = new Map()
  addEventListener('message', ({ data, source: from, ports }) => {
    if (from !== parent) return
    if (data.type === 'end') {
      workers.get(data.id)?.terminate()
      workers.delete(data.id)
    } else if (data.type === 'start') {
      const worker = new Worker(url)
      workers.set(data.id, worker)
      worker.postMessage(null, [ports[0]])
    }
  })
  parent.postMessage('ready', '*')
}

export async function sandboxPage(name) {
  const { text, packages } = PAGES[name]
  const source = JSON.stringify(await text()).replaceAll('<', '\\u003c')
  const script = `(${room})(${source})`
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = `default-src 'none'; script-src 'sha256-${hash}' 'unsafe-eval'; worker-src blob:; connect-src 'none'`
  const licenses = packages.map((p) => `${p}\n${readFileSync(path.join(root, 'node_modules', p, 'LICENSE'), 'utf8')}`)
  const notice = licenses.join('\n').replaceAll('--', '- -')
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>Sandbox</title><!--\n${notice}--><script>${script}</script>\n`
}

export function sandbox() {
  return {
    name: 'graft:sandbox',
    configureServer(server) {
      for (const name of Object.keys(PAGES))
        server.middlewares.use(`/${name}`, (_, response) => {
          sandboxPage(name).then(
            (page) => response.setHeader('content-type', 'text/html').end(page),
            (error) => response.writeHead(500).end(String(error)),
          )
        })
    },
    async generateBundle() {
      for (const fileName of Object.keys(PAGES))
        this.emitFile({ type: 'asset', fileName, source: await sandboxPage(fileName) })
    },
  }
}
