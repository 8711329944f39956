/**
 * A run as it is kept until its steps are: thousands of them take a while to be written, and what was asked for is a few words.
 * Where the steps are not there when the document is opened again, the run is worked out again.
 */
import { decode } from '../../engine'
import type { PlainPoint } from '../../engine'
import type { Storage } from '../platform/platform'

const { DecodeError, count, flag, list, number, object, partly, text } = decode

/** `at` is the point that it began at, `after` the newest point that there was. */
const run = object({
  request: partly({ wanted: list(object({ label: text, benefit: number })), whole: flag }, { scope: text }),
  at: count,
  after: count,
})

export type KeptRun = decode.Decoded<typeof run>

export const writeRun = (storage: Storage, key: string, kept: KeptRun): Promise<void> => storage.set(key, kept)

/**
 * @param points those of which there are steps
 * @returns null where there is none, it is damaged, or its steps are there
 */
export async function readRun(storage: Storage, key: string, points: readonly PlainPoint[]): Promise<KeptRun | null> {
  const stored = await storage.get(key)
  if (stored === undefined) return null
  try {
    const kept = run(stored, 'run')
    const newest = points.reduce((last, p) => Math.max(last, p.id), 0)
    return kept.after === newest ? kept : null
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}
