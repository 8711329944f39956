/** A film as one page without anything beside it: the film's numbers, the player, and a policy that allows nothing else. */
import { script, scriptHash, style, styleHash } from 'virtual:film-page'
import { filmData } from '../../editor'
import type { Film } from '../../editor'
import { readPalette } from '../canvas/paint/palette'
import type { PageData } from './page/main'

export async function filmPage(film: Film): Promise<Blob> {
  const data: PageData = { film: filmData(film), palettes: bothPalettes() }
  const packed = new Blob([JSON.stringify(data)]).stream().pipeThrough(new CompressionStream('gzip'))
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer())
  const policy = `default-src 'none'; script-src '${scriptHash}'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'`
  const title = escaped(`${film.title}: ${film.shots.length} rewrite steps`)
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<script type="application/json" id="film">"${base64(bytes)}"</script>
<script>${script}</script>
</body>
</html>
`
  return new Blob([html], { type: 'text/html' })
}

/** The colours of the style sheet in light and in dark, whichever is on the screen. */
function bothPalettes(): PageData['palettes'] {
  const root = document.documentElement
  const { theme } = root.dataset
  const inTheme = (name: 'light' | 'dark') => {
    root.dataset['theme'] = name
    return readPalette(root)
  }
  const palettes = { light: inTheme('light'), dark: inTheme('dark') }
  if (theme === undefined) delete root.dataset['theme']
  else root.dataset['theme'] = theme
  return palettes
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)))
  return btoa(parts.join(''))
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
