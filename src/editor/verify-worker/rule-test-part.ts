/** A part of a rule's trial by numbers, as plain values. */
import { exportOnnx } from '../../dialects/onnx'
import { schemasOfRule } from '../../dialects/tensorrt'
import { parseRule, RulePattern } from '../../engine'
import type { NetworkSnapshot } from '../../engine'
import { runnable, testRule } from '../../verify'
import type { Claim, RuleTest, Runtime } from '../../verify'
import { unpackedSnapshot } from '../protocol/codec'
import type { RuleTestPart, VerifyCalls } from '../protocol/verify-calls'

export async function testRulePart(
  { text, seed, instances, examples, networks }: VerifyCalls['testRule']['args'],
  runtime: Runtime,
): Promise<RuleTestPart> {
  const graph = parseRule(text)
  const pattern = new RulePattern(graph, { schemas: schemasOfRule(graph) })
  const claim = pattern.graph.claim ?? 'rounding'
  const subject = { label: pattern.name, pattern, claim, networks: networks.map(unpackedSnapshot) }
  return plainTest(await testRule(subject, runtime, { seed, instances, examples }), claim)
}

/** What is known after a trial, as plain values. */
export function plainTest(found: RuleTest, claim: Claim): RuleTestPart {
  const { verdict, matched, compared, largest, reason, counterexample: c } = found
  return {
    verdict,
    endless: found.endless,
    claim,
    instances: found.instances,
    matched,
    compared,
    largest,
    reason,
    counterexample: c && {
      kinds: c.before.layers.map((l) => l.kind),
      before: exportOnnx(runnable(c.before)).bytes,
      after: c.after && exported(c.after),
    },
    examples: found.examples.map(({ example: { title, line }, holds, reason }) => ({ title, line, holds, reason })),
  }
}

/** null for what is no sound network: the reason says so. */
function exported(snapshot: NetworkSnapshot): Uint8Array | null {
  try {
    return exportOnnx(runnable(snapshot)).bytes
  } catch {
    return null
  }
}
