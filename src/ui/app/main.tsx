import '@xyflow/react/dist/base.css'
import './tokens.css'
import './app.css'
import '../canvas/canvas.css'
import '../dialogs/dialogs.css'
import '../patterns/patterns.css'
import '../patterns/matches.css'
import '../patterns/board.css'
import '../timeline/breakpoints.css'
import '../timeline/timeline.css'
import '../history/history.css'
import '../history/compare.css'
import '../cost/cost.css'
import '../present/present.css'
import { del, get, set } from 'idb-keyval'
import { createRoot } from 'react-dom/client'
import { browserWorkers, Editor, keepComparing, keepSession, prepareWorkers, presentCommands } from '../../editor'
import { App } from './App'
import { EditorContext } from './editor-context'
import { makeFilm } from '../film/make-film'
import { rasterize } from '../platform/rasterize'

const editor = new Editor(browserWorkers, (tick) => requestAnimationFrame(tick))
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const colour = () => {
  const { theme } = editor.state
  document.documentElement.dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
}
// Before any component hears of it, so that whoever paints reads the new colours.
colour()
dark.addEventListener('change', colour)
editor.store.subscribe(({ theme }, before) => theme !== before.theme && colour())
// A reload brings back what is open now, whatever the page was asked for first.
editor.store.subscribe(({ model }, before) => {
  if (!model || model.source === before.model?.source) return
  const { source } = model
  window.history.replaceState(null, '', source.type === 'gallery' ? `?model=${source.id}` : window.location.pathname)
})
// Once the page stands; whoever looks for a model is about to open one.
setTimeout(() => editor.session || editor.state.opening || prepareWorkers(), 300)
editor.store.subscribe(({ dialog }) => dialog === 'gallery' && prepareWorkers())
window.addEventListener('dragenter', prepareWorkers)
const still = window.matchMedia('(prefers-reduced-motion: reduce)')
editor.player.still = still.matches
still.addEventListener('change', () => (editor.player.still = still.matches))

editor.save = (name, content) => {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type: 'application/octet-stream' }))
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

editor.screen = {
  token: (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(),
  rasterize,
  film: makeFilm,
  // Where it is refused, or there is none, the window is what there is.
  whole: (wanted) => {
    if (wanted) void document.documentElement.requestFullscreen?.().catch(() => undefined)
    else if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined)
  },
  address: (query) => new URL(`?${query}`, window.location.href).href,
  copy: async (text) => navigator.clipboard.writeText(text),
}
// Escape leaves the full screen before any key reaches the page.
document.addEventListener('fullscreenchange', () => {
  if (!document.fullscreenElement) presentCommands.endPresenting(editor)
})
editor.pickFile = (chosen) => {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.onnx,.graft', hidden: true })
  input.onchange = () => {
    input.remove()
    if (input.files?.[0]) chosen(input.files[0])
  }
  input.oncancel = () => input.remove()
  // In the page until it is answered: one that nothing holds may be collected before the browser asks.
  document.body.append(input)
  input.click()
}
editor.storage = { get, set, del }
keepSession(editor)
keepComparing(editor)

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <EditorContext value={editor}>
    <App />
  </EditorContext>,
)
