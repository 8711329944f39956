import type { AttributeSchema, Dialect, KindSchema } from '../network/dialect'
import { domainOf, operatorOf } from '../network/dialect'
import { nearest } from '../network/nearest-name'
import type { Schemas } from '../network/schemas'
import { codeOf } from './dtype-codes'
import { fitsType, mayBe, TYPE_WORDS } from './attribute-types'
import { computedFault } from './computed-attributes'
import type { LeftFacts } from './computed-attributes'
import type { AttributeGraph, CallGraph, Literal, RuleGraph, ValueGraph } from './graph'
import { callsIn } from './graph'
import { usualType } from './other-notations'
import { placeOf } from './places'
import { printAttribute } from './print'
import { RuleError } from './rule-error'

/**
 * Holds the layers of a rule against what is known of their operators: names on both sides; on the right operands, results and
 * attributes. Nothing is said of kinds of domains of which the dialect knows none, nor of those that the rule declares.
 * @throws RuleError with the place of the first that is wrong
 */
export function checkOperators(rule: RuleGraph, schemas: Schemas): void {
  for (const call of callsIn(rule.left)) {
    failName({ kind: call.kind, at: call }, schemas, rule.operators)
    fail(call, absentFault(call, schemas) ?? leftFault(call, schemas))
  }
  checkRight(rule, schemas)
}

function checkRight(rule: RuleGraph, schemas: Schemas): void {
  const left = { variables: attributeVariables(rule, schemas), rests: restsOf(rule.left) }
  const visit = (v: ValueGraph, results: number): void => {
    if (v.type !== 'call') return
    failName({ kind: v.kind, at: v }, schemas, rule.operators)
    const schema = schemas.of(v.kind)
    if (schema) fail(v, operandFault(v, schema, results) ?? attributeFault(v, schema, left))
    for (const x of v.operands) visit(x, 1)
  }
  for (const s of rule.right) visit(s.value, s.names.length)
}

function fail(call: CallGraph, reason: string | null): void {
  if (reason !== null) throw new RuleError(reason, placeOf(call))
}

/** Kinds of the domain of a kind, as far as the dialect knows them. */
const ofDomain = (kind: string, { kinds = [], otherKinds = [] }: Dialect): string[] =>
  [...kinds, ...otherKinds].filter((k) => domainOf(k) === domainOf(kind))

/** Whether a rule has to declare an operator: it has a domain of which others are known. */
export function needsDeclaring(kind: string, dialect: Dialect): boolean {
  const known = ofDomain(kind, dialect)
  return domainOf(kind) !== '' && known.length > 0 && !known.includes(kind)
}

/**
 * @param declared operators of a domain that the rule uses on purpose
 * @throws RuleError, placed at `at`, for an operator that there is not
 */
export function failName(
  { kind, at }: { kind: string; at: object },
  { dialect }: Schemas,
  declared: readonly string[] = [],
): void {
  const { kinds } = dialect
  if (!kinds || kinds.includes(kind)) return
  const operator = operatorOf(kind)
  if (PREFIXES.includes(domainOf(kind)) && kinds.includes(operator))
    throw new RuleError(`operators of ONNX stand without a domain: write ${operator}`, placeOf(at), operator)
  const hasDomain = domainOf(kind) !== ''
  if (hasDomain && (declared.includes(kind) || !needsDeclaring(kind, dialect))) return
  const known = ofDomain(kind, dialect)
  const meant = nearest(operator, known.map(operatorOf))
  const near = known.find((k) => operatorOf(k) === meant) ?? null
  const hint = near === null ? '' : `: do you mean ${near}?`
  const declare = `${near === null ? ':' : ' If it is meant,'} write operator ${kind} before the left side`
  throw new RuleError(`there is no operator ${kind}${hint}${hasDomain ? declare : ''}`, placeOf(at), near)
}

/** How others write operators of ONNX. */
const PREFIXES: readonly string[] = ['op', 'ai.onnx', 'onnx']

/** What no layer has in the newest operator set, where it is no name of an older one. */
export function leftFault({ kind, attributes, operands }: CallGraph, schemas: Schemas): string | null {
  const schema = schemas.of(kind)
  if (!schema) return null
  for (const [name, graph] of Object.entries(attributes)) {
    const known = schema.attributes[name]
    const wrong = known ? literalFault(kind, name, graph, known) : null
    if (wrong !== null) return wrong
    const near = known ? null : nearest(name, Object.keys(schema.attributes))
    if (near !== null) return `${kind} has no attribute ${name}: do you mean ${near}?`
  }
  const most = schema.inputs.length
  const isMore = operands.filter((x) => x.type !== 'rest').length > most && !schema.inputs.at(-1)?.variadic
  if (isMore) return `${kind} takes at most ${most} ${most === 1 ? 'operand' : 'operands'}, not ${operands.length}`
  return tooFew(kind, operands, schemas)
}

/** Operands without which no version of an operator has a layer. */
function tooFew(kind: string, operands: readonly ValueGraph[], { dialect }: Schemas): string | null {
  if (operands.some((x) => x.type === 'rest')) return null
  const least = Math.min(...[1, Infinity].map((version) => leastOf(dialect.schema(kind, version))))
  if (operands.length >= least) return null
  return `${kind} takes at least ${least} ${least === 1 ? 'operand' : 'operands'}, not ${operands.length}`
}

const leastOf = (schema: KindSchema | undefined): number =>
  schema ? schema.inputs.filter((s) => !s.optional && !s.variadic).length : Infinity

/** `axis=none` asks for what cannot be, where there is a default. */
function absentFault({ kind, attributes }: CallGraph, schemas: Schemas): string | null {
  const known = schemas.of(kind)?.attributes
  for (const [name, a] of Object.entries(attributes)) {
    const usual = known?.[name]?.default
    if ('absent' in a && usual !== undefined)
      return `${name} of ${kind} is never absent, for it has a default: write ${name}=${printAttribute({ literal: usual as Literal })}`
  }
  return null
}

function operandFault({ kind, operands }: CallGraph, schema: KindSchema, results: number): string | null {
  const rest = operands.some((x) => x.type === 'rest')
  const missing = schema.inputs.find((s, i) => {
    const given = i < operands.length ? operands[i]!.type !== 'absent' : rest
    return !given && !s.optional && !s.variadic
  })
  if (missing) return `operand ${missing.name} of ${kind} is not given`
  if (!rest && operands.length > schema.inputs.length && !schema.inputs.at(-1)?.variadic)
    return `${kind} takes at most ${schema.inputs.length} operands, not ${operands.length}`
  if (results > schema.outputs.length && !schema.outputs.at(-1)?.variadic)
    return `${kind} gives at most ${schema.outputs.length} results, not ${results}`
  return null
}

/** What is known of the attribute variables of a left side. */
export function attributeVariables({ left }: RuleGraph, schemas: Schemas): ReadonlyMap<string, AttributeSchema> {
  const found = new Map<string, AttributeSchema>()
  for (const { kind, attributes } of callsIn(left))
    for (const [name, a] of Object.entries(attributes)) {
      const known = 'variable' in a ? schemas.of(kind)?.attributes[name] : undefined
      if (known && 'variable' in a) found.set(a.variable, known)
    }
  return found
}

/** Names that stand for several values. */
function restsOf(left: RuleGraph['left']): ReadonlySet<string> {
  const operands = callsIn(left).flatMap((c) => c.operands)
  const names = [...left.map((s) => s.rest), ...operands.map((x) => (x.type === 'rest' ? x.name : undefined))]
  return new Set(names.filter((n) => n !== undefined))
}

function attributeFault(
  { kind, attributes, otherAttributes }: CallGraph,
  schema: KindSchema,
  left: LeftFacts,
): string | null {
  for (const [name, graph] of Object.entries(attributes)) {
    const known = schema.attributes[name]
    if (!known) {
      const near = nearest(name, Object.keys(schema.attributes))
      return `${kind} has no attribute ${name}${near === null ? '' : `: do you mean ${near}?`}`
    }
    const wrong =
      'computed' in graph
        ? computedFault(`attribute ${name} of ${kind}`, graph.computed, known, left)
        : literalFault(kind, name, graph, known)
    if (wrong !== null) return wrong
    const given = 'variable' in graph ? left.variables.get(graph.variable) : undefined
    if (given && 'variable' in graph && !mayBe(known.type, given.type))
      return `attribute ${name} of ${kind} is ${TYPE_WORDS[known.type]}, and $${graph.variable} ${TYPE_WORDS[given.type]}`
  }
  if (otherAttributes !== undefined) return null
  const missing = Object.entries(schema.attributes).find(([name, a]) => a.required && !(name in attributes))
  return missing ? `attribute ${missing[0]} of ${kind} is not given` : null
}

function literalFault(kind: string, name: string, graph: AttributeGraph, known: AttributeSchema): string | null {
  if (!('literal' in graph)) return null
  if (!fits(graph, known)) {
    if (kind === 'Constant')
      return 'Constant is not written as a layer: a number stands where it is used, as in Mul(x, 2)'
    const type = typeof graph.literal === 'string' ? usualType(graph.literal) : ''
    const instead = known.type === 'INT' && codeOf(type) !== undefined ? `: write ${name}=${type}` : ''
    return `attribute ${name} of ${kind} is ${TYPE_WORDS[known.type]}, not ${printAttribute(graph)}${instead}`
  }
  const { values } = known
  if (!values || values.includes(String(graph.literal))) return null
  const near = typeof graph.literal === 'string' ? nearest(graph.literal, values) : null
  const hint = near === null ? '' : `: do you mean ${near}?`
  return `${name} of ${kind} is one of ${values.join(', ')}, not ${printAttribute(graph)}${hint}`
}

function fits({ literal }: Extract<AttributeGraph, { literal: unknown }>, { type }: AttributeSchema): boolean {
  return fitsType(literal, type)
}
