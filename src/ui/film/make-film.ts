/** Films into files: WebM, GIF, a page that plays by itself. */
import type { Film, FilmFormat } from '../../editor'
import { filmPage } from './film-page'
import { gif } from './gif'
import { webm } from './webm'

export interface MadeFilm {
  readonly content: Blob
  readonly format: FilmFormat
}

/** What cannot be had as WebM in this browser becomes a GIF. */
export async function makeFilm(
  film: Film,
  format: FilmFormat,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<MadeFilm> {
  if (format === 'page') return { content: await filmPage(film), format }
  const video = format === 'webm' ? await webm(film, progress, signal) : null
  return video ? { content: video, format } : { content: await gif(film, progress, signal), format: 'gif' }
}
