/** The twenty rules of the documentation: each fires on its network, rightly not on the other, and is equal by numbers. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import { formatRules, parseRules, RulePattern, Schemas } from '../../src/engine'
import { testRule } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'

const text = readFileSync('docs/twenty.rules', 'utf8')
const rules = parseRules(text)
const schemas = Schemas.newest(onnxDialect)
const runtime = await nodeRuntime()

test('there are twenty, written as Graft formats them', () => {
  expect(rules).toHaveLength(20)
  expect(formatRules(text)).toBe(text)
})

test.each(rules.map((r) => [r.name, r] as const))('%s', async (label, graph) => {
  expect(graph.examples?.map((e) => e.expected)).toEqual(['matches', 'fails'])
  const subject = { label, claim: graph.claim ?? 'rounding', pattern: new RulePattern(graph, { schemas }) } as const
  const { verdict, reason, examples } = await testRule(subject, runtime, { instances: 16 })
  expect(examples.map((e) => e.reason)).toEqual(['', ''])
  expect([verdict, reason]).toEqual([expect.stringMatching(/^(equal|rounding)$/), ''])
})
