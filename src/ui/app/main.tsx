import '@xyflow/react/dist/base.css'
import './tokens.css'
import './app.css'
import '../canvas/canvas.css'
import '../network/inspector.css'
import '../tensors/tensors.css'
import '../dialogs/dialogs.css'
import '../patterns/patterns.css'
import '../patterns/rule-editor/rule.css'
import '../patterns/matches.css'
import '../patterns/board.css'
import '../patterns/boards/boards.css'
import '../timeline/breakpoints.css'
import '../timeline/timeline.css'
import '../history/history.css'
import '../history/compare.css'
import '../cost/cost.css'
import '../present/present.css'
import '../start/start.css'
import { startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { browserWorkers, Editor, keepComparing, keepSession, prepareWorkers, presentCommands } from '../../editor'
import { EditorContext } from '../editor-context'
import { browserPlatform } from '../platform/browser-platform'
import { onLeavingFullscreen } from '../platform/fullscreen'
import { followPlaces } from '../platform/places'
import { followReducedMotion, followTheme } from '../platform/preferences'
import { App } from './App'

const editor = new Editor(browserWorkers, browserPlatform)
followTheme(editor)
followReducedMotion(editor)
onLeavingFullscreen(() => presentCommands.endPresenting(editor))
keepSession(editor)
keepComparing(editor)
followPlaces(editor)
// Once the page stands; whoever looks for a model is about to open one.
setTimeout(() => editor.session || editor.state.opening || prepareWorkers(), 300)
editor.store.subscribe(({ dialog }) => dialog === 'gallery' && prepareWorkers())
window.addEventListener('dragenter', prepareWorkers)

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
const page = createRoot(root)
// The first rendering is the longest task of all: as a transition it is many short ones.
startTransition(() =>
  page.render(
    <EditorContext value={editor}>
      <App />
    </EditorContext>,
  ),
)
