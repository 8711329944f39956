/** The browser as the editor sees it. */
import { del, get, set } from 'idb-keyval'
import type { Platform } from '../../editor'
import { makeFilm } from '../film/make-film'
import { canvasAspect } from './canvas-aspect'
import { fullscreen } from './fullscreen'
import { pickFile } from './pick-file'
import { rasterize } from './rasterize'
import { save } from './save'
import { browserTab } from './tab'

export const browserPlatform: Platform = {
  storage: { get, set, del },
  tab: browserTab,
  nextFrame: (tick) => void requestAnimationFrame(tick),
  save,
  pickFile,
  token: (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(),
  canvasAspect,
  rasterize,
  fullscreen,
  address: (query) => new URL(`?${query}`, window.location.href).href,
  copy: async (text) => navigator.clipboard.writeText(text),
  film: makeFilm,
}
