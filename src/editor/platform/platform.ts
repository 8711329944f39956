/** What the editor needs of whatever it runs in: storage, files, the screen's colours, the clipboard. */
import type { Film, FilmFormat } from '../motion/film'
import type { Token } from '../view/svg'

/** A file that a person gave, and where it lay in the folder that was dropped; its name alone where it came by itself. */
export interface Given {
  readonly path: string
  readonly file: File
}

/** Values by key, between visits. A file may be a value, but not a part of one. */
export interface Storage {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  /** Several values, none of them a file: all of them are there, or none. */
  setAll(values: ReadonlyMap<string, unknown>): Promise<void>
  del(key: string): Promise<void>
}

/** A name that is this tab's until it is released, or the tab is closed. */
export interface Hold {
  readonly name: string
  release(): void
}

/** What a tab has open: a document, and a pattern that is being written. */
export type TabMemory = 'document' | 'draft'

/** This tab among those that share the storage. */
export interface Tab {
  /** What was remembered last of this in this tab, before a reload too; null for nothing. */
  remembered(of: TabMemory): string | null
  /** @param name null to forget it */
  remember(of: TabMemory, name: string | null): void
  /**
   * @param patience how long to wait for whoever holds it, in milliseconds
   * @returns null where it is held: by another tab, or by this one
   */
  hold(name: string, patience: number): Promise<Hold | null>
  /** Does work while no tab does other work under this name. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** A few names that outlive the page, whatever ends it: written at once. */
export interface Crumbs {
  read(): readonly string[]
  write(names: readonly string[]): void
}

export interface Platform {
  readonly storage: Storage
  readonly tab: Tab
  /** The files of patterns that are at work: those that are there when a page begins were at work when one ended badly. */
  readonly atWork: Crumbs
  /** Tells the time of each frame that is about to be drawn, once. */
  nextFrame(tick: (now: number) => void): void
  /** Gives a file to the person. */
  save(name: string, content: Uint8Array | Blob): void
  /** Lets the person choose a model with the files of its weights. */
  pickFiles(chosen: (given: readonly Given[]) => void): void
  /** A colour or another token of the style sheet, as it is now. */
  readonly token: Token
  /** Width over height of what the network is drawn on. */
  canvasAspect(): number
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
  setAll: () => Promise.resolve(),
  del: () => Promise.resolve(),
}

/** The only tab there is. */
const onlyTab: Tab = {
  remembered: () => null,
  remember: () => undefined,
  hold: (name) => Promise.resolve({ name, release: () => undefined }),
  alone: (_name, work) => work(),
}

/** Nothing around the editor but a clock: what it would show or save goes nowhere. */
export function barePlatform(nextFrame: Platform['nextFrame']): Platform {
  return {
    storage: noStorage,
    tab: onlyTab,
    atWork: { read: () => [], write: () => undefined },
    nextFrame,
    save: () => undefined,
    pickFiles: () => undefined,
    token: () => '',
    canvasAspect: () => 1.2,
    rasterize: () => Promise.reject(new Error('there is no screen')),
    fullscreen: () => undefined,
    address: (query) => query,
    copy: () => Promise.reject(new Error('there is no clipboard')),
    film: () => Promise.reject(new Error('there is no screen')),
  }
}
