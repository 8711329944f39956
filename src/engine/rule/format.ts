import { tokenize } from './lexer'

/**
 * A rule's text with even spaces and indents. Lines, comments and what they say stay as they are.
 * @throws RuleSyntaxError at a character that begins no token
 */
export function formatRules(text: string): string {
  tokenize(text)
  let inExample = false
  let inConditions = false
  const lines = text.split('\n').map((raw) => {
    const { code, comment } = parted(raw)
    const line = [inExample ? code.trim() : spaced(code), comment].filter((x) => x !== '').join(code.trim() ? '  ' : '')
    if (/^example\s+(matches|fails)\b.*\{$/.test(line)) {
      inExample = true
      inConditions = false
      return line
    }
    if (inExample && line === '}') {
      inExample = false
      return line
    }
    if (inExample) return line === '' ? '' : `  ${line}`
    if (/^(=>|rule\b)/.test(line)) inConditions = false
    const isFurther = inConditions && line !== ''
    if (/^where\b/.test(line)) inConditions = true
    return isFurther ? `      ${line}` : line
  })
  return `${lines.join('\n').trim()}\n`
}

/** A line without its comment, and the comment. */
function parted(line: string): { code: string; comment: string } {
  for (let i = 0, quoted = false; i < line.length; i++) {
    if (line[i] === '"') quoted = !quoted
    if (line[i] === '#' && !quoted) return { code: line.slice(0, i), comment: line.slice(i).trim() }
  }
  return { code: line, comment: '' }
}

/** Even spaces around what separates and compares; strings are left alone. */
function spaced(code: string): string {
  return code
    .split(/("[^"]*")/)
    .map((part, i) => (i % 2 === 1 ? part : even(part)))
    .join('')
    .trim()
}

function even(part: string): string {
  return part
    .replace(/\s+/g, ' ')
    .replace(/ ?, ?/g, ', ')
    .replace(/([([]) /g, '$1')
    .replace(/ ([)\]])/g, '$1')
    .replace(/ ?(==|!=|<=|>=|=>|\?\?|\+\+) ?/g, ' $1 ')
    .replace(
      /^(\s*(?:[&@] ?)?(?:(?:\.\.\.)?\w+(?:, )?)+) ?= ?(?![=>])/,
      (_, names: string) => `${names.replace(/([&@]) /, '$1')} = `,
    )
    .replace(/ ?\| ?/g, ' | ')
}
