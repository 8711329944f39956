/** docs/rules.md says what the parser knows, and shows the rules that are to be learned from. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withParts } from '../../scripts/rule-docs'

test('its tables are those of the parser: node scripts/run.mjs scripts/rule-docs.ts --write makes them anew', async () => {
  const page = readFileSync('docs/rules.md', 'utf8')
  expect(await withParts(page)).toBe(page)
})
