import { once } from 'node:events'
import path from 'node:path'
import { serveDist } from '../../../scripts/serve-dist.mjs'
import { readArguments, UsageError } from '../arguments'
import type { Console } from '../console'

export const usage = 'graft serve [--port N] [--json]'

/** The same one every time, if it is free: what a browser keeps, it keeps by address. */
const USUAL_PORT = 4173

/** Serves the app to this machine until it is interrupted. */
export async function serve(argv: readonly string[], console: Console, home: string): Promise<number> {
  const args = readArguments(argv, { port: 'string' }, 0)
  const site = await opened(path.join(home, 'dist'), portOf(args.text('port')))
  console.result({ url: site.url }, () => [`Graft is at ${site.url} until Ctrl+C`])
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await site.close()
  return 0
}

async function opened(folder: string, port: number | undefined) {
  try {
    return await serveDist(folder, port ?? USUAL_PORT)
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (taken && port === undefined) return serveDist(folder, 0)
    throw new UsageError(taken ? `port ${port} is taken: choose another one with --port` : (error as Error).message)
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new UsageError(`--port is a number up to 65535, not ${text}`)
  return port
}
