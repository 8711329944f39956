import { ConstantValue } from '../store/constant'
import { operatorOf } from '../network/dialect'
import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import type { ResultType } from '../network/new-layer'
import type { Attributes, AttributeValue, DType } from '../store/records'
import type { Tensor } from '../network/network'
import { compatibleShapes } from '../store/shape'
import type { CallGraph, Statement, Term, ValueGraph } from './graph'
import { printTerm } from './print'
import type { RuleMatch } from './rule-match'
import { evaluate } from './terms'
import { valueText } from './failure-text'

/** Makes the layers of a rewrite in front of its root. What a rule that computes writes its right side with. */
export class Builder {
  constructor(
    readonly network: Network,
    readonly match: { readonly root: Layer },
  ) {}

  /** A layer with one result. Types are inferred from the kind's schema. */
  call(kind: string, inputs: readonly (Tensor | null)[], attributes: Attributes = {}, type?: ResultType): Tensor {
    return this.layer(kind, inputs, attributes, type ? [type] : 1).output()!
  }

  /** A layer; `outputs` says how many results it has, or of what types. Trailing absent operands are left out. */
  layer(
    kind: string,
    inputs: readonly (Tensor | null)[],
    attributes: Attributes = {},
    outputs: number | readonly (ResultType | null)[] = 1,
  ): Layer {
    const given = inputs.slice(0, inputs.findLastIndex((t) => t !== null) + 1)
    const types = typeof outputs === 'number' ? { outputCount: outputs } : { outputs }
    return this.network.addLayer({ kind, inputs: given, attributes, ...types })
  }

  /** A constant from numbers, each rounded once to `dtype`. */
  constant(dtype: DType, shape: readonly number[], values: ArrayLike<number>, name?: string): Tensor {
    return this.keep(ConstantValue.of(dtype, shape, values), name)
  }
  /** A constant of rank 0. */
  scalar(dtype: DType, value: number): Tensor {
    return this.keep(ConstantValue.scalarOf(dtype, value))
  }
  /** A constant of one dimension, of int64, as axes and shapes are. */
  ints(...values: number[]): Tensor {
    return this.keep(ConstantValue.of('int64', [values.length], values))
  }
  /** A constant tensor of this value, beside the match. */
  keep(value: ConstantValue, name?: string): Tensor {
    return this.network.addConstant(value, name && `${name}_${this.network.counters.nextTensorId}`)
  }
}

/** Makes a rule's right side, and puts its results in the place of the values that they replace. */
export function buildRight(statements: readonly Statement[], match: RuleMatch): void {
  const made = new Map<string, Tensor>()
  const b = new Builder(match.root.network, match)
  const dtype = match.root.output()?.dtype ?? 'float32'
  const value = (v: ValueGraph, names: readonly (string | null)[]): readonly (Tensor | null)[] => {
    switch (v.type) {
      case 'name':
        return [made.get(v.name) ?? bound(v.name, match)]
      case 'number':
        return [b.scalar(dtype, v.value)]
      case 'absent':
        return [null]
      case 'computed':
        return [constantFor(b, v.term, dtype, match)]
      case 'rest':
        return match.rests.get(v.name) ?? []
      case 'call': {
        const operands = v.operands.flatMap((x) => value(x, ['']))
        checkGiven(v.kind, operands, b.network)
        return b.layer(v.kind, operands, attributesOf(v, match), Math.max(names.length, 1)).results
      }
      case 'either':
        throw new Error(`a right side has no alternatives (${operatorOf(match.root.kind)})`)
    }
  }
  for (const s of statements) {
    const results = value(s.value, s.names)
    s.names.forEach((name, i) => {
      const t = results[i]
      if (name !== null && t) made.set(name, t)
    })
  }
  replaceResults(match, made)
}

/** Every value that the rewrite made anew under a name of the match takes over the users of the old one. */
export function replaceResults(match: RuleMatch, made: ReadonlyMap<string, Tensor>): void {
  for (const [name, next] of made) {
    const old = match.optional(name)
    if (!old || old === next) continue
    checkType(name, old, next)
    old.replaceAllUsesWith(next)
  }
}

/** A value of the match; null for an operand that is not given. */
function bound(name: string, match: RuleMatch): Tensor | null {
  const t = match.optional(name)
  if (t === null && !match.isAbsent(name)) throw new NotKnownError(`${name} is bound by another alternative only`)
  return t
}

/** An operand that the match has not must be one that the new layer can do without. */
function checkGiven(kind: string, operands: readonly (Tensor | null)[], network: Network): void {
  const known = network.schemaOf(kind)?.inputs
  if (!known || !operands.includes(null)) return
  operands.forEach((t, i) => {
    const s = known[i] ?? known.at(-1)
    if (t === null && s && !s.optional) throw new NotKnownError(`operand ${s.name} of ${kind} is not given`)
  })
}

/** A value stands for another only where their types do not contradict each other, whoever uses it. */
function checkType(name: string, old: Tensor, next: Tensor): void {
  if (old.dtype !== null && next.dtype !== null && old.dtype !== next.dtype)
    throw new NotKnownError(`${name} has type ${old.dtype}, and would get ${next.dtype}`)
  if (!compatibleShapes(old.shape, next.shape))
    throw new NotKnownError(`${name} has shape ${valueText(old.shape)}, and would get ${valueText(next.shape)}`)
}

function attributesOf(v: CallGraph, match: RuleMatch): Attributes {
  const found: Record<string, AttributeValue> = {}
  for (const [name, a] of Object.entries(v.attributes))
    found[name] =
      'variable' in a ? variable(a.variable, match) : 'literal' in a ? a.literal : computed(a.computed, match)
  return found
}

function variable(name: string, match: RuleMatch): AttributeValue {
  const value = match.attributes.get(name)
  if (value === undefined)
    throw new NotKnownError(`$${name} is bound by another alternative, or a layer that is missing`)
  return value
}

/** A right side asks for something that is not known of this match, or gives what does not fit: the rewrite gives up. */
export class NotKnownError extends Error {
  override readonly name = 'NotKnownError'
}

type Computed = number | string | boolean | number[]

function computed(term: Term, match: RuleMatch): Computed {
  const value = evaluate(term, match)
  if (Array.isArray(value) && value.every((x) => typeof x === 'number')) return value as number[]
  if (value === null || value === undefined || typeof value === 'object' || Number.isNaN(value))
    throw new NotKnownError(`${printTerm(term)} is ${valueText(value)}`)
  return value as number | string | boolean
}

/** The constant that a computed operand becomes; of the result's type where it is a number. */
function constantFor(b: Builder, term: Term, dtype: DType, match: RuleMatch): Tensor {
  const value = computed(term, match)
  if (Array.isArray(value)) return b.ints(...value)
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new NotKnownError(`${printTerm(term)} is ${valueText(value)}, and no operand`)
  return b.scalar(dtype, value)
}
