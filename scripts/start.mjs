// Builds the app where its sources changed, serves it, and prints the address.
import { preview } from 'vite'
import { buildAll } from './build.mjs'

await buildAll()
const server = await preview({ preview: { port: Number(process.env.PORT ?? 4173), open: false } })
server.printUrls()
