import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, undo } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { forceLinting, lintGutter, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import type { Text } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { OwnLanguage } from '../../../editor'
import { useEditor } from '../../editor-context'
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
  const editor = useEditor()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef(onChange)
  const first = useRef(text)
  const problemNow = useRef(problem)
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
          language === 'ts'
            ? codeLanguage((doc) => (problemNow.current ? [diagnosticOf(problemNow.current, doc)] : []))
            : [ruleLanguage, ruleHelp],
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
    editor.textHistory = { undo: () => void undo(made), redo: () => void redo(made) }
    made.focus()
    return () => {
      editor.textHistory = null
      made.destroy()
    }
  }, [editor, language])
  useEffect(() => {
    const now = view.current
    if (!now || now.state.doc.toString() === text) return
    now.dispatch({ changes: differenceOf(now.state.doc.toString(), text), annotations: isolateHistory.of('full') })
  }, [text])
  useEffect(() => {
    const now = view.current
    problemNow.current = problem
    if (!now) return
    now.dispatch(setDiagnostics(now.state, problem ? [diagnosticOf(problem, now.state.doc)] : []))
    if (language === 'ts') forceLinting(now)
  }, [problem, language])
  return <div ref={host} className="rule-text" />
}

/** The one part in which two texts differ: the cursor stays where it is, and undo is a step of its own. */
function differenceOf(before: string, after: string): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from++
  let same = 0
  while (same < most - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) }
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
