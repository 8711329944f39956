/** The browser as the editor sees it. */
import type { Platform } from '../../editor'
import { makeFilm } from '../film/make-film'
import { atWork } from './at-work'
import { browserStorage } from './browser-storage'
import { canvasAspect } from './canvas-aspect'
import { fullscreen } from './fullscreen'
import { pickFiles } from './pick-file'
import { rasterize } from './rasterize'
import { save } from './save'
import { browserTab } from './tab'

export const browserPlatform: Platform = {
  storage: browserStorage,
  tab: browserTab,
  atWork,
  nextFrame: (tick) => void requestAnimationFrame(tick),
  save,
  pickFiles,
  token: (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(),
  canvasAspect,
  rasterize,
  fullscreen,
  address: (query) => new URL(`?${query}`, window.location.href).href,
  copy: async (text) => navigator.clipboard.writeText(text),
  film: makeFilm,
}
