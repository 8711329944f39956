import { ArrowDownFromLine, ArrowUpFromLine, MoveVertical, Waypoints } from 'lucide-react'
import { litLayers, multiCommands, selectedKeys } from '../../editor'
import type { Light } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'

const WAYS = [
  { way: 'up', icon: ArrowUpFromLine, label: 'Light what it depends on', keys: '(' },
  { way: 'down', icon: ArrowDownFromLine, label: 'Light what depends on it', keys: ')' },
  { way: 'both', icon: MoveVertical, label: 'Light both', keys: '' },
  { way: 'path', icon: Waypoints, label: 'Light the paths between the two', keys: '|' },
] as const

/** Buttons that light what the selection depends on, and what depends on it. */
export function LightTools() {
  const editor = useEditor()
  const selected = useEditorState((s) => s.selected)
  const several = useEditorState((s) => s.several)
  const light = useEditorState((s) => s.light)
  if (selected === null) return null
  const isPair = selectedKeys({ selected, several }).length === 2
  const choose = (way: Light['way']) =>
    multiCommands.setLight(editor, light?.way === way ? null : { way, depth: light?.depth ?? null })
  return (
    <span className="light-tools" role="group" aria-label="Light">
      {WAYS.filter(({ way }) => way !== 'path' || isPair).map(({ way, icon, label, keys }) => (
        <IconButton
          key={way}
          label={label}
          keys={keys}
          icon={icon}
          pressed={light?.way === way}
          onClick={() => choose(way)}
        />
      ))}
    </span>
  )
}

const DEPTHS = [1, 2, 3, 5, 10, 20]

/** How far it is lit, how much that is, and the way to select it; nothing while nothing is lit. */
export function LightReach() {
  const editor = useEditor()
  const selected = useEditorState((s) => s.selected)
  const several = useEditorState((s) => s.several)
  const light = useEditorState((s) => s.light)
  useEditorState((s) => s.version)
  if (!light || selected === null || !editor.session) return null
  const lit = litLayers(editor.session.replica, { selected, several, light })
  return (
    <div className="light-reach" role="group" aria-label="Reach of the light">
      {light.way !== 'path' && (
        <select
          aria-label="How many layers far"
          value={light.depth ?? ''}
          onChange={({ target }) =>
            multiCommands.setLight(editor, { ...light, depth: target.value === '' ? null : Number(target.value) })
          }
        >
          <option value="">all the way</option>
          {DEPTHS.map((d) => (
            <option key={d} value={d}>
              {d === 1 ? '1 layer far' : `${d} layers far`}
            </option>
          ))}
        </select>
      )}
      {lit && lit.length === 0 && <span className="dim">no path</span>}
      {lit && lit.length > 0 && (
        <button type="button" className="link" onClick={() => multiCommands.selectLit(editor)}>
          select these {lit.length}
        </button>
      )}
    </div>
  )
}
