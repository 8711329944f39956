// Serves the built app on a free port of this machine: what a static host would do, and no more.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize, resolve } from 'node:path'

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
}

/** @returns {Promise<{ url: string, close: () => Promise<void> }>} */
export async function serveDist(directory = 'dist', port = 0) {
  const root = resolve(directory)
  if (!existsSync(join(root, 'index.html'))) throw new Error(`${root} holds no built app: run \`npx vite build\` first`)
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname)
    const file = join(root, normalize(path.endsWith('/') ? `${path}index.html` : path))
    if (!file.startsWith(root) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end('not found')
      return
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((closed) => (server.closeAllConnections(), server.close(() => closed()))),
  }
}
