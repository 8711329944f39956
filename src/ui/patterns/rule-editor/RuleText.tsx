import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { ruleLanguage } from './rule-language'

interface Props {
  readonly initial: string
  readonly onChange: (text: string) => void
  readonly problem: { readonly line: number; readonly column: number; readonly message: string } | null
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent-text)', fontWeight: '600' },
  { tag: tags.typeName, color: 'var(--kind)' },
  { tag: tags.number, color: 'var(--new-text)' },
  { tag: tags.string, color: 'var(--new-text)' },
  { tag: tags.comment, color: 'var(--dim)', fontStyle: 'italic' },
  { tag: tags.operator, color: 'var(--accent-text)' },
])

/** The text editor for rules; a problem is underlined at its place. Tab leaves it, as any other field. */
export function RuleText({ initial, onChange, problem }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef(onChange)
  useEffect(() => void (told.current = onChange), [onChange])
  useEffect(() => {
    const parent = host.current
    if (!parent) return
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: initial,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          lintGutter(),
          ruleLanguage,
          syntaxHighlighting(colours),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': 'Text of the rule', spellcheck: 'false' }),
          EditorView.updateListener.of((u) => u.docChanged && told.current(u.state.doc.toString())),
        ],
      }),
    })
    view.current = made
    made.focus()
    return () => made.destroy()
  }, [initial])
  useEffect(() => {
    const now = view.current
    if (!now) return
    const { doc } = now.state
    if (!problem) return now.dispatch(setDiagnostics(now.state, []))
    const line = doc.line(Math.min(doc.lines, Math.max(1, problem.line)))
    const from = Math.min(line.to, line.from + problem.column - 1)
    const word = /^[\w.]+|^\S/.exec(doc.sliceString(from, line.to))?.[0].length ?? 0
    const at = { from: word === 0 ? Math.max(line.from, from - 1) : from, to: from + word }
    now.dispatch(setDiagnostics(now.state, [{ ...at, severity: 'error', message: problem.message }]))
  }, [problem])
  return <div ref={host} className="rule-text" />
}
