/** Networks are drawn of operators that take few operands that go together: a rule that keeps such a layer as it is is run and compared. */
import { expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import { RulePattern, snapshotOf } from '../../src/engine'
import { networkFromText, ruleVerdictText, testRule, verifyNetworks } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { CALLS } from '../../src/verify/instances/calls'

const runtime = await nodeRuntime()

/** Of places that boxes lie at nobody knows how many are kept; Upsample is no operator of newer operator sets. */
const NOT_RUN = new Set(['NonMaxSuppression', 'Upsample'])

/** A layer with an Identity behind it, which goes. */
function kept(kind: string): string {
  const schema = (kind.startsWith('com.') ? [1] : [23, 24]).map((v) => onnxDialect.schema(kind, v)).find(Boolean)!
  const names = schema.inputs.map(({ variadic }, i) => (variadic ? `...x${i}` : `x${i}`))
  const operands = schema.inputs.map(({ optional }, i) => `${names[i]}${optional ? '?' : ''}`)
  const passed = Object.keys(schema.attributes).length > 0 ? '<...$at>' : ''
  return `y = Identity(${kind}${passed}(${operands.join(', ')}))\n=>\ny = ${kind}${passed}(${names.join(', ')})`
}

test.each(Object.keys(CALLS).filter((kind) => !NOT_RUN.has(kind)))('%s', async (kind) => {
  const pattern = new RulePattern(kept(kind))
  const tested = await testRule({ label: 'own', pattern, claim: 'rounding' }, runtime, { instances: 15 })
  expect(ruleVerdictText(tested)).toMatch(/^equal/)
})

test('the keys of an attention are no count', () => {
  const { inputs } = onnxDialect.schema('Attention', 23)!
  expect(inputs[1]).toEqual({ name: 'K' })
  expect(onnxDialect.schema('TopK', 23)!.inputs[1]).toEqual({ name: 'K', dtype: 'int64', list: true })
})

test.each([
  ['com.microsoft.Attention<num_heads=3>(x, w)', 'in x float32[1,2,12]\nin w float32[12,36]'],
  ['com.microsoft.QLinearSigmoid(x, s, none, s)', 'in x uint8[2]\nconst s float32[] = 0.5'],
  ['Unique<axis=0>(x)', 'in x float32[2,0]'],
])('%s is not run: it ends the process', async (call, declared) => {
  const network = snapshotOf(networkFromText(`${declared}\ny = ${call}\nout y`))
  const { verdict, reason } = await verifyNetworks(network, network, runtime)
  expect([verdict, reason]).toEqual(['cannot-run', expect.stringMatching(/ends the process/)])
})
