// Builds what is delivered: the app as static files (dist), the library and the command line (lib).
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { buildLibrary } from './build-library.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')

export function buildApp() {
  // Whoever asks for it, a test too: what is delivered is React without its checks for development.
  process.env.NODE_ENV = 'production'
  return build({ root, logLevel: 'warn' })
}

export const buildAll = () => Promise.all([buildApp(), buildLibrary()])

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await buildAll()
