import type { DragEvent } from 'react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { codeCommands, draftCommands, openCommands, ruleCommands } from '../../editor'
import { DropTarget } from './DropTarget'
import { LayoutProgress } from './LayoutProgress'
import { Canvas } from '../canvas/Canvas'
import { Gallery } from '../dialogs/Gallery'
import { Palette } from '../dialogs/Palette'
import { Shortcuts } from '../dialogs/Shortcuts'
import { useEditor, useEditorState } from '../editor-context'
import { FilmProgress } from './FilmProgress'
import { Header } from './Header'
import { Notice } from './Notice'
import { OpeningProgress } from './OpeningProgress'
import { Inspector } from '../network/Inspector'
import { Matches } from '../patterns/Matches'
import { NearMisses } from '../patterns/NearMisses'
import { Outline } from '../network/Outline'
import { Patterns } from '../patterns/Patterns'
import { RulePanel } from '../patterns/rule-editor/RulePanel'
import { Present } from '../present/Present'
import { RunDialog } from '../tensors/RunDialog'
import { TensorDialog } from '../tensors/TensorDialog'
import { StartPage } from '../start/StartPage'
import { Tour } from '../start/Tour'
import { CompareBar } from '../history/CompareBar'
import { SubstepBar } from '../timeline/SubstepBar'
import { StopLine } from '../timeline/StopLine'
import { Timeline } from '../timeline/Timeline'
import { Totals } from '../cost/Totals'
import { Transport } from '../timeline/Transport'
import { droppedFiles } from '../platform/dropped-files'
import { useKeyboard } from './use-keyboard'
import { Workbench } from './Workbench'

const RuleGuide = lazy(() => import('../patterns/rule-editor/RuleGuide'))
const RuleBoards = lazy(() => import('../patterns/boards/RuleBoards'))

export function App() {
  const editor = useEditor()
  const [dropping, setDropping] = useState(false)
  const arranging = useEditorState((s) => s.arranging)
  const presenting = useEditorState((s) => s.presenting !== null)
  const writing = useEditorState((s) => s.draft !== null)
  const drawing = useEditorState((s) => s.drawing && s.draft !== null && s.draft.language !== 'ts')
  const start = useEditorState((s) => s.start)
  const guide = useEditorState((s) => s.guide && !s.start)
  const fresh = useEditorState(
    ({ timeline: { steps, branches, bookmarks }, engine }) =>
      steps.length + branches.length + bookmarks.length === 0 && engine === null,
  )
  useKeyboard(editor)
  useEffect(() => {
    const { search } = window.location
    codeCommands.loadCodeFaults(editor)
    void Promise.all([ruleCommands.loadRules(editor), draftCommands.loadDraft(editor)]).then(() =>
      openCommands.openFirst(editor, search),
    )
  }, [editor])

  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setDropping(false)
    void droppedFiles(event.dataTransfer).then(
      (given) => {
        if (given.length > 0) void openCommands.openFiles(editor, given)
      },
      (error: unknown) => editor.fail('What was dropped could not be read', error),
    )
  }
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setDropping(true)
  }
  return (
    <div
      className="app"
      data-arranging={arranging}
      data-presenting={presenting}
      data-fresh={fresh}
      onDrop={onDrop}
      onDragOver={onDragOver}
      onDragLeave={(e) => e.relatedTarget === null && setDropping(false)}
    >
      <Header />
      {start && (
        <StartPage>
          <Notice />
          <OpeningProgress />
          {dropping && <DropTarget />}
        </StartPage>
      )}
      <Workbench
        wide={writing}
        fresh={fresh}
        tall={drawing}
        left={
          <aside className="dock left" aria-label="Network" inert={start}>
            <Outline />
            <Inspector />
          </aside>
        }
        stage={
          <main className="stage" aria-label="Graph" inert={start}>
            <Canvas />
            <CompareBar />
            {!start && <OpeningProgress />}
            <FilmProgress />
            {presenting && <Present />}
            <LayoutProgress />
            {!start && <Notice />}
            {guide && (
              <Suspense>
                <RuleGuide />
              </Suspense>
            )}
            <Tour />
            <StopLine />
            <SubstepBar />
            {dropping && !start && <DropTarget />}
          </main>
        }
        right={
          <aside className="dock right" aria-label="Patterns" inert={start}>
            {writing ? <RulePanel /> : <Patterns />}
            {/* The boards take the room of the lists: the count and the halos say where it matches. */}
            {!drawing && <Matches />}
            {!drawing && <NearMisses />}
          </aside>
        }
        bottom={
          drawing ? (
            <footer className="bottom drawing" aria-label="The rule, drawn" inert={start}>
              <Suspense>
                <RuleBoards />
              </Suspense>
            </footer>
          ) : (
            <footer className="bottom" aria-label="Steps" inert={start}>
              <Transport />
              <Timeline />
              <Totals />
            </footer>
          )
        }
      />
      <Gallery />
      <Palette />
      <Shortcuts />
      <TensorDialog />
      <RunDialog />
      <Announcer />
    </div>
  )
}

function Announcer() {
  const text = useEditorState((s) => s.announcement)
  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {text}
    </div>
  )
}
