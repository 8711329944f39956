/**
 * A film as WebM: encoded picture by picture by the browser, packed with its length and an index, so that players seek in it.
 * Pictures stand as long as nothing moves, and nobody waits for the film to play.
 */
import type { Film } from '../../editor'
import { filmCanvas, stills } from './film-canvas'
import { paintFilm } from './stage'

const [WIDTH, HEIGHT] = [1280, 720]
const FRAMES_A_SECOND = 30
/** Seconds from one picture that stands for itself to the next: players seek to those. */
const SEEKS_TO = 1

/** @returns null where this browser encodes no video that WebM holds */
export async function webm(
  film: Film,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Blob | null> {
  const { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Output, WebMOutputFormat } =
    await import('mediabunny')
  const codec = await getFirstEncodableVideoCodec(['vp9', 'vp8'], { width: WIDTH, height: HEIGHT })
  if (codec === null) return null
  const { canvas, ctx, stage } = filmCanvas(WIDTH, HEIGHT)
  const source = new CanvasSource(canvas, { codec, bitrate: 5_000_000, keyFrameInterval: SEEKS_TO })
  const output = new Output({ format: new WebMOutputFormat(), target: new BufferTarget() })
  output.addVideoTrack(source)
  await output.start()
  try {
    for (const { at, lasts, done } of stills(film, 1000 / FRAMES_A_SECOND)) {
      signal.throwIfAborted()
      paintFilm(ctx, film, at, stage)
      await source.add(at / 1000, lasts / 1000)
      progress(done)
    }
    await output.finalize()
  } catch (error) {
    await output.cancel()
    throw error
  }
  return new Blob([output.target.buffer ?? new ArrayBuffer()], { type: 'video/webm' })
}
