import { litLayers, multiCommands, selectedKeys } from '../../editor'
import type { Light } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

const WAYS: readonly (readonly [Light['way'], string, string])[] = [
  ['up', 'depends on', 'What the selection depends on'],
  ['down', 'used by', 'What depends on the selection'],
  ['both', 'both', 'What it depends on, and what depends on it'],
  ['path', 'path', 'What lies between the two that are selected'],
]

const DEPTHS = [1, 2, 3, 5, 10, 20]

/** Lights what the selection depends on, and what depends on it, to a chosen depth. */
export function LightTools() {
  const editor = useEditor()
  const selected = useEditorState((s) => s.selected)
  const several = useEditorState((s) => s.several)
  const light = useEditorState((s) => s.light)
  useEditorState((s) => s.version)
  if (selected === null) return null
  const keys = selectedKeys({ selected, several })
  const lit = light && editor.session ? litLayers(editor.session.replica, { selected, several, light }) : null
  const depth = light?.depth ?? null
  return (
    <div className="light-tools" role="group" aria-label="Light">
      <span className="dim">Light</span>
      {WAYS.filter(([way]) => way !== 'path' || keys.length === 2).map(([way, label, title]) => (
        <button
          key={way}
          type="button"
          className="chip"
          title={title}
          aria-pressed={light?.way === way}
          onClick={() => multiCommands.setLight(editor, light?.way === way ? null : { way, depth })}
        >
          {label}
        </button>
      ))}
      {light && light.way !== 'path' && (
        <select
          aria-label="How many layers far"
          value={depth ?? ''}
          onChange={({ target }) =>
            multiCommands.setLight(editor, { ...light, depth: target.value === '' ? null : Number(target.value) })
          }
        >
          <option value="">all the way</option>
          {DEPTHS.map((d) => (
            <option key={d} value={d}>
              {d === 1 ? '1 layer' : `${d} layers`}
            </option>
          ))}
        </select>
      )}
      {lit && (
        <button type="button" className="link" onClick={() => multiCommands.selectLit(editor)}>
          {lit.length === 0 ? 'no path' : `select these ${lit.length}`}
        </button>
      )}
    </div>
  )
}
