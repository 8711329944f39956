import { inspectTensor } from '../../editor'
import type { TensorEnd } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

export interface CardAt {
  readonly tensor: number
  /** In the canvas. */
  readonly x: number
  readonly y: number
}

/** So many users are named; of the others how many there are. */
const NAMED = 3

/** What is under the mouse: a tensor's name, type and ends. What it says is said in the inspector too, once it is selected. */
export function TensorCard({ at, width }: { readonly at: CardAt; readonly width: number }) {
  const editor = useEditor()
  useEditorState((s) => s.version)
  const found = editor.session && inspectTensor(editor.session.replica, at.tensor)
  if (!found) return null
  const { name, type, value, producer, users } = found
  const place = at.x > width / 2 ? { right: width - at.x + 12 } : { left: at.x + 12 }
  return (
    <div className="tensor-card" style={{ ...place, top: at.y + 14 }} aria-hidden="true">
      <strong className="mono">{name}</strong>
      <span className="mono">{[type, value].filter(Boolean).join('  ')}</span>
      <span>
        {producer ? endText(producer) : 'constant'} → {usersText(users)}
      </span>
    </div>
  )
}

const endText = ({ title, name }: TensorEnd): string => (name.startsWith('network ') ? name : title)

function usersText(users: readonly TensorEnd[]): string {
  if (users.length === 0) return 'no use'
  const named = users.slice(0, NAMED).map(endText).join(', ')
  return users.length > NAMED ? `${named} and ${users.length - NAMED} more` : named
}
