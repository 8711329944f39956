import type { ValueType } from '../network/dialect'
import type { Schemas } from '../network/schemas'
import type { Attributes, AttributeValue, DType } from '../store/records'
import { compatibleShapes } from '../store/shape'
import type { CallGraph, Condition, RuleGraph, Statement, ValueGraph } from './graph'
import { placeOf } from './places'
import { RuleError } from './rule-error'

/** What is known of a value before there is a network. */
type Known = Pick<ValueType, 'dtype' | 'shape'>
const NOTHING: Known = { dtype: null, shape: null }

/**
 * Whether a right side can be what its conditions make of it: operators are asked for what they take, with the types and ranks that
 * conditions name and the left side gives; and what stands for a value must not have another type.
 * @throws RuleError for the first layer that takes none of what it is given, or result that is another
 */
export function checkTypes(rule: RuleGraph, schemas: Schemas): void {
  const types = factsOf(rule.where)
  const left = new TypeReader(types, schemas, false)
  for (const s of rule.left) left.statement(s)
  const before = new Map(types)
  const right = new TypeReader(types, schemas, true)
  for (const s of rule.right) {
    right.statement(s)
    for (const name of s.names) {
      const [was, now] = [name === null ? undefined : before.get(name), name === null ? undefined : types.get(name)]
      if (was && now) checkSame(s, name!, was, now)
      if (was?.dtype === null && now?.dtype === 'bool' && left.isNoTruth(name!, rule.left))
        throw new RuleError(`${name} is a number, and would get bool`, placeOf(s.value))
    }
  }
}

function checkSame(s: Statement, name: string, was: Known, now: Known): void {
  if (was.dtype && now.dtype && was.dtype !== now.dtype)
    throw new RuleError(`${name} has type ${was.dtype}, and would get ${now.dtype}`, placeOf(s.value))
  if (!compatibleShapes(was.shape, now.shape))
    throw new RuleError(
      `${name} has ${was.shape?.length} dimensions, and would get ${now.shape?.length}`,
      placeOf(s.value),
    )
}

/** What conditions that must hold say of types and ranks. */
function factsOf(where: readonly Condition[]): Map<string, Known> {
  const found = new Map<string, Known>()
  for (const c of where) {
    if (c.type === 'and') for (const [name, known] of factsOf(c.of)) found.set(name, { ...found.get(name), ...known })
    if (c.type !== 'compare' || c.op !== '==' || c.left.type !== 'property' || c.right.type !== 'literal') continue
    const { of, name } = c.left
    const { value } = c.right
    const now = found.get(of) ?? NOTHING
    if (name === 'dtype' && typeof value === 'string') found.set(of, { ...now, dtype: value as DType })
    if (name === 'rank' && typeof value === 'number' && value >= 0 && value < 9)
      found.set(of, { ...now, shape: Array.from({ length: value }, () => null) })
  }
  return found
}

class TypeReader {
  constructor(
    private readonly types: Map<string, Known>,
    private readonly schemas: Schemas,
    /** On the left nothing is made, so that nothing is wrong. */
    private readonly strict: boolean,
  ) {}

  statement(s: Statement): void {
    const results = s.value.type === 'call' ? this.call(s.value, s.names.length) : [this.value(s.value)]
    s.names.forEach((name, i) => {
      if (name === null) return
      const now = results[i] ?? NOTHING
      const before = this.strict ? undefined : this.types.get(name)
      this.types.set(name, { dtype: before?.dtype ?? now.dtype, shape: before?.shape ?? now.shape })
    })
  }

  /** Whether a value comes of an operator that takes no truths, and gives the type that it takes. */
  isNoTruth(name: string, side: readonly Statement[]): boolean {
    const call = side.find((s) => s.names[0] === name)?.value
    if (call?.type !== 'call' || call.maybe) return false
    const schema = this.schemas.of(call.kind)
    const attributes = attributesOf(call)
    if (!schema?.check || !schema.infer || !attributes || call.operands.some((o) => o.type === 'rest')) return false
    const given = (dtype: DType) => ({
      kind: call.kind,
      attributes,
      inputs: call.operands.map((): Known => ({ dtype, shape: null })),
      outputCount: 1,
      opset: this.schemas.opsetOf(call.kind),
    })
    return schema.infer(given('float32'))[0]?.dtype === 'float32' && schema.check(given('bool')) !== null
  }

  private value(v: ValueGraph): Known | null {
    switch (v.type) {
      case 'name':
        return this.types.get(v.name) ?? NOTHING
      case 'call':
        return v.maybe ? NOTHING : (this.call(v, 1)[0] ?? NOTHING)
      case 'absent':
        return null
      default:
        return 'dtype' in v && v.dtype ? { dtype: v.dtype, shape: null } : NOTHING
    }
  }

  private call(v: CallGraph, outputCount: number): readonly (Known | null)[] {
    const schema = this.schemas.of(v.kind)
    const inputs = v.operands.map((o) => this.value(o))
    const isWhole = v.operands.every((o) => o.type !== 'rest') && outputCount > 0
    const attributes = attributesOf(v)
    if (!schema || !isWhole || !attributes) return []
    const context = { kind: v.kind, attributes, inputs, outputCount, opset: this.schemas.opsetOf(v.kind) }
    try {
      const fault = this.strict ? (schema.check?.(context) ?? null) : null
      if (fault !== null) throw new RuleError(`this cannot be: ${fault}`, placeOf(v))
      return schema.infer?.(context) ?? []
    } catch (error) {
      if (error instanceof RuleError) throw error
      // Too little is known for the operator to say anything.
      return []
    }
  }
}

/** null where one of them is not known. */
function attributesOf(v: CallGraph): Attributes | null {
  if (v.otherAttributes !== undefined) return null
  const found: Record<string, AttributeValue> = {}
  for (const [name, a] of Object.entries(v.attributes)) {
    if ('absent' in a) continue
    if (!('literal' in a)) return null
    found[name] = a.literal as AttributeValue
  }
  return found
}
