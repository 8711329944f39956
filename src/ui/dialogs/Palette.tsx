import { Command } from 'cmdk'
import { useMemo, useState } from 'react'
import {
  commands,
  groupCommands,
  multiCommands,
  patternCommands as patternCommands,
  searchLayers,
  searchScopes,
  selectCommands,
} from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { keyText } from '../widgets/key-text'

const MOST_LAYERS = 40
const MOST_MODULES = 6

/** One field for everything: layers by kind and name, patterns, commands. */
export function Palette() {
  const editor = useEditor()
  const open = useEditorState((s) => s.dialog === 'palette')
  const [text, setText] = useState('')
  const [walked, setWalked] = useState({ text: '', value: '' })
  const layers = useMemo(
    () => (open && editor.session ? searchLayers(editor.session.replica, text, MOST_LAYERS) : []),
    [open, editor, text],
  )
  const scopes = useMemo(
    () => (open && editor.session ? searchScopes(editor.session.replica, text, MOST_MODULES) : []),
    [open, editor, text],
  )
  const close = () => {
    editor.set({ dialog: null })
    setText('')
  }
  const fits = (title: string) =>
    text
      .toLowerCase()
      .split(/\s+/)
      .every((w) => title.toLowerCase().includes(w))
  const act = (run: () => void) => {
    close()
    run()
  }
  const state = editor.state
  const patterns = state.patterns.filter((p) => fits(p.label))
  const named = commands.filter(
    (c) => c.id !== 'palette' && !/^apply-\d$/.test(c.id) && c.enabled(state) && fits(c.title),
  )
  // Whatever was walked to before the text changed is forgotten: Enter takes the first of what is there now.
  const first =
    scopes.map((path) => `module ${path}`)[0] ??
    layers.map((l) => `layer ${l.id}`)[0] ??
    patterns.map((p) => `pattern ${p.label}`)[0] ??
    named.map((c) => `command ${c.id}`)[0] ??
    ''
  return (
    <Command.Dialog
      open={open}
      onOpenChange={(next) => (next ? editor.set({ dialog: 'palette' }) : close())}
      shouldFilter={false}
      value={walked.text === text && walked.value !== '' ? walked.value : first}
      onValueChange={(value) => setWalked({ text, value })}
      label="Search layers, patterns and commands"
      overlayClassName="overlay"
      contentClassName="dialog palette"
    >
      <Command.Input value={text} onValueChange={setText} placeholder="Search layers, patterns, commands" />
      <Command.List>
        <Command.Empty>No results.</Command.Empty>
        {scopes.length > 0 && (
          <Command.Group heading="Modules">
            {scopes.map((path) => (
              <Command.Item
                key={path}
                value={`module ${path}`}
                onSelect={() => act(() => void groupCommands.showGroup(editor, path))}
              >
                <strong>module</strong>
                <span className="mono">{path}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {layers.length > 0 && (
          <Command.Group heading="Layers">
            {layers.map((l) => (
              <Command.Item
                key={l.id}
                value={`layer ${l.id}`}
                onSelect={() => act(() => void selectCommands.goToLayer(editor, l.id))}
              >
                <strong>{l.kind}</strong>
                <span className="mono">{l.name}</span>
              </Command.Item>
            ))}
            {text.trim() !== '' && (
              <Command.Item value="all layers" onSelect={() => act(() => multiCommands.selectFound(editor, text))}>
                Select all layers that match
              </Command.Item>
            )}
          </Command.Group>
        )}
        <Command.Group heading="Patterns">
          {patterns.map((p) => (
            <Command.Item
              key={p.label}
              value={`pattern ${p.label}`}
              onSelect={() => act(() => void patternCommands.choosePattern(editor, p.label))}
            >
              <strong>{p.label}</strong>
              <span className="mono">{p.equation}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Commands">
          {named.map((c) => (
            <Command.Item key={c.id} value={`command ${c.id}`} onSelect={() => act(() => c.run(editor))}>
              <span>{c.title}</span>
              {c.keys[0] && <kbd>{keyText(c.keys[0])}</kbd>}
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  )
}
