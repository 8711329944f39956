import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import type { Text } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { OwnLanguage } from '../../../editor'
import { codeLanguage } from './code-language'
import { ruleHelp } from './rule-completion'
import { ruleLanguage } from './rule-language'

interface Problem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly instead: string | null
}

interface Props {
  readonly text: string
  readonly language: OwnLanguage
  readonly onChange: (text: string) => void
  readonly problem: Problem | null
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent-text)', fontWeight: '600' },
  { tag: tags.typeName, color: 'var(--kind)' },
  { tag: tags.number, color: 'var(--new-text)' },
  { tag: tags.string, color: 'var(--new-text)' },
  { tag: tags.comment, color: 'var(--dim)', fontStyle: 'italic' },
  { tag: tags.operator, color: 'var(--accent-text)' },
])

/**
 * The text editor for rules and classes; a problem is underlined at its place, with what to write instead where that is plain. Tab leaves it, as
 * any other field. A text that comes from outside takes the place of what stands there, and can be undone.
 */
export function RuleText({ text, language, onChange, problem }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef(onChange)
  const first = useRef(text)
  useEffect(() => void (told.current = onChange), [onChange])
  useEffect(() => {
    const parent = host.current
    if (!parent) return
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          syntaxHighlighting(colours),
          language === 'ts' ? codeLanguage : [ruleLanguage, ruleHelp],
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
          language === 'ts' ? [] : EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': language === 'ts' ? 'Text of the class' : 'Text of the rule',
            spellcheck: 'false',
          }),
          EditorView.updateListener.of((u) => u.docChanged && told.current(u.state.doc.toString())),
        ],
      }),
    })
    view.current = made
    made.focus()
    return () => made.destroy()
  }, [language])
  useEffect(() => {
    const now = view.current
    if (!now || now.state.doc.toString() === text) return
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: text } })
  }, [text])
  useEffect(() => {
    const now = view.current
    if (now) now.dispatch(setDiagnostics(now.state, problem ? [diagnosticOf(problem, now.state.doc)] : []))
  }, [problem])
  return <div ref={host} className="rule-text" />
}

function diagnosticOf({ line: number, column, message, instead }: Problem, doc: Text): Diagnostic {
  const line = doc.line(Math.min(doc.lines, Math.max(1, number)))
  const from = Math.min(line.to, line.from + column - 1)
  const word = /^[\w.]+|^\S/.exec(doc.sliceString(from, line.to))?.[0].length ?? 0
  const at = { from: word === 0 ? Math.max(line.from, from - 1) : from, to: from + word }
  const fix = instead !== null && {
    actions: [
      {
        name: `Write ${instead.trim()}`,
        apply: (view: EditorView, from: number, to: number) =>
          view.dispatch({ changes: { from, to, insert: instead }, userEvent: 'input.fix' }),
      },
    ],
  }
  return { ...at, severity: 'error', message, ...fix }
}
