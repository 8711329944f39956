// A Vite plugin: the static page that patterns in code run behind. It has no origin (the app frames it so), no network by its own
// policy, and starts a worker from a text that lies in it; a worker for each file of patterns.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const entry = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src/code/sandbox-worker.ts')
const NAME = 'sandbox.html'

async function workerText() {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    keepNames: true,
    format: 'iife',
    target: 'es2022',
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

export async function sandboxPage() {
  const source = JSON.stringify(await workerText()).replaceAll('<', '\\u003c')
  const script = `(${room})(${source})`
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = `default-src 'none'; script-src 'sha256-${hash}' 'unsafe-eval'; worker-src blob:; connect-src 'none'`
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>Sandbox</title><script>${script}</script>\n`
}

export function sandbox() {
  return {
    name: 'graft:sandbox',
    configureServer(server) {
      server.middlewares.use(`/${NAME}`, (_, response) => {
        sandboxPage().then(
          (page) => response.setHeader('content-type', 'text/html').end(page),
          (error) => response.writeHead(500).end(String(error)),
        )
      })
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: NAME, source: await sandboxPage() })
    },
  }
}
