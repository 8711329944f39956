// A Vite plugin: the page on the language of rules, ready to be shown beside the editor. It is the project's own file, turned into HTML when
// the app is built.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { marked } from 'marked'

const docs = path.join(path.dirname(fileURLToPath(import.meta.url)), '../docs')
const ID = 'virtual:rule-guide'

function guide() {
  const page = readFileSync(path.join(docs, 'rules.md'), 'utf8').replace(/^# .*\n/, '')
  const rules = readFileSync(path.join(docs, 'twenty.rules'), 'utf8').split(/\n\n(?=#)/)
  // The rules themselves are shown with a button each.
  const text = page.replace(/<!-- made: rules -->[^]*?<!-- end -->/, '')
  return `export const page = ${JSON.stringify(marked.parse(text, { async: false }))}\nexport const rules = ${JSON.stringify(rules)}\n`
}

export function ruleGuide() {
  return {
    name: 'graft:rule-guide',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load: (id) => (id === `\0${ID}` ? guide() : null),
  }
}
