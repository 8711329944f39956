// Serves the built app to this machine alone: what a static host would do, and no more. Its users are `graft serve`, the
// browser tests, the bench.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize, resolve, sep } from 'node:path'

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** @param port 0 takes a free one @throws where the folder holds no built app, or the port is taken */
export async function serveDist(directory = 'dist', port = 0) {
  const root = resolve(directory)
  if (!existsSync(join(root, 'index.html'))) throw new Error(`${root} holds no built app: run \`npm run build\` first`)
  const server = createServer((request, response) => answer(root, request, response))
  await new Promise((ready, failed) => server.on('error', failed).listen(port, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((closed) => (server.closeAllConnections(), server.close(() => closed()))),
  }
}

function answer(root, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
  const file = fileOf(root, request.url ?? '/')
  if (file === null) return void response.writeHead(404).end('not found')
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
    'x-content-type-options': 'nosniff',
    'cache-control': file.startsWith(join(root, 'assets') + sep) ? 'max-age=31536000, immutable' : 'no-cache',
  })
  if (request.method === 'HEAD') response.end()
  else
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response)
}

/** The file below `root` that an address means; null where there is none, or where it is outside. */
function fileOf(root, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://local').pathname)
    const file = join(root, normalize(path.endsWith('/') ? `${path}index.html` : path))
    return file.startsWith(root + sep) && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null
  } catch {
    return null
  }
}
