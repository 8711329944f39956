import { autocompletion } from '@codemirror/autocomplete'
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'
import type { EditorView } from '@codemirror/view'
import { ruleWords } from '../../../editor'
import type { RuleWord } from '../../../editor'

/** Completion while one types, and help at the word that the mouse is on. */
export const ruleHelp: Extension = [
  autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
  hoverTooltip((view, at) => {
    const found = wordAt(view, at)
    const meaning = found && ruleWords.meaningOf(found.word, kindBefore(textBefore(view, found.from)))
    if (!meaning) return null
    return { pos: found.from, end: found.to, above: true, create: () => ({ dom: helpOf(meaning) }) }
  }),
]

const textBefore = (view: EditorView, at: number): string => view.state.sliceDoc(Math.max(0, at - 600), at)

function wordAt(view: EditorView, at: number): { from: number; to: number; word: string } | null {
  const line = view.state.doc.lineAt(at)
  for (const found of line.text.matchAll(/[A-Za-z_][\w.]*/g)) {
    const from = line.from + found.index
    if (at >= from && at <= from + found[0].length) return { from, to: from + found[0].length, word: found[0] }
  }
  return null
}

/** The operator in whose `<…>` a text ends; null where it ends in none. */
function kindBefore(text: string): string | null {
  return /([A-Za-z_][\w.]*)\??<[^<>()]*$/.exec(text)?.[1] ?? null
}

function complete(context: CompletionContext): CompletionResult | null {
  const before = context.state.sliceDoc(Math.max(0, context.pos - 600), context.pos)
  const word = /[$@]?[\w.]*$/.exec(before)![0]
  const from = context.pos - word.length
  if (word === '' && !context.explicit && !/[<(,.]\s*$/.test(before)) return null
  if (/#[^\n]*$|"[^"\n]*$/.test(before)) return null
  const kind = kindBefore(before)
  if (
    /(?:dtype\s*(?:==|!=|in)\s*\[?[\w, ]*|:\s*|\bto\s*=\s*)$/.test(before.slice(0, before.length - word.length) || ' ')
  )
    return options(from, ruleWords.typeWords)
  if (kind !== null && /[<,]\s*$/.test(before.slice(0, before.length - word.length)))
    return options(from, ruleWords.attributeWords(kind), '=')
  const dot = word.lastIndexOf('.')
  if (dot > 0 && /^[a-z_]\w*$/.test(word.slice(0, dot))) return options(from + dot + 1, ruleWords.propertyWords)
  const text = context.state.doc.toString()
  if (word.startsWith('$')) return named(from, attributeVariables(text))
  if (word.startsWith('@')) return named(from + 1, valuesIn(text))
  if (word === '' && !context.explicit) return null
  return {
    from,
    options: [
      ...valuesIn(text).map((label): Completion => ({ label, type: 'variable', detail: 'value', boost: 20 })),
      ...ruleWords.operatorWords.map((w) => ({ ...optionOf(w), apply: applyLayer })),
      ...ruleWords.functionWords.map((w) => ({ ...optionOf(w), boost: -10 })),
      ...ruleWords.keywordWords.map((w) => ({ ...optionOf(w), boost: 5 })),
      ...ruleWords.typeWords.map((w) => ({ ...optionOf(w), boost: -20 })),
    ],
    validFor: /^[\w.]*$/,
  }
}

const options = (from: number, words: readonly RuleWord[], behind = ''): CompletionResult => ({
  from,
  options: words.map((w) => ({ ...optionOf(w), ...(behind && { apply: `${w.word}${behind}` }) })),
  validFor: /^\w*$/,
})

const named = (from: number, labels: readonly string[]): CompletionResult => ({
  from,
  options: labels.map((label) => ({ label, type: 'variable' })),
  validFor: /^[$\w]*$/,
})

function optionOf(w: RuleWord): Completion {
  return { label: w.word, detail: w.detail, ...(w.info !== '' && { info: () => helpOf(w) }) }
}

/** An operator with its parentheses, the cursor between them. */
function applyLayer(view: EditorView, { label }: Completion, from: number, to: number): void {
  const has = /^\s*[<(?]/.test(view.state.sliceDoc(to, to + 2))
  view.dispatch({
    changes: { from, to, insert: has ? label : `${label}()` },
    selection: { anchor: from + label.length + (has ? 0 : 1) },
    userEvent: 'input.complete',
  })
}

const unique = (found: Iterable<RegExpMatchArray>): string[] => [...new Set([...found].map((m) => m[1]!))]
const attributeVariables = (text: string): string[] => unique(text.matchAll(/(\$[A-Za-z_]\w*)/g))

const NO_VALUES = new Set([
  'rule',
  'where',
  'none',
  'and',
  'or',
  'not',
  'in',
  'given',
  'let',
  'true',
  'false',
  'example',
])

/** Names of values: what stands for itself, and is no operator, attribute, property or keyword. */
function valuesIn(text: string): string[] {
  const plain = text.replace(/#[^\n]*|"[^"\n]*"|example\s+(?:matches|fails)[^}]*\}/g, '').replace(/<[^<>()]*>/g, '')
  return unique(plain.matchAll(/(?<![\w.$])([a-z_]\w*)(?![\w(.])/g)).filter((name) => !NO_VALUES.has(name))
}

function helpOf({ word, detail, info }: RuleWord): HTMLElement {
  const dom = document.createElement('div')
  dom.className = 'rule-help'
  const head = dom.appendChild(document.createElement('code'))
  head.textContent = `${word}${detail.startsWith('(') || detail.startsWith('<') ? '' : ' '}${detail}`
  if (info !== '') dom.appendChild(document.createElement('p')).textContent = info
  return dom
}
