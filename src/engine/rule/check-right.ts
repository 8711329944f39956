import type { KindSchema } from '../network/dialect'
import type { CallGraph, RuleGraph, ValueGraph } from './graph'

/** Something that the right side of a rule makes, and that its dialect would refuse. */
export interface RightFault {
  /** The kind that it is about. */
  readonly kind: string
  readonly message: string
}

/** What the schemas say against the layers of a right side; nothing of kinds that they do not know. */
export function faultsOfRight(rule: RuleGraph, schemaOf: (kind: string) => KindSchema | undefined): RightFault[] {
  const found: RightFault[] = []
  const visit = (v: ValueGraph, results: number): void => {
    if (v.type !== 'call') return
    const schema = schemaOf(v.kind)
    if (schema) found.push(...faultsOfCall(v, schema, results))
    for (const x of v.operands) visit(x, 1)
  }
  for (const s of rule.right) visit(s.value, s.names.length)
  return found
}

function faultsOfCall({ kind, operands }: CallGraph, schema: KindSchema, results: number): RightFault[] {
  const messages: string[] = []
  const rest = operands.some((x) => x.type === 'rest')
  schema.inputs.forEach((s, i) => {
    const given = i < operands.length ? operands[i]!.type !== 'absent' : rest
    if (!given && !s.optional && !s.variadic) messages.push(`operand ${s.name} of ${kind} is not given`)
  })
  if (!rest && operands.length > schema.inputs.length && !schema.inputs.at(-1)?.variadic)
    messages.push(`${kind} takes at most ${schema.inputs.length} operands, not ${operands.length}`)
  if (results > schema.outputs.length && !schema.outputs.at(-1)?.variadic)
    messages.push(`${kind} gives at most ${schema.outputs.length} results, not ${results}`)
  return messages.map((message) => ({ kind, message }))
}
