/** Patterns of one's own as files: saved, and taken in from files that were chosen or dropped. */
import { dialectNamed } from '../../../dialects/tensorrt'
import { LONGEST_NAME, parseRules, RulePattern, Schemas } from '../../../engine'
import { DRAFT } from '../../protocol/match-info'
import type { OwnRule } from '../../protocol/match-info'
import type { Editor } from '../../editor'
import type { Given } from '../../platform/platform'
import { choosePattern } from './patterns'
import { changeRules, freeLabel } from './rules'

const RULES = /\.rules$/i
const CODE = /\.[cm]?ts$/i
const PYTHON = /\.py$/i

/** Whether a file holds patterns, by its name. */
export const isPatternFile = (name: string): boolean => RULES.test(name) || CODE.test(name) || PYTHON.test(name)

/** Takes in files of rules and of code; code runs once the person has agreed. A name that is taken gets a number. */
export async function importPatterns(editor: Editor, given: readonly Given[]): Promise<void> {
  const found: OwnRule[] = []
  const failed: string[] = []
  const trying = async (name: string, take: () => Promise<void>): Promise<void> => {
    try {
      await take()
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const texts = new Map<File, string>()
  for (const { file } of given) await trying(file.name, async () => void texts.set(file, await textOf(file)))
  for (const [file, text] of texts)
    await trying(file.name, async () => {
      const { patterns, faults } = await patternsIn(file.name, text, texts, editor.session?.replica.dialect.name)
      found.push(...patterns)
      failed.push(...faults)
    })
  const added = await takeIn(editor, found)
  const title =
    added.length > 0
      ? `${namesOf(added)} ${added.length === 1 ? 'is' : 'are'} among your patterns`
      : 'Nothing new was taken in'
  const fallback =
    added.length > 0
      ? 'They are kept in this browser.'
      : found.length > 0
        ? 'What is in the files is there already.'
        : 'The files hold no patterns.'
  const detail = [
    ...failed.slice(0, TOLD),
    ...(failed.length > TOLD ? [`And ${failed.length - TOLD} others.`] : []),
  ].join(' ')
  editor.set({ notice: { title, detail: detail || fallback }, announcement: title })
  // What is being written goes on being what is shown.
  if (!editor.state.draft) await showFirst(editor, added)
}

/** So many names, and faults, are said one by one. */
const [NAMED, TOLD] = [5, 20]

function namesOf(labels: readonly string[]): string {
  const first = labels.slice(0, NAMED).join(', ')
  return labels.length > NAMED ? `${first} and ${labels.length - NAMED} others` : first
}

/** Patterns are written by hand: no file of them is larger. */
const LARGEST = 4 << 20

/** Each is looked for while one works. */
const MOST_RULES = 500

/** @throws Error for what holds no text of a pattern, whatever its name says: videos are called `.ts` too */
async function textOf(file: File): Promise<string> {
  if (file.size > LARGEST) throw new Error(`has more than ${LARGEST >> 20} MB, and is no file of patterns`)
  const text = await file.text()
  if (text.trim() === '') throw new Error('is empty')
  if (/[\0\ufffd]/.test(text.slice(0, 4096))) throw new Error('is no text in UTF-8')
  return text
}

/** The first of what was taken in is chosen, so that it is seen what it is. */
export async function showFirst(editor: Editor, added: readonly string[]): Promise<void> {
  const first = editor.state.patterns.find((p) => added.includes(p.label))
  if (first) await choosePattern(editor, first.label)
}

/** Adds patterns to one's own, but for those that are there. A name that is taken gets a number. @returns the names of what is new */
export async function takeIn(editor: Editor, found: readonly OwnRule[]): Promise<string[]> {
  let added: string[] = []
  if (found.length === 0) return added
  await changeRules(editor, (rules) => {
    added = []
    const all = [...rules]
    for (const rule of found) {
      if (all.some((r) => r.text === rule.text)) continue
      const library = editor.state.patterns.filter((p) => p.rule === undefined)
      const label = freeLabel(rule.label, [...all, ...library, { label: DRAFT }])
      all.push({ ...rule, label })
      added.push(label)
    }
    return all
  })
  return added
}

interface Found {
  readonly patterns: readonly OwnRule[]
  readonly faults: readonly string[]
}

/**
 * Rules of onnxscript; what does not come over is named with its line.
 * @param beside the files that were given along, since one may take something from another
 */
async function fromPython(name: string, source: string, beside: ReadonlyMap<File, string>): Promise<Found> {
  const { rulesFromOnnxscript } = await import('../../../code/onnxscript/rules-of-file')
  const texts = new Map([...beside].map(([file, text]) => [file.name, text]))
  const { rules, missing } = rulesFromOnnxscript(
    source,
    (module) => texts.get(`${module.split('.').at(-1)}.py`) ?? null,
  )
  return {
    patterns: rules.map(({ name, text }) => ({ label: name, text })),
    faults: missing.map(({ rule, file: other, line, what }) => `${other ?? name}:${line}: ${rule}: ${what}.`),
  }
}

/** Code is read, and not run: that waits for the person. @throws CodeError, and Error for what exports nothing */
async function fromCode(name: string, text: string): Promise<Found> {
  const { compileCode } = await import('../../../code/compile')
  if (!/\bexports\b/.test(compileCode(text)))
    throw new Error('exports nothing, and is no pattern: write export class MyPattern extends PatternRewriter')
  return {
    patterns: [{ label: name.replace(CODE, ''), text, language: 'ts', foreign: true, agreed: false }],
    faults: [],
  }
}

/** @throws RuleSyntaxError */
async function patternsIn(
  file: string,
  text: string,
  beside: ReadonlyMap<File, string>,
  dialect?: string,
): Promise<Found> {
  if (PYTHON.test(file)) return fromPython(file, text, beside)
  if (CODE.test(file)) return fromCode(file, text)
  const parts = partsOf(text)
  if (parts.length > MOST_RULES)
    throw new Error(`holds ${parts.length} rules, and a page at most ${MOST_RULES} of one file: graft takes them all`)
  const rules = parseRules(text).map(({ name }, i): OwnRule => ({ label: name, text: parts[i] ?? text }))
  const faults = new Map(rules.map((rule) => [rule, faultOf(rule, dialect)]))
  return {
    patterns: rules.filter((rule) => faults.get(rule) === null),
    faults: rules.flatMap((rule) => faults.get(rule) ?? []).map((fault) => `${file}: ${fault}.`),
  }
}

/** What keeps a rule from being used on any network, said for the dialect of the one that is open; null for nothing. */
function faultOf({ label, text }: OwnRule, dialect = 'onnx'): string | null {
  if (label.length > LONGEST_NAME) return `a rule has a name of ${label.length} characters: ${LONGEST_NAME} are enough`
  let fault: string | null = null
  for (const name of new Set([dialect, 'onnx', 'tensorrt'])) {
    try {
      new RulePattern(text, { schemas: Schemas.newest(dialectNamed(name)) })
      return null
    } catch (error) {
      fault ??= error instanceof Error ? error.message : String(error)
    }
  }
  return fault
}

/** The text of each rule of a file, with the comments right before it. */
function partsOf(text: string): string[] {
  const starts: number[] = []
  let comments: number | null = null
  let at = 0
  for (const line of text.split('\n')) {
    if (/^[ \t]*rule[ \t]+"/.test(line)) {
      starts.push(comments ?? at)
      comments = null
    } else if (/^[ \t]*#/.test(line)) comments ??= at
    else comments = null
    at += line.length + 1
  }
  return starts.map((from, i) => `${text.slice(i === 0 ? 0 : from, starts[i + 1] ?? text.length).trim()}\n`)
}

/** Saves one pattern as a file that the command line takes too. */
export function exportPattern(editor: Editor, label: string): void {
  const rule = editor.state.rules.find((r) => r.label === label)
  if (!rule) return
  const name = label.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'pattern'
  const text = rule.language === 'ts' ? rule.text : named(rule)
  editor.platform.save(`${name}.${rule.language === 'ts' ? 'ts' : 'rules'}`, new TextEncoder().encode(text))
}

/** Saves all rules of one's own as one file, and each file of code by itself. */
export function exportPatterns(editor: Editor): void {
  const { rules } = editor.state
  const texts = rules.filter((r) => r.language !== 'ts').map(named)
  if (texts.length > 0) editor.platform.save('my-patterns.rules', new TextEncoder().encode(texts.join('\n')))
  for (const { label, language } of rules) if (language === 'ts') exportPattern(editor, label)
  editor.say(rules.length === 0 ? 'There are no patterns of your own' : `${rules.length} patterns are saved`)
}

/** The text under the name that the pattern has here. */
function named({ label, text }: OwnRule): string {
  const header = /^([ \t]*rule[ \t]+)"[^"]*"/m
  const plain = label.replace(/"/g, "'")
  return header.test(text)
    ? text.replace(header, (_, before: string) => `${before}"${plain}"`)
    : `rule "${plain}"\n${text}`
}
