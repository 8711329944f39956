/** The player of a film on a page of its own: it knows nothing of the editor but how a moment is painted. */
import { filmAt, filmFromData, filmLength, shotStart } from '../../../editor'
import type { Film, FilmData } from '../../../editor'
import type { Palette } from '../../canvas/paint/palette'
import { paintFilm } from '../stage'
import { buildScreen } from './screen'
import type { PageScreen } from './screen'

export interface PageData {
  readonly film: FilmData
  readonly palettes: { readonly light: Palette; readonly dark: Palette }
}

async function read(): Promise<PageData> {
  const text = JSON.parse(document.getElementById('film')?.textContent ?? '""') as string
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(stream).json()) as PageData
}

class FilmPlayer {
  private at = 0
  private playing = false
  private lastTick = 0
  private shown = -1

  constructor(
    private readonly film: Film,
    private readonly palettes: PageData['palettes'],
    private readonly screen: PageScreen,
    private readonly still: MediaQueryList,
    private readonly dark: MediaQueryList,
  ) {
    screen.onToggle(() => (this.playing ? this.pause() : this.play()))
    screen.onScrub((ms) => this.go(ms))
    screen.onStep((by) => this.step(by))
    new ResizeObserver(() => this.paint()).observe(screen.canvas)
    dark.addEventListener('change', () => this.paint())
    this.go(0)
  }

  play(): void {
    if (this.at >= filmLength(this.film) - 1) this.at = 0
    this.playing = true
    this.lastTick = 0
    requestAnimationFrame(this.tick)
    this.screen.playing(true)
  }

  private pause(): void {
    this.playing = false
    this.screen.playing(false)
  }

  private step(by: number): void {
    const { index } = filmAt(this.film, this.at)
    this.go(shotStart(Math.max(0, Math.min(this.film.shots.length - 1, index + by))))
  }

  private go(ms: number): void {
    this.at = Math.max(0, Math.min(ms, filmLength(this.film) - 1))
    this.paint()
  }

  private readonly tick = (now: number): void => {
    if (!this.playing) return
    const elapsed = this.lastTick === 0 ? 0 : Math.min(now - this.lastTick, 100)
    this.lastTick = now
    this.go(this.at + elapsed)
    if (this.at >= filmLength(this.film) - 1) this.pause()
    else requestAnimationFrame(this.tick)
  }

  private paint(): void {
    const { canvas } = this.screen
    const ratio = devicePixelRatio
    const [width, height] = [canvas.clientWidth, canvas.clientHeight]
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) })
    const ctx = canvas.getContext('2d')
    if (!ctx || width === 0) return
    const palette = this.dark.matches ? this.palettes.dark : this.palettes.light
    paintFilm(ctx, this.film, this.at, { width, height, ratio, palette, still: this.still.matches, captions: false })
    const { index, shot } = filmAt(this.film, this.at)
    if (index !== this.shown) this.screen.caption(shot.caption)
    this.shown = index
    this.screen.at(this.at)
  }
}

const { film: data, palettes } = await read()
const film = filmFromData(data)
const still = matchMedia('(prefers-reduced-motion: reduce)')
const screen = buildScreen(film.title, filmLength(film))
const player = new FilmPlayer(film, palettes, screen, still, matchMedia('(prefers-color-scheme: dark)'))
if (!still.matches) player.play()
