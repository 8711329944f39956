/** docs/rules.md names what the parser knows. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FUNCTIONS } from '../../src/engine/rule/functions'
import { PROPERTIES } from '../../src/engine/rule/parse-terms'

const page = readFileSync('docs/rules.md', 'utf8')

test.each([...Object.keys(PROPERTIES).map((p) => `x.${p}`), ...Object.keys(FUNCTIONS)])('%s', (name) => {
  expect(page).toMatch(new RegExp(`\\b${name.replace('.', '\\.')}\\b`))
})
