import type { RuleGraph } from '../graph'
import { printRule } from '../print'
import { pascal, Writer } from './writer'
import type { Written } from './writer'

/** What the class's file calls something else. */
const TAKEN: ReadonlySet<string> = new Set(['RulePattern', 'RuleMatch', 'Schemas', 'RULE'])

/** A class that is the rule, with the places where code says what text cannot. */
export function typescriptOf(rule: RuleGraph): Written {
  const w = new Writer('//')
  const plain = pascal(rule.name)
  const name = TAKEN.has(plain) ? `My${plain}` : plain
  const text = printRule(rule)
    .trimEnd()
    .replace(/[\\`]|\$\{/g, '\\$&')
  w.line("import { RulePattern, Schemas } from 'graft/engine'")
  w.line("import type { RuleMatch } from 'graft/engine'")
  w.line("import { onnxDialect } from 'graft/onnx'")
  w.line()
  w.line(`const RULE = \`\n${text}\n\``)
  w.line()
  w.line(`export class ${name} extends RulePattern {`)
  w.line('  constructor() {')
  w.line('    super(RULE, { schemas: Schemas.newest(onnxDialect), check: (match) => check(match) })')
  w.line('  }')
  w.line('}')
  w.line()
  w.line('/** What the text cannot say of a match: true, or the reason why it is none. */')
  w.line('function check(_match: RuleMatch): true | string {')
  w.line('  return true')
  w.line('}')
  return w.written([`${rule.name}, a rule of Graft as a class.`])
}
