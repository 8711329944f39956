import type { Schemas } from '../../network/schemas'
import type { AttributeGraph, CallGraph, RuleGraph, Statement, ValueGraph } from '../graph'
import { definedNames, namesIn } from '../graph'
import { printCondition, printTerm, printValue } from '../print'
import { variantsOf } from '../variants'
import { snake, unplacedFacts, Writer } from './writer'
import type { Written } from './writer'

/** Patterns of MLIR's PDL dialect over operations of the ONNX dialect, one for each plain rule. */
export function pdlOf(rule: RuleGraph, schemas: Schemas | null): Written {
  const w = new Writer('//')
  const variants = variantsOf(rule)
  const benefit = wholeBenefit(rule, w)
  variants.forEach((v, i) => {
    if (i > 0) w.line()
    const name = variants.length === 1 ? snake(rule.name) : `${snake(rule.name)}_${i + 1}`
    // The first that holds is taken.
    new PdlPattern(v, name, schemas, w).write(benefit + variants.length - 1 - i)
  })
  for (const fact of unplacedFacts(rule, true)) w.missing(fact)
  return w.written([`${rule.name}, a rule of Graft as PDL over the ONNX dialect.`])
}

/** Most that PDL takes; there is room above it for each of several right sides. */
const MOST_BENEFIT = 65_535 - 4096

/** PDL has whole numbers from 0 on. */
function wholeBenefit({ benefit = 20 }: RuleGraph, w: Writer): number {
  const whole = Math.min(Math.max(Math.round(benefit), 0), MOST_BENEFIT)
  if (whole !== benefit)
    w.missing(`benefit ${benefit}: here it is ${whole}, for it takes whole numbers from 0 to 65535`)
  return whole
}

class PdlPattern {
  private readonly values = new Map<string, string>()
  private readonly operations = new Map<Statement, string>()
  private readonly attributes = new Map<string, string>()
  private count = 0
  /** Types of the results of the layer that is replaced. */
  private rootTypes: readonly string[] = []
  /** What stands for an operand that is not given, in the pattern and in its rewrite. */
  private readonly noValues = new Map<number, string>()
  /** What is lost would make the rule wrong. */
  private isRefused = false
  private depth = 1

  constructor(
    private readonly rule: RuleGraph,
    private readonly name: string,
    private readonly schemas: Schemas | null,
    private readonly w: Writer,
  ) {}

  write(benefit: number): void {
    const { left, right, where } = this.rule
    this.w.line(`pdl.pattern @${this.name} : benefit(${benefit}) {`)
    const root = left.reduce((_, s) => this.statement(s), '')
    for (const name of definedNames(left)) {
      const value = this.values.get(name)
      if (value === undefined || definedNames(right).has(name)) continue
      this.w.line(`pdl.apply_native_constraint "used_only_in_match"(${value}, ${root} : !pdl.value, !pdl.operation)`, 1)
    }
    where.forEach((c, i) => {
      const name = `${this.name}_where_${i + 1}`
      this.w.missing(`where ${printCondition(c)}: a native constraint has to say it, ${name}`)
      this.w.line(`pdl.apply_native_constraint "${name}"(${root} : !pdl.operation)`, 1)
    })
    if (this.isRefused || right.some((s) => asksTooMuch(s.value)) || countReplaced(this.rule) > 1)
      this.w.line(`pdl.apply_native_constraint "never"(${root} : !pdl.operation)`, 1)
    this.w.line(`pdl.rewrite ${root} {`, 1)
    this.depth = 2
    const made = new Map<string, string>()
    for (const s of right) {
      if (s.value.type === 'call') this.operation(s.value, s.names, false, made)
      else for (const n of s.names) if (n !== null) made.set(n, this.operand(s.value, false) ?? root)
    }
    // As many values as the root has results; those that are not named have no users.
    const rootNames = left.at(-1)?.names ?? []
    const usual = [...made].findLast(([name]) => rootNames.includes(name))?.[1] ?? root
    const instead = this.rootTypes.map((_, i) => made.get(rootNames[i] ?? '') ?? usual)
    this.w.line(`pdl.replace ${root} with (${instead.join(', ')} : ${instead.map(() => '!pdl.value').join(', ')})`, 2)
    if (countReplaced(this.rule) > 1)
      this.w.missing('several values that are replaced: only the root is; so it never fires')
    this.w.line('}', 1)
    this.w.line('}')
  }

  /** What a statement of the left asks for; others that define what it takes come first. @returns its operation */
  private statement(s: Statement): string {
    const known = this.operations.get(s)
    if (known !== undefined) return known
    const { left } = this.rule
    const needed = new Set(namesIn(s.value))
    for (const other of left)
      if (other !== s && [...other.names, other.rest].some((n) => typeof n === 'string' && needed.has(n)))
        this.statement(other)
    if (s.shared) this.w.missing(`${s.names.join(', ')} may be used elsewhere, and stays`)
    if (s.rest !== undefined) this.lose(`...${s.rest}, results as many as there are`)
    const call = this.firstForm(s.value)
    if (!call) this.lose(`${s.names.join(', ')} = ${printValue(s.value)}`)
    const operation = call ? this.operation(call, s.names, true) : ''
    this.operations.set(s, operation)
    return operation
  }

  private firstForm(v: ValueGraph): CallGraph | null {
    if (v.type !== 'either') return v.type === 'call' ? v : null
    this.w.missing(`${printValue(v)}: only the first of them`)
    return this.firstForm(v.of[0]!)
  }

  private fresh(base: string): string {
    return `%${base}${this.count++}`
  }

  private operation(
    v: CallGraph,
    names: readonly (string | null)[],
    isLeft: boolean,
    made = new Map<string, string>(),
  ): string {
    const schema = this.schemas?.of(v.kind)
    if (v.maybe) this.w.missing(`${v.kind}? may be missing: here it must be there`)
    if (isLeft && !v.ordered && v.operands.length >= 2 && schema?.commutative)
      this.w.missing(`operands of ${v.kind} in the other order`)
    const operands = v.operands.flatMap((x, i) => {
      const found = this.operand(x, isLeft)
      if (isLeft && found !== null && x.type === 'name' && !x.optional && schema?.inputs[i]?.optional)
        this.constraint('is_given', found)
      return found === null ? [] : [found]
    })
    // Operations of the ONNX dialect have all their operands, and a NoValue where one is not given.
    const isFixed =
      schema !== undefined && !schema.inputs.at(-1)?.variadic && v.operands.every((o) => o.type !== 'rest')
    while (isFixed && operands.length < schema.inputs.length) operands.push(this.noValue())
    const attributes = Object.entries(v.attributes).flatMap(([k, a]) => {
      const found = this.attribute(v, k, a)
      return found === null ? [] : [`"${k}" = ${found}`]
    })
    if (v.otherAttributes !== undefined)
      this.lose(`<...$${v.otherAttributes}> of ${v.kind}: attributes that are passed on`)
    const count = schema?.outputs.at(-1)?.variadic
      ? names.length
      : Math.max(names.length, schema?.outputs.length ?? 1, 1)
    const types = this.types(v, names, count, isLeft)
    const op = this.fresh('op')
    const typed = operands.length > 0 ? `(${listed(operands, '!pdl.value')})` : ''
    const list = attributes.length > 0 ? ` {${attributes.join(', ')}}` : ''
    const dot = v.kind.lastIndexOf('.')
    const kind = dot < 0 ? `onnx.${v.kind}` : v.kind
    this.w.line(`${op} = pdl.operation "${kind}"${typed}${list} -> (${listed(types, '!pdl.type')})`, this.depth)
    for (let i = 0; i < count; i++) {
      const n = names[i] ?? null
      const isUnused = isLeft && n === null && i > 0
      if (n === null && !isUnused) continue
      const result = this.fresh(n ?? 'unused')
      this.w.line(`${result} = pdl.result ${i} of ${op}`, this.depth)
      if (n === null) this.constraint('has_no_use', result)
      else if (isLeft) this.values.set(n, result)
      else made.set(n, result)
      if (n !== null && !isLeft) this.values.set(n, result)
    }
    return op
  }

  /** Types of all results: any on the left; on the right those that are replaced, none for what is left out, and unranked else. */
  private types(v: CallGraph, names: readonly (string | null)[], count: number, isLeft: boolean): string[] {
    const rootNames = this.rule.left.at(-1)?.names ?? []
    const types = Array.from({ length: count }, (_, i) => {
      const name = names[i] ?? null
      const replaced = isLeft || name === null ? -1 : rootNames.indexOf(name)
      if (replaced >= 0 && this.rootTypes[replaced]) return this.rootTypes[replaced]
      const type = this.fresh('type')
      if (isLeft) this.w.line(`${type} = pdl.type`, this.depth)
      else if (name === null && i > 0) this.w.line(`${type} = pdl.type : none`, this.depth)
      else {
        this.w.missing(
          `the type of what ${v.kind} makes: the native rewrite unranked_like gives it the element type of the root`,
        )
        const like = this.rootTypes[0] ?? ''
        this.w.line(`${type} = pdl.apply_native_rewrite "unranked_like"(${like} : !pdl.type) : !pdl.type`, this.depth)
      }
      return type
    })
    if (isLeft && names === this.rule.left.at(-1)?.names) this.rootTypes = types
    return types
  }

  /** An operand that is not given. */
  private noValue(): string {
    const known = this.noValues.get(this.depth)
    if (known !== undefined) return known
    const [unit, type, op, value] = ['unit', 'type', 'op', 'none'].map((base) => this.fresh(base))
    this.w.line(`${unit} = pdl.attribute = unit`, this.depth)
    this.w.line(`${type} = pdl.type : none`, this.depth)
    this.w.line(`${op} = pdl.operation "onnx.NoValue" {"value" = ${unit}} -> (${type} : !pdl.type)`, this.depth)
    this.w.line(`${value} = pdl.result 0 of ${op}`, this.depth)
    // In a pattern each place asks for a NoValue of its own, which may be the same one.
    if (this.depth > 1) this.noValues.set(this.depth, value!)
    return value!
  }

  private operand(v: ValueGraph, isLeft: boolean): string | null {
    switch (v.type) {
      case 'name': {
        const known = this.values.get(v.name)
        if (known !== undefined) return known
        const made = this.fresh(v.name)
        this.w.line(`${made} = pdl.operand`, this.depth)
        this.values.set(v.name, made)
        if (v.constant) this.constraint('is_constant', made)
        return made
      }
      case 'call': {
        const op = this.operation(v, [], isLeft)
        const result = this.fresh('value')
        this.w.line(`${result} = pdl.result 0 of ${op}`, this.depth)
        if (isLeft) this.constraint('has_one_use', result)
        return result
      }
      case 'number':
        return this.number(v, isLeft)
      case 'absent':
        return this.noValue()
      case 'either':
        this.w.missing(`${printValue(v)}: only the first of them`)
        return this.operand(v.of[0]!, isLeft)
      case 'computed':
        this.lose(`what is computed as ${printTerm(v.term)}`)
        return null
      case 'rest':
        this.lose(`...${v.name}, operands as many as there are`)
        return null
    }
  }

  private number({ value, tolerance }: Extract<ValueGraph, { type: 'number' }>, isLeft: boolean): string {
    if (isLeft) {
      if (tolerance !== undefined) this.w.missing(`${value} within ${tolerance}: is_scalar has to allow it`)
      const made = this.fresh('number')
      this.w.line(`${made} = pdl.operand`, this.depth)
      const wanted = this.fresh('wanted')
      this.w.line(`${wanted} = pdl.attribute = ${float(value)}`, this.depth)
      this.w.line(
        `pdl.apply_native_constraint "is_scalar"(${made}, ${wanted} : !pdl.value, !pdl.attribute)`,
        this.depth,
      )
      return made
    }
    const attribute = this.fresh('number')
    this.w.line(`${attribute} = pdl.attribute = ${float(value)}`, this.depth)
    const made = this.fresh('constant')
    this.w.line(
      `${made} = pdl.apply_native_rewrite "scalar_like"(${attribute} : !pdl.attribute) : !pdl.value`,
      this.depth,
    )
    return made
  }

  /** The rule would be wrong without this: it is there, and a constraint that never holds keeps it from firing. */
  private lose(what: string): void {
    this.w.missing(`${what}; so it never fires`)
    this.isRefused = true
  }

  private constraint(name: string, of: string): void {
    this.w.line(`pdl.apply_native_constraint "${name}"(${of} : !pdl.value)`, this.depth)
  }

  private attribute(v: CallGraph, name: string, a: AttributeGraph): string | null {
    if ('absent' in a || 'computed' in a) {
      this.lose(
        'absent' in a ? `${name} of ${v.kind} must be absent` : `${name} of ${v.kind} = ${printTerm(a.computed)}`,
      )
      return null
    }
    if ('variable' in a) {
      const known = this.attributes.get(a.variable)
      if (known !== undefined) return known
      const made = this.fresh(a.variable)
      this.w.line(`${made} = pdl.attribute`, this.depth)
      this.attributes.set(a.variable, made)
      return made
    }
    const made = this.fresh(name)
    this.w.line(
      `${made} = pdl.attribute = ${mlirLiteral(a.literal, this.schemas?.of(v.kind)?.attributes[name]?.type)}`,
      this.depth,
    )
    return made
  }
}

/** Whether a right side has what PDL cannot make. */
function asksTooMuch(v: ValueGraph): boolean {
  if (v.type === 'computed' || v.type === 'rest') return true
  if (v.type !== 'call') return false
  const computed = Object.values(v.attributes).some((a) => 'computed' in a || ('variable' in a && a.optional))
  return computed || v.otherAttributes !== undefined || v.operands.some(asksTooMuch)
}

/** Values with their type behind them, as MLIR lists them. */
const listed = (values: readonly string[], type: string): string =>
  `${values.join(', ')} : ${values.map(() => type).join(', ')}`

function countReplaced({ left, right }: RuleGraph): number {
  const known = definedNames(left)
  return [...definedNames(right)].filter((n) => known.has(n)).length
}

/** MLIR writes what is no decimal by its bits. */
function float(x: number): string {
  if (!Number.isFinite(x)) return `${x > 0 ? '0x7F800000' : '0xFF800000'} : f32`
  const text = Number.isInteger(x) ? x.toFixed(1) : String(x)
  return `${Object.is(x, -0) ? '-0.0' : text} : f32`
}

function mlirLiteral(x: unknown, type: string | undefined): string {
  if (Array.isArray(x)) return `[${x.map((y) => mlirLiteral(y, type?.replace(/S$/, ''))).join(', ')}]`
  if (typeof x === 'string') return JSON.stringify(x)
  if (typeof x === 'boolean') return `${Number(x)} : si64`
  return type === 'FLOAT' || !Number.isInteger(x) ? float(x as number) : `${x as number} : si64`
}
