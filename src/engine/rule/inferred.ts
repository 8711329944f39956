import type { ValueType } from '../network/dialect'
import type { Tensor } from '../network/network'
import { typeSeen } from '../network/type-seen'
import type { Attributes, AttributeValue } from '../store/records'
import type { CallGraph, ValueGraph } from './graph'
import type { RuleMatch } from './rule-match'

/** The type that a layer would have, were it made of what is bound; null where that is not known. Nothing is made. */
export function inferredType(call: CallGraph, match: RuleMatch): ValueType | null {
  const { network } = match.root
  const schema = network.schemaOf(call.kind)
  const attributes = attributesOf(call, match)
  if (!schema?.infer || !attributes) return null
  const inputs = call.operands.flatMap((v) => typesOf(v, match))
  if (inputs.includes(undefined)) return null
  const context = {
    kind: call.kind,
    attributes,
    inputs: inputs as (ValueType | null)[],
    outputCount: 1,
    opset: network.opsetOf(call.kind),
  }
  return schema.infer(context)[0] ?? null
}

/** undefined for what is not known; null for an operand that is not given. */
function typesOf(v: ValueGraph, match: RuleMatch): readonly (ValueType | null | undefined)[] {
  switch (v.type) {
    case 'name': {
      const t = match.optional(v.name)
      return [t ? seen(t, match) : match.isAbsent(v.name) ? null : undefined]
    }
    case 'rest':
      return match.rests.get(v.name)?.map((t) => seen(t, match)) ?? [undefined]
    case 'call':
      return [inferredType(v, match) ?? undefined]
    case 'absent':
      return [null]
    case 'number':
      return [{ dtype: v.dtype ?? match.root.output()?.dtype ?? null, shape: [] }]
    default:
      return [undefined]
  }
}

function seen(t: Tensor | null, { root }: RuleMatch): ValueType | null {
  return typeSeen(t, (kind) => root.network.schemaOf(kind))
}

function attributesOf(call: CallGraph, match: RuleMatch): Attributes | null {
  const others = call.otherAttributes === undefined ? undefined : match.otherAttributes.get(call.otherAttributes)
  const found: Record<string, AttributeValue> = { ...others?.given }
  for (const [name, a] of Object.entries(call.attributes)) {
    const value = 'literal' in a ? a.literal : 'variable' in a ? match.attributes.get(a.variable) : undefined
    if (value === undefined) {
      if ('variable' in a && a.optional) continue
      return null
    }
    found[name] = value
  }
  return found
}
