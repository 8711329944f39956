// Builds the app where its sources changed, serves it, and prints the address.
import { preview } from 'vite'
import { buildApp } from './build.mjs'

await buildApp()
const server = await preview({ preview: { port: Number(process.env.PORT ?? 4173), open: false } })
server.printUrls()
