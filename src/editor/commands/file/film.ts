/** A film of the steps that the timeline shows, made beside the screen: its pictures come from a layout worker of their own. */
import type { HistoryId } from '../../../engine'
import type { Scene } from '../../../layout'
import { anchorOf } from '../../../layout'
import type { Editor } from '../../editor'
import type { Film, FilmFormat, Shot } from '../../motion/film'
import { unpackedTransaction } from '../../protocol/codec'
import type { Drawn, LayoutCalls, LayoutEvents } from '../../protocol/layout-calls'
import type { StepInfo } from '../../protocol/timeline'
import { Remote } from '../../protocol/rpc'
import { unpackScene } from '../../protocol/scene-codec'
import { wayTo } from '../../session/session'
import type { Session } from '../../session/session'
import type { EditorState } from '../../state/store'
import { recordStep } from '../../motion/step-record'
import { timelineRows } from '../../view/timeline-rows'

/** Nobody watches more; and each has two pictures in memory. */
export const MOST_SHOTS = 60

const NAMES: Readonly<Record<FilmFormat, string>> = { webm: 'webm', gif: 'gif', page: 'html' }

/** The steps that are filmed: all of the line, or those that the filter of the timeline leaves. */
export function stepsToFilm({ timeline, panel }: EditorState): readonly StepInfo[] {
  if (panel.filter.trim() === '') return timeline.steps
  return timelineRows(timeline, panel.folds, panel.filter).flatMap((row) => (row.type === 'step' ? [row.step] : []))
}

export async function saveFilm(editor: Editor, format: FilmFormat): Promise<void> {
  const { session, state } = editor
  const steps = stepsToFilm(state)
  if (!session || state.filming || steps.length === 0) return
  if (steps.length > MOST_SHOTS) {
    const detail = `A film has at most ${MOST_SHOTS} steps, and the timeline shows ${steps.length}: filter it to those that are to be seen.`
    return editor.set({ notice: { title: 'Too long for a film', detail }, announcement: detail })
  }
  const ending = new AbortController()
  const progress = (stage: string, fraction: number) => {
    if (!ending.signal.aborted) editor.set({ filming: { stage, fraction, cancel: () => ending.abort() } })
  }
  progress('drawing the steps', 0)
  try {
    const film = await shoot(editor, session, steps, ending.signal, (f) => progress('drawing the steps', f * 0.2))
    const shown = (fraction: number) => progress('filming', 0.2 + 0.8 * fraction)
    const { content, format: made } = await editor.platform.film(film, format, shown, ending.signal)
    const name = `${film.title}.${NAMES[made]}`
    editor.platform.save(name, content)
    editor.say(`${name} is saved`)
  } catch (error) {
    if (ending.signal.aborted) editor.say('The film is cancelled')
    else editor.fail('The film could not be made', error)
  } finally {
    editor.set({ filming: null })
  }
}

async function shoot(
  editor: Editor,
  session: Session,
  steps: readonly StepInfo[],
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<Film> {
  const layout = new Remote<LayoutCalls, LayoutEvents>(editor.workers.layout())
  signal.addEventListener('abort', () => layout.end())
  try {
    const camera = await Camera.beside(editor, session, layout)
    const shots: Shot[] = []
    for (const step of steps) {
      shots.push(await camera.shot(step, captionOf(editor.state, step)))
      progress(shots.length / steps.length)
    }
    return { title: editor.state.model?.name ?? 'network', shots }
  } finally {
    layout.end()
  }
}

function captionOf({ patterns, timeline }: EditorState, { label, scope, node }: StepInfo): Shot['caption'] {
  const equation = patterns.find((p) => p.label === label)?.equation ?? ''
  const step = timeline.steps.findIndex((s) => s.node === node) + 1
  return { label, equation, scope, step, of: timeline.steps.length }
}

/** Goes along the line with a layout worker of its own; neither the network nor the screen moves. */
class Camera {
  private constructor(
    private readonly session: Session,
    private readonly layout: Remote<LayoutCalls, LayoutEvents>,
    private at: HistoryId,
    private scene: Scene,
  ) {}

  static async beside(editor: Editor, session: Session, layout: Remote<LayoutCalls, LayoutEvents>): Promise<Camera> {
    // In turn, so that the network stands still while it is taken over.
    const camera = await editor.inTurn(async () => {
      const at = editor.state.timeline.cursor
      const port = wayTo(session.engine)
      const { columns, folded, scene } = editor.state
      await layout.call('load', { port, columns, direction: scene.direction }, [port])
      if (folded.length > 0) await layout.call('fold', { runs: folded })
      return { at, drawn: await layout.call('setOpen', { open: [...editor.state.open] }) }
    })
    if (!camera) throw new Error('the network is not open any more')
    return new Camera(session, layout, camera.at, unpackScene(camera.drawn.scene))
  }

  async shot(step: StepInfo, caption: Shot['caption']): Promise<Shot> {
    const { engine } = this.session
    const line = await engine.call('path', { from: 0, to: step.node })
    const made = line.at(-1)
    if (!made) throw new Error('the network as it came is no step')
    const lead = await engine.call('path', { from: this.at, to: line.at(-2)?.to ?? 0 })
    if (lead.length > 0) this.see(await this.layout.call('follow', { steps: lead }))
    if (step.layers.some((id) => anchorOf(this.scene, id)?.kind === 'group'))
      this.see(await this.layout.call('reveal', { layers: step.layers, unfold: false }))
    const before = this.scene
    this.see(await this.layout.call('follow', { steps: [made] }))
    this.at = step.node
    return { record: recordStep(before, this.scene, unpackedTransaction(made.transaction)), caption }
  }

  private see({ scene }: Drawn): void {
    this.scene = unpackScene(scene)
  }
}
