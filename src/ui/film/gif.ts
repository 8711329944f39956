/** A film as GIF, packed in a worker. */
import type { Film } from '../../editor'
import { filmCanvas, stills } from './film-canvas'
import type { GifFrame } from './gif-worker'
import { paintFilm } from './stage'

/** GIF counts time in hundredths of a second. */
const GIF_FRAME = 80

export async function gif(film: Film, progress: (fraction: number) => void, signal: AbortSignal): Promise<Blob> {
  const { canvas, ctx, stage } = filmCanvas(800, 450, { willReadFrequently: true })
  const worker = new Worker(new URL('./gif-worker.ts', import.meta.url), { type: 'module', name: 'gif' })
  const answered = () =>
    new Promise<Uint8Array<ArrayBuffer> | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer> | null>) => resolve(data)
      worker.onerror = (event) => reject(new Error(event.message || 'the GIF could not be packed'))
    })
  try {
    for (const { at, lasts, done: part } of stills(film, GIF_FRAME)) {
      signal.throwIfAborted()
      paintFilm(ctx, film, at, stage)
      const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height)
      const frame: GifFrame = { pixels: data, width: canvas.width, height: canvas.height, delay: lasts }
      const done = answered()
      worker.postMessage(frame, [data.buffer])
      await done
      progress(part)
    }
    const done = answered()
    worker.postMessage(null)
    return new Blob([(await done) ?? new Uint8Array()], { type: 'image/gif' })
  } finally {
    worker.terminate()
  }
}
