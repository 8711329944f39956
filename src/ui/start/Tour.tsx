import { Check } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { halosOf, missHalos, selectedKeys, tourCommands } from '../../editor'
import type { Editor } from '../../editor'
import { nodeNamed } from '../../layout'
import { placeOfCard } from './card-place'
import type { CardPlace, Seen } from './card-place'
import { useEditor, useEditorState } from '../editor-context'

const { beginLesson, goToStop, placeOfStop } = tourCommands

/** The stop of the tour that the person is at, over the network; it takes no focus and stands in no way. */
export function Tour() {
  const editor = useEditor()
  const at = useEditorState((s) => s.tour)
  const done = useEditorState((s) => s.tour !== null && (placeOfStop(s.tour)?.stop.done(editor) ?? false))
  const place = at === null ? null : placeOfStop(at)
  const card = useRef<HTMLElement>(null)
  const stands = useCardPlace(editor, card, at !== null)
  if (at === null || !place) return null
  const { stop, index, count, lesson, next } = place
  const last = index === count - 1
  return (
    <section ref={card} className={`tour at-${stands}`} aria-label="Tour">
      <p className="tour-count">
        {lesson === 'Tour' ? '' : `${lesson}: `}
        {index + 1} of {count}
      </p>
      <h3>
        {done && (!last || lesson !== 'Tour') && <Check size={15} strokeWidth={2.25} aria-label="Done:" />}
        {stop.title}
      </h3>
      <p>{stop.text}</p>
      <div className="tour-actions">
        <button type="button" className="button small" onClick={() => goToStop(editor, null)}>
          {last ? 'Close' : lesson === 'Tour' ? 'Skip the tour' : 'End the lesson'}
        </button>
        {!done && (
          <button type="button" className="button small" onClick={() => void stop.show(editor)}>
            Show me
          </button>
        )}
        {!last && (
          <button
            type="button"
            className={done ? 'button small primary' : 'button small'}
            onClick={() => goToStop(editor, at + 1)}
          >
            Next
          </button>
        )}
        {last && next !== null && (
          <button
            type="button"
            className={done ? 'button small primary' : 'button small'}
            onClick={() => void beginLesson(editor, next)}
          >
            Next lesson
          </button>
        )}
      </div>
    </section>
  )
}

/** How often is looked whether the card is in the way: the view moves by hand, too. */
const LOOK = 300

function useCardPlace(editor: Editor, card: { readonly current: HTMLElement | null }, isOpen: boolean): CardPlace {
  const [place, setPlace] = useState<CardPlace>('bottom')
  useEffect(() => {
    if (!isOpen) return
    const timer = setInterval(() => {
      const room = card.current?.offsetParent
      if (!card.current || !room) return
      const [width, height] = [card.current.offsetWidth, card.current.offsetHeight]
      const seen = seenBy(editor)
      setPlace((now) =>
        placeOfCard({ width: room.clientWidth, height: room.clientHeight }, { width, height }, seen, now),
      )
    }, LOOK)
    return () => clearInterval(timer)
  }, [editor, card, isOpen])
  return place
}

/** What is on the screen, and how much it is to be seen: what is pointed at, what is lit, and the rest. */
function seenBy({ camera, state }: Editor): readonly Seen[] {
  const stand = camera.where()
  const view = camera.view()
  if (!stand || !view) return []
  const { scene, matches, activeMatch, taken, miss } = state
  const halos = miss ? missHalos(scene, miss) : halosOf(scene, matches, activeMatch, taken)
  const weights = new Map<string, number>()
  for (const [key, { active }] of halos) weights.set(key, active ? 100 : 10)
  for (const key of selectedKeys(state)) weights.set(key, 100)
  const isSeen = (n: { x: number; y: number; width: number; height: number }): boolean =>
    n.x < view.x + view.width && n.x + n.width > view.x && n.y < view.y + view.height && n.y + n.height > view.y
  return [...new Set([...weights.keys(), ...scene.nodes.map((n) => n.key)])].flatMap((key) => {
    const n = nodeNamed(scene, key)
    // What is open stands around everything: the card is in it wherever it is.
    if (!n || !isSeen(n) || (n.kind === 'group' && n.open)) return []
    const { x, y, zoom } = stand
    const rect = { x: x + n.x * zoom, y: y + n.y * zoom, width: n.width * zoom, height: n.height * zoom }
    return [{ ...rect, weight: weights.get(key) ?? 1 }]
  })
}
