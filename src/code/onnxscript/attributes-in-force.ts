/** Attributes of a pattern that count only beside others, or have become operands since. */
import { callsIn, definedNames, namesIn, Schemas } from '../../engine'
import type { CallGraph, Literal, RuleGraph, Statement, ValueGraph } from '../../engine'
import { onnxDialect } from '../../dialects/onnx'

const NEWEST = Schemas.newest(onnxDialect)

/** The rule with its layers named so that what it says of their attributes is so, and what that took. */
export function attributesInForce(rule: RuleGraph): { readonly rule: RuleGraph; readonly added: readonly string[] } {
  const added = new Set<string>()
  const right = [rule.right, ...(rule.otherwise ?? []).map((o) => o.right)].flatMap(callsIn)
  const names = definedNames(rule.left)
  for (const s of rule.left) for (const name of namesIn(s.value)) names.add(name)
  const more = (call: CallGraph): ValueGraph => {
    const named = new Map<string, Literal>()
    if (call.kind === 'Gemm' && addsAnother(call, right)) named.set('beta', 1)
    if ('pads' in call.attributes && 'literal' in call.attributes['pads']!) named.set('auto_pad', 'NOTSET')
    const { otherAttributes } = call
    const missing = [...named].filter(([name]) => otherAttributes !== undefined && !(name in call.attributes))
    for (const [name] of missing) added.add(WHY[name]!)
    const attributes = { ...call.attributes, ...Object.fromEntries(missing.map(([n, literal]) => [n, { literal }])) }
    const operand = asOperand({ ...call, attributes }, names)
    if (operand) added.add('what was an attribute is an operand')
    return operand ?? { ...call, attributes }
  }
  const left = rule.left.map((s): Statement => ({ ...s, value: mapped(s.value, more) }))
  return { rule: added.size > 0 ? { ...rule, left } : rule, added: [...added] }
}

const WHY: Readonly<Record<string, string>> = {
  beta: 'beta of Gemm scales what it adds',
  auto_pad: 'pads count where auto_pad is NOTSET',
}

function mapped(v: ValueGraph, by: (call: CallGraph) => ValueGraph): ValueGraph {
  if (v.type === 'either') return { ...v, of: v.of.map((x) => mapped(x, by)) }
  return v.type === 'call' ? by({ ...v, operands: v.operands.map((x) => mapped(x, by)) }) : v
}

/** Whether the layer that stands for a Gemm adds another matrix than it, and takes its attributes. */
function addsAnother({ otherAttributes, operands }: CallGraph, right: readonly CallGraph[]): boolean {
  const before = operands[2]
  const isSame = (v: ValueGraph): boolean => before?.type === 'name' && v.type === 'name' && v.name === before.name
  const standIns = right.filter((r) => r.kind === 'Gemm' && r.otherAttributes === otherAttributes)
  return standIns.some((r) => r.operands[2] !== undefined && !isSame(r.operands[2]))
}

/** Operands that are false where they are not given. */
const OFF_BY_DEFAULT: ReadonlySet<string> = new Set(['training_mode'])

/** A layer whose operator has an operand for a number that was an attribute once; as it was too, where it ever was one. */
function asOperand(call: CallGraph, names: Set<string>): ValueGraph | null {
  const schema = NEWEST.of(call.kind)
  for (const [name, a] of Object.entries(call.attributes)) {
    const at = schema?.inputs.findIndex((s) => s.name === name) ?? -1
    if (!schema || name in schema.attributes || at < call.operands.length) continue
    if (!('literal' in a) || typeof a.literal !== 'number') continue
    const { [name]: _, ...attributes } = call.attributes
    const given: ValueGraph = { type: 'number', value: a.literal }
    const isOff = a.literal === 0 && OFF_BY_DEFAULT.has(name)
    const operands = schema.inputs.map((s, i): ValueGraph => {
      if (i < call.operands.length) return call.operands[i]!
      if (i === at) return isOff ? { type: 'either', of: [given, { type: 'absent' }] } : given
      return { type: 'name', name: fresh(s.name, names), optional: true }
    })
    const now: CallGraph = { ...call, operands, attributes }
    const wasOne = onnxDialect.schema(call.kind, 1)?.attributes[name] !== undefined
    return wasOne ? { type: 'either', of: [call, now] } : now
  }
  return null
}

function fresh(wanted: string, names: Set<string>): string {
  let name = wanted
  while (names.has(name)) name += '_'
  names.add(name)
  return name
}
