import { FolderOpen, Keyboard, Monitor, Moon, Sun } from 'lucide-react'
import { useEditor, useEditorState } from '../editor-context'
import { ExportMenu } from './ExportMenu'
import { IconButton } from '../widgets/IconButton'
import { commands } from '../../editor'
import type { ModelInfo } from '../../editor'

const THEME_ICON = { system: Monitor, light: Sun, dark: Moon }

export function Header() {
  const editor = useEditor()
  const theme = useEditorState((s) => s.theme)
  const nextTheme = commands.find((c) => c.id === 'theme')
  return (
    <header className="header">
      <h1 className="brand">
        <button type="button" title="Start page" onClick={() => editor.set({ start: true })}>
          Graft
        </button>
      </h1>
      <span className="divider" />
      <ModelName />
      <button type="button" className="search-button" onClick={() => editor.set({ dialog: 'palette' })}>
        <span>Search layers, patterns, commands</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div className="header-actions">
        <IconButton
          label="Keyboard shortcuts"
          keys="?"
          icon={Keyboard}
          onClick={() => editor.set({ dialog: 'shortcuts' })}
        />
        <IconButton
          label={`Colours: ${theme}`}
          keys="Shift D"
          icon={THEME_ICON[theme]}
          onClick={() => nextTheme?.run(editor)}
        />
        <button type="button" className="button" onClick={() => editor.set({ dialog: 'gallery' })}>
          <FolderOpen size={15} strokeWidth={1.75} aria-hidden="true" />
          Open
        </button>
        <ExportMenu />
      </div>
    </header>
  )
}

const SAVED = {
  all: { text: 'saved', title: 'Kept in this browser: a reload brings it back' },
  steps: {
    text: 'steps saved',
    title: 'The steps are kept in this browser, the model is too large for it: after a reload, give its file again',
  },
} as const

function ModelName() {
  const editor = useEditor()
  const model = useEditorState((s) => s.model)
  const version = useEditorState((s) => s.version)
  const saved = useEditorState((s) => s.saved)
  if (!model) return <span className="model-name faint">no model open</span>
  const layers = editor.session?.census.layers ?? 0
  const facts = [opsetText(model.opset), layers === 1 ? '1 layer' : `${layers} layers`].filter(Boolean).join(' · ')
  return (
    <div
      className="model-name"
      data-version={version}
      title={[`${model.exporter} · ${facts}`, ...model.warnings.slice(0, 20)].join('\n')}
    >
      <strong>{model.name}</strong>
      <span>
        {model.exporter && <span className="exporter">{model.exporter} · </span>}
        {facts}
      </span>
      {saved !== 'nothing' && (
        <span className="saved" title={SAVED[saved].title}>
          {SAVED[saved].text}
        </span>
      )}
    </div>
  )
}

/** `opset 17 → 24` where it was raised. */
function opsetText([came, now]: ModelInfo['opset']): string {
  return came === 0 ? '' : came === now ? `opset ${now}` : `opset ${came} → ${now}`
}
