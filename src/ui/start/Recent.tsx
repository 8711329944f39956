import { Trash2, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { recentCommands } from '../../editor'
import type { DocumentEntry } from '../../editor'
import { useEditor } from '../editor-context'
import { IconButton } from '../widgets/IconButton'
import { timeText } from '../widgets/time-text'
import { Picture } from './Picture'

/** What is kept in this browser, the newest first; null until it was read. */
export function useRecent(): readonly [readonly DocumentEntry[] | null, () => void] {
  const editor = useEditor()
  const [entries, setEntries] = useState<readonly DocumentEntry[] | null>(null)
  const [version, setVersion] = useState(0)
  useEffect(() => {
    let live = true
    void editor
      .keepNow()
      .then(() => recentCommands.recentDocuments(editor))
      .then((list) => {
        if (live) setEntries(list)
      })
    return () => {
      live = false
    }
  }, [editor, version])
  return [entries, () => setVersion((v) => v + 1)]
}

interface Props {
  readonly entries: readonly DocumentEntry[]
  readonly onChoose?: () => void
  /** One of them is gone. */
  readonly onForgotten: () => void
}

/** Documents as cards: each opens where it was left, and can be taken out of the list with its steps. */
export function Recent({ entries, onChoose, onForgotten }: Props) {
  const editor = useEditor()
  const [asked, setAsked] = useState<string | null>(null)
  const forget = (entry: DocumentEntry) => {
    // What has no steps is not worth a question.
    if (entry.steps > 0 && asked !== entry.id) return setAsked(entry.id)
    setAsked(null)
    void recentCommands.forgetRecent(editor, entry).then(onForgotten)
  }
  return (
    <ul className="cards recent">
      {entries.map((entry) => (
        <li key={entry.id} className="recent-card">
          <button
            type="button"
            className="card"
            onClick={() => {
              onChoose?.()
              void recentCommands.openRecent(editor, entry)
            }}
          >
            <Picture of={entry.shown?.picture ?? null} />
            <span className="card-name">{entry.name}</span>
            <span className="card-facts">{factsOf(entry)}</span>
            <span className="card-facts">{timeText(entry.time, Date.now())}</span>
          </button>
          {asked === entry.id ? (
            <div className="card-question" role="group" aria-label={`Remove ${entry.name}?`}>
              <span>{stepsText(entry.steps)} will be lost.</span>
              <button type="button" className="button small" autoFocus onClick={() => forget(entry)}>
                <Trash2 size={13} strokeWidth={1.75} aria-hidden="true" />
                Remove
              </button>
              <button type="button" className="button small" onClick={() => setAsked(null)}>
                Keep
              </button>
            </div>
          ) : (
            <span className="card-remove">
              <IconButton label={`Remove ${entry.name} from the list`} icon={X} onClick={() => forget(entry)} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

const stepsText = (steps: number): string => (steps === 1 ? '1 step' : `${steps.toLocaleString('en')} steps`)

/** `248 steps · 643 → 111 layers · 2 branches` */
function factsOf({ steps, shown }: DocumentEntry): string {
  const { first, now } = shown?.layers ?? { first: 0, now: 0 }
  const layers =
    first === now ? first.toLocaleString('en') : `${first.toLocaleString('en')} → ${now.toLocaleString('en')}`
  return [
    steps > 0 ? stepsText(steps) : 'no steps yet',
    ...(first > 0 ? [`${layers} layers`] : []),
    ...(shown && shown.branches > 1 ? [`${shown.branches} branches`] : []),
  ].join(' · ')
}
