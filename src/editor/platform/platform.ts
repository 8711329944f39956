/** What the editor needs of whatever it runs in: storage, files, the screen's colours, the clipboard. */
import type { Film, FilmFormat } from '../motion/film'
import type { Token } from '../view/svg'

/** Values by key, between visits. */
export interface Storage {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  del(key: string): Promise<void>
}

export interface Platform {
  readonly storage: Storage
  /** Tells the time of each frame that is about to be drawn, once. */
  nextFrame(tick: (now: number) => void): void
  /** Gives a file to the person. */
  save(name: string, content: Uint8Array | Blob): void
  /** Lets the person choose a file of their own. */
  pickFile(chosen: (file: File) => void): void
  /** A colour or another token of the style sheet, as it is now. */
  readonly token: Token
  /** An SVG picture as PNG. */
  rasterize(svg: string): Promise<Uint8Array>
  /** Takes the whole screen for the page, or gives it back, where the browser lets it. */
  fullscreen(wanted: boolean): void
  /** The address of this page with another query. */
  address(query: string): string
  /** Puts a text on the clipboard; fails where there is none, or it is refused. */
  copy(text: string): Promise<void>
  /**
   * Paints a film into a file. Its format is another than the one asked for where this browser cannot make that.
   * @param progress told of the part that is done, from 0 to 1
   */
  film(
    film: Film,
    format: FilmFormat,
    progress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<{ readonly content: Blob; readonly format: FilmFormat }>
}

/** No storage: nothing is kept, and nothing comes back. */
const noStorage: Storage = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  del: () => Promise.resolve(),
}

/** Nothing around the editor but a clock: what it would show or save goes nowhere. */
export function barePlatform(nextFrame: Platform['nextFrame']): Platform {
  return {
    storage: noStorage,
    nextFrame,
    save: () => undefined,
    pickFile: () => undefined,
    token: () => '',
    rasterize: () => Promise.reject(new Error('there is no screen')),
    fullscreen: () => undefined,
    address: (query) => query,
    copy: () => Promise.reject(new Error('there is no clipboard')),
    film: () => Promise.reject(new Error('there is no screen')),
  }
}
