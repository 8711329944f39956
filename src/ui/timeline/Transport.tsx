import {
  ArrowDownToDot,
  ChevronFirst,
  ChevronLast,
  LocateFixed,
  Pause,
  Play,
  Square,
  StepBack,
  StepForward,
} from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { commands, DURATION, substepCommands, phaseAt, PHASES, SPEEDS, playCommands, stepCommands } from '../../editor'
import type { PhaseName } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'
import { Breakpoints } from './Breakpoints'
import { RunMenu } from './RunMenu'

export function Transport() {
  const editor = useEditor()
  const timeline = useEditorState((s) => s.timeline)
  const playing = useEditorState((s) => s.playing)
  const planning = useEditorState((s) => s.planning)
  const inside = useEditorState((s) => s.inside !== null)
  const matches = useEditorState((s) => s.matches.length)
  const speed = useEditorState((s) => s.speed)
  const at = timeline.steps.findIndex((s) => s.node === timeline.cursor) + 1
  const more = at < timeline.steps.length
  return (
    <section className="transport" aria-label="Playback">
      <div className="row">
        <IconButton
          label="To the start"
          keys="Home"
          icon={ChevronFirst}
          disabled={at === 0}
          onClick={() => void stepCommands.toStart(editor)}
        />
        <IconButton
          label="Step back"
          keys="←"
          icon={StepBack}
          disabled={at === 0}
          onClick={() => void stepCommands.stepBack(editor)}
        />
        <IconButton
          label={playing ? 'Pause' : 'Play'}
          keys="Space"
          icon={playing ? Pause : Play}
          primary
          disabled={!playing && !more && matches === 0}
          onClick={() => playCommands.togglePlay(editor)}
        />
        <IconButton
          label="Step forward"
          keys="→"
          icon={StepForward}
          disabled={!more && matches === 0}
          onClick={() => void stepCommands.stepForward(editor)}
        />
        <IconButton
          label="Step into"
          keys="S"
          icon={ArrowDownToDot}
          disabled={!more && matches === 0 && !inside}
          onClick={() => void substepCommands.stepInto(editor)}
        />
        <IconButton
          label="To the end"
          keys="End"
          icon={ChevronLast}
          disabled={!more}
          onClick={() => void stepCommands.toEnd(editor)}
        />
      </div>
      <div className="row">
        <span className="step-count">
          step {at} of {timeline.steps.length}
        </span>
        <HowStepsShow />
      </div>
      <Phases />
      <div className="row">
        <label className="speed">
          <span className="visually-hidden">Speed</span>
          <select value={speed} onChange={(e) => stepCommands.setSpeed(editor, Number(e.target.value))}>
            {SPEEDS.map((s) => (
              <option key={s} value={s}>
                {s}×
              </option>
            ))}
          </select>
        </label>
        <RunMenu />
        <IconButton
          label="Stop"
          keys="X"
          icon={Square}
          disabled={!playing && !planning}
          onClick={() => playCommands.stop(editor)}
        />
        <Breakpoints />
      </div>
    </section>
  )
}

/** What the view and the picture do at each step. */
function HowStepsShow() {
  const editor = useEditor()
  const follow = useEditorState((s) => s.follow)
  const run = (id: string) => commands.find((c) => c.id === id)?.run(editor)
  return (
    <>
      <IconButton
        label="Follow steps with the view"
        keys="Shift F"
        icon={LocateFixed}
        pressed={follow}
        onClick={() => run('follow')}
      />
    </>
  )
}

/** Where the step that plays is, phase by phase; the bar can be dragged. */
function Phases() {
  const { player } = useEditor()
  const time = useSyncExternalStore(
    (told) => player.listen(told),
    () => (player.current ? Math.round(player.current.time / 20) * 20 : -1),
  )
  const phase = time < 0 ? null : phaseAt(time)
  return (
    <div className="phases">
      <div className="phase-names">
        {(Object.keys(PHASES) as PhaseName[]).map((name) => (
          <span key={name} className={name === phase ? 'phase now' : 'phase'}>
            {name}
          </span>
        ))}
      </div>
      <input
        type="range"
        min={0}
        max={DURATION}
        step={10}
        value={Math.max(0, time)}
        disabled={time < 0}
        aria-label="Moment within the step"
        onChange={(e) => player.scrub(Number(e.target.value))}
      />
    </div>
  )
}
