/** Films into files: WebM as the browser records it, GIF from a worker, a page that plays by itself. */
import { filmAt, filmLength } from '../../editor'
import type { Film, FilmFormat } from '../../editor'
import { readPalette } from '../canvas/palette'
import { filmPage } from './film-page'
import type { GifFrame } from './gif-worker'
import { paintFilm } from './stage'
import type { Stage } from './stage'

type Progress = (fraction: number) => void
export interface MadeFilm {
  readonly content: Blob
  readonly format: FilmFormat
}

const FRAMES_A_SECOND = 30
/** GIF counts time in hundredths of a second. */
const GIF_FRAME = 80

export async function makeFilm(
  film: Film,
  format: FilmFormat,
  progress: Progress,
  signal: AbortSignal,
): Promise<MadeFilm> {
  if (format === 'page') return { content: await filmPage(film), format }
  const type = webmType()
  if (format === 'webm' && type) return { content: await webm(film, type, progress, signal), format }
  return { content: await gif(film, progress, signal), format: 'gif' }
}

/** What this browser can record; null for nothing. */
function webmType(): string | null {
  if (typeof MediaRecorder === 'undefined') return null
  return (
    ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'].find((t) => MediaRecorder.isTypeSupported(t)) ??
    null
  )
}

function stageOf(width: number, height: number): { canvas: HTMLCanvasElement; stage: Stage } {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const palette = readPalette(document.documentElement)
  return { canvas, stage: { width, height, ratio: 1, palette, still: false, captions: true } }
}

function contextOf(canvas: HTMLCanvasElement, willReadFrequently: boolean): CanvasRenderingContext2D {
  const ctx = canvas.getContext('2d', { willReadFrequently })
  if (!ctx) throw new Error('this browser paints no pictures')
  return ctx
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** As long as the film itself: recorders keep the time of the clock. */
async function webm(film: Film, mimeType: string, progress: Progress, signal: AbortSignal): Promise<Blob> {
  const { canvas, stage } = stageOf(1280, 720)
  const ctx = contextOf(canvas, false)
  paintFilm(ctx, film, 0, stage)
  const stream = canvas.captureStream(FRAMES_A_SECOND)
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 5_000_000 })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const stopped = new Promise<void>((resolve, reject) => {
    recorder.onstop = () => resolve()
    recorder.onerror = () => reject(new Error('the browser stopped recording'))
  })
  recorder.start(1000)
  const length = filmLength(film)
  const started = performance.now()
  for (let at = 0; at < length && !signal.aborted && recorder.state === 'recording';) {
    at = performance.now() - started
    paintFilm(ctx, film, Math.min(at, length - 1), stage)
    progress(at / length)
    await pause(1000 / FRAMES_A_SECOND)
  }
  if (recorder.state !== 'inactive') recorder.stop()
  await stopped
  for (const track of stream.getTracks()) track.stop()
  signal.throwIfAborted()
  return new Blob(parts, { type: 'video/webm' })
}

/** Moments that do not look alike, and how long each stands. */
function gifMoments(film: Film): { readonly at: number; readonly lasts: number; readonly done: number }[] {
  const moments: { at: number; lasts: number; done: number }[] = []
  const length = filmLength(film)
  let last = ''
  for (let at = 0; at < length; at += GIF_FRAME) {
    const { index, time, view } = filmAt(film, at)
    const look = JSON.stringify([index, time, view])
    const before = moments.at(-1)
    if (before && look === last) before.lasts += GIF_FRAME
    else moments.push({ at, lasts: GIF_FRAME, done: at / length })
    last = look
  }
  return moments
}

async function gif(film: Film, progress: Progress, signal: AbortSignal): Promise<Blob> {
  const { canvas, stage } = stageOf(800, 450)
  const ctx = contextOf(canvas, true)
  const worker = new Worker(new URL('./gif-worker.ts', import.meta.url), { type: 'module', name: 'gif' })
  const answered = () =>
    new Promise<Uint8Array<ArrayBuffer> | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer> | null>) => resolve(data)
      worker.onerror = (event) => reject(new Error(event.message || 'the GIF could not be packed'))
    })
  try {
    for (const { at, lasts, done: part } of gifMoments(film)) {
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
