import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { PatternState } from '../../editor'
import { useEditorState } from '../editor-context'
import { PatternRow } from './PatternRow'

interface Props {
  readonly name: string
  readonly members: readonly PatternState[]
  /** The list is what a filter left: everything in it is shown. */
  readonly searching: boolean
}

/** Patterns of one family. Those with nothing to do in this network are folded until somebody looks, but for one's own. */
export function PatternFamily({ name, members, searching }: Props) {
  const holdsChosen = useEditorState((s) => members.some((p) => p.label === s.chosen))
  const [wish, setWish] = useState<boolean | null>(null)
  const open = searching || (wish ?? (holdsChosen || members.some((p) => p.everMatched || p.rule !== undefined)))
  const count = members.reduce((n, p) => n + (p.count ?? 0), 0)
  const Chevron = open ? ChevronDown : ChevronRight
  return (
    <section>
      <h3 className="pattern-family" data-row="">
        <button
          type="button"
          aria-expanded={open}
          title={`Family ${name}, ${patternsText(members.length)}`}
          onClick={() => setWish(!open)}
        >
          <Chevron size={13} aria-hidden="true" />
          <span>{name}</span>
          {!open && <span className="count">{count > 0 ? count : patternsText(members.length)}</span>}
        </button>
      </h3>
      {open && (
        <ul>
          {members.map((p) => (
            <li key={p.label}>
              <PatternRow pattern={p} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const patternsText = (n: number): string => (n === 1 ? '1 pattern' : `${n} patterns`)
