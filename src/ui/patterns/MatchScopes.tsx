import { ChevronRight, ListFilter } from 'lucide-react'
import { useMemo, useState } from 'react'
import { filterByScope, scopesToChoose } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

/** The module scopes that matches lie in, with how many; choosing one lists only those in it, and what lies inside. */
export function MatchScopes() {
  const editor = useEditor()
  const found = useEditorState((s) => s.found)
  const chosen = useEditorState((s) => s.matchScope)
  const [open, setOpen] = useState(false)
  const rows = useMemo(() => scopesToChoose(found, chosen), [found, chosen])
  if (rows.length < 2) return null
  return (
    <div
      className="match-scopes"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return
        event.preventDefault()
        setOpen(false)
      }}
    >
      <div className="scope-head">
        <button type="button" className="scope-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ListFilter size={13} aria-hidden="true" />
          <span className="mono">{chosen === '' ? 'in all modules' : `in ${chosen}`}</span>
        </button>
        {chosen !== '' && (
          <button type="button" className="link" onClick={() => filterByScope(editor, '')}>
            Show all
          </button>
        )}
      </div>
      {open && (
        <ul aria-label="Modules that matches lie in">
          {rows.map((row) => (
            <li key={row.path}>
              <button
                type="button"
                className="match-scope"
                aria-pressed={row.path === chosen}
                style={{ '--depth': row.depth }}
                title={row.path}
                onClick={() => filterByScope(editor, row.path)}
              >
                <span className="scope-name mono">{row.path === '' ? 'all modules' : row.name}</span>
                {row.more && row.path !== '' && <ChevronRight size={12} aria-hidden="true" />}
                <span className="count">
                  {row.count}
                  <span className="visually-hidden">{row.count === 1 ? ' match' : ' matches'}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
