import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { isUnread, missCommands } from '../../editor'
import type { Miss, Misses, MissGroup } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'
import { Reason } from './Reason'
import { RuleBoard } from './RuleBoard'

/** Where the chosen pattern nearly matches, by cause: why did it not fire? */
export function NearMisses() {
  const chosen = useEditorState((s) => s.patterns.find((p) => p.label === s.chosen))
  const misses = useEditorState((s) => s.misses)
  const playing = useEditorState((s) => s.playing)
  const miss = useEditorState((s) => s.miss)
  // Asked of one layer, and not among the groups.
  const listed = [...(misses?.near ?? []), ...(misses?.far.groups ?? [])]
  const asked = miss && !listed.some((g) => placeOf(g, miss) >= 0) ? { key: 'asked', count: 1, places: [miss] } : null
  const count = misses?.near.reduce((n, g) => n + g.count, 0) ?? 0
  const unread = useEditorState(isUnread)
  if (chosen?.type !== 'rewriter' || unread) return null
  return (
    <section className="panel misses" aria-label={`Near misses of ${chosen.label}`}>
      <div className="panel-head">
        <h2>{chosen.count === 0 ? 'Why not?' : 'Why not elsewhere?'}</h2>
        {misses && count > 0 && (
          <span className="count">
            {count}
            <span className="visually-hidden"> {count === 1 ? 'near miss' : 'near misses'}</span>
          </span>
        )}
      </div>
      {misses === null && <p className="hint">{playing ? 'Updated when playing stops.' : 'Looking…'}</p>}
      {misses?.near.length === 0 && !asked && <p className="hint">No near misses.</p>}
      <div className="miss-list">
        <MissCards groups={[...(asked ? [asked] : []), ...(misses?.near ?? [])]} />
        {misses && misses.far.count > 0 && <FarMisses far={misses.far} />}
      </div>
    </section>
  )
}

function MissCards({ groups }: { readonly groups: readonly MissGroup[] }) {
  return (
    <ul>
      {groups.map((group) => (
        <li key={group.key}>
          <MissCard group={group} />
        </li>
      ))}
    </ul>
  )
}

/** One quiet line, unless a person wants to know. */
function FarMisses({ far: { count, most, groups } }: { readonly far: Misses['far'] }) {
  const matching = count === 1 ? 'matches' : 'match'
  const what = most > 1 ? `that ${matching} little more than the root` : `that ${matching} the root only`
  return (
    <details className="far-misses">
      <summary>
        {count === 1 ? '1 place' : `${count} places`} {what}
      </summary>
      <MissCards groups={groups} />
    </details>
  )
}

/** Index of a miss among those of a group; -1 where it is none of them. */
function placeOf(group: MissGroup, miss: Miss | null): number {
  return miss ? group.places.findIndex((m) => m.root === miss.root && m.part === miss.part) : -1
}

function MissCard({ group }: { readonly group: MissGroup }) {
  const editor = useEditor()
  const shown = useEditorState((s) => placeOf(group, s.miss))
  const [last, setLast] = useState(0)
  const at = shown >= 0 ? shown : Math.min(last, group.places.length - 1)
  const miss = group.places[at]
  if (!miss) return null
  const n = group.places.length
  const show = (index: number) => {
    const next = (index + n) % n
    setLast(next)
    void missCommands.showMiss(editor, group.places[next] ?? null)
  }
  return (
    <div className={shown >= 0 ? 'miss shown' : 'miss'}>
      <button
        type="button"
        className="miss-body"
        aria-pressed={shown >= 0}
        onClick={() => (shown >= 0 ? void missCommands.showMiss(editor, null) : show(at))}
      >
        <span className="miss-head">
          <strong>{group.count === 1 ? '1 place' : `${group.count} places, one cause`}</strong>
          <span>
            {miss.matched.length} of {miss.parts} parts
          </span>
        </span>
        <Reason miss={miss} />
      </button>
      {shown >= 0 && <RuleBoard />}
      {shown >= 0 && n > 1 && (
        <div className="miss-walk">
          <IconButton label="Previous place" icon={ChevronLeft} onClick={() => show(at - 1)} />
          <span>
            place {at + 1} of {n}
          </span>
          <IconButton label="Next place" icon={ChevronRight} onClick={() => show(at + 1)} />
        </div>
      )}
    </div>
  )
}
