/**
 * The parts of docs/rules.md that are made from the parser's own tables and from docs/twenty.rules, between marks in the page.
 *   node scripts/run.mjs scripts/rule-docs.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { keywordWords } from '../src/editor/view/rule-words'
import { parseRules, RULE_FUNCTIONS, RULE_PROPERTIES } from '../src/engine'

const PAGE = 'docs/rules.md'
const RULES = 'docs/twenty.rules'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n')

const escaped = (text: string): string => text.replaceAll('|', '\\|')

const functions = (): string =>
  table(
    ['function', 'gives'],
    Object.entries(RULE_FUNCTIONS).map(([name, f]) => [`\`${name}(${f.arguments})\``, f.does]),
  )

const properties = (): string =>
  table(
    ['property', 'is'],
    Object.entries(RULE_PROPERTIES).map(([name, does]) => [`\`x.${name}\``, does]),
  )

const words = (): string =>
  table(
    ['word', 'means'],
    keywordWords.map(({ word, info }) => [`\`${word}\``, info]),
  )

/** Each rule without its examples, under its comment. */
function rules(): string {
  const text = readFileSync(RULES, 'utf8')
  const parts = text.split(/\n\n(?=#)/)
  if (parts.length !== parseRules(text).length) throw new Error(`${RULES}: each rule has a comment above it`)
  return parts.map((part) => ruleText(part.replace(/\nexample [^]*$/, ''))).join('\n\n')
}

function ruleText(part: string): string {
  const lines = part.trim().split('\n')
  const comment = lines.filter((l) => l.startsWith('#')).map((l) => l.replace(/^# ?/, ''))
  const rule = lines.filter((l) => !l.startsWith('#'))
  return `${comment.join('\n')}\n\n${rule.map((l) => `    ${l}`).join('\n')}`
}

const PARTS: Readonly<Record<string, () => string>> = { functions, properties, words, rules }

/** The page with its parts made anew. */
export async function withParts(page: string): Promise<string> {
  let whole = page
  for (const [name, made] of Object.entries(PARTS)) {
    const marks = new RegExp(`(<!-- made: ${name} -->\n)[^]*?(<!-- end -->)`)
    if (!marks.test(whole)) throw new Error(`${PAGE} has no marks for ${name}`)
    whole = whole.replace(marks, (_, from: string, to: string) => `${from}\n${made()}\n\n${to}`)
  }
  return format(whole, { ...(await resolveConfig(PAGE)), parser: 'markdown' })
}

if (process.argv.includes('--write')) writeFileSync(PAGE, await withParts(readFileSync(PAGE, 'utf8')))
