import { ListVideo, Minimize2, Pause, Play, SkipBack, SkipForward } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useMemo } from 'react'
import { presentCommands, stepCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

/** The caption and the few buttons over a picture that is presented. */
export function Present() {
  const editor = useEditor()
  const playing = useEditorState((s) => s.playing)
  return (
    <section className="present" aria-label="Presentation">
      <PresentCaption />
      <div className="present-tools">
        <IconButton label="Previous step" keys="←" icon={SkipBack} onClick={() => void stepCommands.stepBack(editor)} />
        <IconButton
          label={playing ? 'Pause' : 'Play the list'}
          keys="Space"
          icon={playing ? Pause : Play}
          onClick={() => void presentCommands.playPresented(editor)}
        />
        <IconButton
          label="Next step"
          keys="→"
          icon={SkipForward}
          onClick={() => void stepCommands.stepForward(editor)}
        />
        <PlayList />
        <IconButton label="Leave" keys="Esc" icon={Minimize2} onClick={() => presentCommands.endPresenting(editor)} />
      </div>
    </section>
  )
}

function PresentCaption() {
  const timeline = useEditorState((s) => s.timeline)
  const patterns = useEditorState((s) => s.patterns)
  const name = useEditorState((s) => s.model?.name)
  const editor = useEditor()
  // Worked out of these two alone, whatever else changes.
  const caption = useMemo(
    () => presentCommands.captionNow({ ...editor.state, timeline, patterns }),
    [editor, timeline, patterns],
  )
  if (!caption)
    return (
      <div className="present-caption">
        <p>
          <strong>{name}</strong>
          <span>original</span>
        </p>
      </div>
    )
  return (
    <div className="present-caption">
      <p>
        <strong>{caption.label}</strong>
        <span>{caption.scope}</span>
        <span className="step-of">
          step {caption.step} of {caption.of}
        </span>
      </p>
      {caption.equation && <code>{caption.equation}</code>}
    </div>
  )
}

/** When a pattern of the list is played, and what there is to see. */
function playsHow(place: number, count: number): string {
  const what = count === 0 ? 'no steps now' : count === 1 ? '1 step' : `${count} steps`
  return place < 0 ? what : `${ordinal(place + 1)}, ${what}`
}

function ordinal(n: number): string {
  const teen = n % 100 > 10 && n % 100 < 14
  return `${n}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`
}

/** Which patterns are played, in the order in which they were put on the list. */
function PlayList() {
  const editor = useEditor()
  const playlist = useEditorState((s) => s.presenting?.playlist)
  const patterns = useEditorState((s) => s.patterns)
  const offered = useMemo(() => presentCommands.playable({ ...editor.state, patterns }), [editor, patterns])
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Play list" title="Play list">
          <ListVideo size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover play-list" side="top" align="end" aria-label="Play list">
          <h3>Played one after the other</h3>
          {offered.map(({ label, count }) => {
            const place = playlist?.indexOf(label) ?? -1
            return (
              <label key={label}>
                <input
                  type="checkbox"
                  checked={place >= 0}
                  onChange={() => presentCommands.togglePlayed(editor, label)}
                />
                <span className="where">{label}</span>
                <span className="dim">{playsHow(place, count ?? 0)}</span>
              </label>
            )
          })}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
