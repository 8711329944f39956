/** The canvas that a film is painted on for a file, and the moments of it that are worth a picture. */
import { filmAt, filmLength } from '../../editor'
import type { Film } from '../../editor'
import { readPalette } from '../canvas/paint/palette'
import type { Stage } from './stage'

export interface FilmCanvas {
  readonly canvas: HTMLCanvasElement
  readonly ctx: CanvasRenderingContext2D
  readonly stage: Stage
}

export function filmCanvas(width: number, height: number, options?: CanvasRenderingContext2DSettings): FilmCanvas {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const ctx = canvas.getContext('2d', options)
  if (!ctx) throw new Error('this browser paints no pictures')
  const palette = readPalette(document.documentElement)
  return { canvas, ctx, stage: { width, height, ratio: 1, palette, still: false, captions: true } }
}

export interface Still {
  /** Milliseconds from the start of the film. */
  readonly at: number
  readonly lasts: number
  /** Part of the film that is behind it. */
  readonly done: number
}

/** Moments that do not look alike, and how long each stands. */
export function stills(film: Film, frame: number): Still[] {
  const moments: { at: number; lasts: number; done: number }[] = []
  const length = filmLength(film)
  let last = ''
  for (let at = 0; at < length; at += frame) {
    const { index, time, view } = filmAt(film, at)
    const look = JSON.stringify([index, time, view])
    const before = moments.at(-1)
    if (before && look === last) before.lasts += frame
    else moments.push({ at, lasts: frame, done: at / length })
    last = look
  }
  return moments
}
