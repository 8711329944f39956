import { operatorOf } from '../network/dialect'
import { RootPrefilter } from './root-prefilter'
import { Schemas } from '../network/schemas'
import { checkOperators } from './check-operators'
import { checkWords } from './check-words'
import { checkStandIns } from './dropped-attributes'
import { OpenAttributes } from './open-attributes'
import { checkTypes } from './check-types'
import { checkNames } from './check-names'
import { RuleError } from './rule-error'
import type { CallGraph, Definition, RuleGraph, Statement, ValueGraph } from './graph'
import { circularStatement, definedNames, namesIn } from './graph'

/** A rule made ready to match: every layer of its left side has a part name, every name knows where it is defined. */
export interface CompiledRule {
  readonly graph: RuleGraph
  /** Where a value is defined: the statement, and which of its results the value is. */
  readonly definitions: ReadonlyMap<string, Definition>
  /** Where several values under one name are defined (`...p = Split(x)`). */
  readonly restDefinitions: ReadonlyMap<string, Statement>
  readonly root: Statement
  /** Statements that no other one refers to, besides the root: a rule of several results has several roots. */
  readonly extraRoots: readonly Statement[]
  readonly rootKinds: ReadonlySet<string>
  /** Decides most misses without a search. */
  readonly prefilter: RootPrefilter
  readonly partOf: ReadonlyMap<CallGraph, string>
  /** Parts that may be used outside the match. */
  readonly shared: ReadonlySet<string>
  /** Names that the right side gives anew. */
  readonly replaced: ReadonlySet<string>
  /** Attributes of which a rewrite has to say something. */
  readonly open: OpenAttributes
  /** How many layers a match names at most, alternatives counted once. */
  readonly parts: number
}

/**
 * @param schemas what is known of operators; without it their names, operands and attributes are not looked at
 * @param isBuilt the right side is made by code, and what the text says of it is for people
 * @throws RuleError where the rule has no root, refers to what it does not define, replaces nothing, or makes what is no layer
 */
export function compileRule(graph: RuleGraph, schemas: Schemas | null = null, isBuilt = false): CompiledRule {
  const definitions = new Map<string, Definition>()
  for (const statement of graph.left) {
    statement.names.forEach((name, index) => name !== null && definitions.set(name, { statement, index }))
  }
  const restDefinitions = new Map(graph.left.flatMap((s) => (s.rest === undefined ? [] : [[s.rest, s] as const])))
  const root = graph.left.at(-1)
  if (!root) throw new RuleError(`rule ${graph.name} has no left side`)
  const circular = circularStatement(graph.left)
  if (circular)
    throw new RuleError(`rule ${graph.name} computes ${circular.names.find((n) => n !== null) ?? '_'} from itself`)
  const rootKinds = kindsOf(root.value)
  if (rootKinds.size === 0)
    throw new RuleError(`the last statement on the left of rule ${graph.name} must name a layer: it is the root`)
  const partOf = new Map<CallGraph, string>()
  const shared = new Set<string>()
  const used = definedNames(graph.left)
  for (const s of graph.left) nameParts(s, partOf, shared, used)
  const replaced = new Set([...definedNames(graph.right)].filter((n) => definitions.has(n)))
  if (replaced.size === 0)
    throw new RuleError(`the right side of rule ${graph.name} gives none of ${[...definitions.keys()].join(', ')}`)
  checkNames(graph)
  if (schemas) {
    checkOperators(isBuilt ? { ...graph, right: [] } : graph, schemas)
    checkWords(graph, schemas)
  }
  const open = new OpenAttributes(graph)
  if (!isBuilt) {
    // Of the newest operators, whatever the network has: a rule is written for them, and a match tells of older ones.
    const newest = schemas && Schemas.newest(schemas.dialect)
    checkStandIns(graph, newest)
    if (newest) {
      open.check(newest)
      checkTypes(graph, newest)
    }
  }
  const referred = new Set(graph.left.flatMap((s) => namesIn(s.value)))
  const isReferred = (s: Statement): boolean =>
    [...s.names, s.rest].some((n) => typeof n === 'string' && referred.has(n))
  const extraRoots = graph.left.filter((s) => s !== root && !isReferred(s))
  return {
    graph,
    definitions,
    restDefinitions,
    root,
    extraRoots,
    rootKinds,
    prefilter: new RootPrefilter(root.value, definitions),
    partOf,
    shared,
    replaced,
    open,
    parts: graph.left.reduce((n, s) => n + countParts(s.value), 0),
  }
}

function kindsOf(value: ValueGraph): Set<string> {
  if (value.type === 'call') return new Set([value.kind])
  return value.type === 'either' ? new Set(value.of.flatMap((v) => [...kindsOf(v)])) : new Set()
}

function nameParts(s: Statement, partOf: Map<CallGraph, string>, shared: Set<string>, used: Set<string>): void {
  const own = s.names.find((n) => n !== null)
  const visit = (v: ValueGraph, name: string | undefined): void => {
    if (v.type === 'either') for (const x of v.of) visit(x, name)
    if (v.type !== 'call') return
    const part = name ?? fresh(operatorOf(v.kind).toLowerCase(), used)
    partOf.set(v, part)
    if (s.shared) shared.add(part)
    for (const x of v.operands) visit(x, undefined)
  }
  visit(s.value, own ?? undefined)
}

function fresh(base: string, used: Set<string>): string {
  let name = base
  for (let n = 2; used.has(name); n++) name = `${base}${n}`
  used.add(name)
  return name
}

function countParts(v: ValueGraph): number {
  if (v.type === 'either') return Math.max(...v.of.map(countParts))
  return v.type === 'call' ? 1 + v.operands.reduce((n, x) => n + countParts(x), 0) : 0
}
