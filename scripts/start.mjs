// Builds the app where its sources changed, serves it, and prints the address.
import { build, preview } from 'vite'

await build({ logLevel: 'warn' })
const server = await preview({ preview: { port: Number(process.env.PORT ?? 4173), open: false } })
server.printUrls()
