import type { Schemas } from '../../network/schemas'
import type { AttributeGraph, CallGraph, RuleGraph, ValueGraph } from '../graph'
import { definedNames } from '../graph'
import { printCondition, printTerm, printValue } from '../print'
import { variantsOf } from '../variants'
import { snake, Writer } from './writer'
import type { Written } from './writer'

/** Patterns of MLIR's PDL dialect over operations of the ONNX dialect, one for each plain rule. */
export function pdlOf(rule: RuleGraph, schemas: Schemas | null): Written {
  const w = new Writer('//')
  const variants = variantsOf(rule)
  variants.forEach((v, i) => {
    if (i > 0) w.line()
    new PdlPattern(v, variants.length === 1 ? snake(rule.name) : `${snake(rule.name)}_${i + 1}`, schemas, w).write()
  })
  return w.written([`${rule.name}, a rule of Graft as PDL over the ONNX dialect.`])
}

class PdlPattern {
  private readonly values = new Map<string, string>()
  private readonly attributes = new Map<string, string>()
  private count = 0
  /** The type of the layer that is replaced. */
  private rootType = ''
  /** What is lost would make the rule wrong. */
  private isRefused = false
  private depth = 1

  constructor(
    private readonly rule: RuleGraph,
    private readonly name: string,
    private readonly schemas: Schemas | null,
    private readonly w: Writer,
  ) {}

  write(): void {
    const { left, right, where, benefit = 20 } = this.rule
    this.w.line(`pdl.pattern @${this.name} : benefit(${Math.min(benefit, 65535)}) {`)
    let root = ''
    for (const s of left) {
      if (s.shared) this.w.missing(`${s.names.join(', ')} may be used elsewhere, and stays`)
      if (s.rest !== undefined) this.lose(`...${s.rest}, results as many as there are`)
      if (s.value.type !== 'call') {
        this.w.missing(`${s.names.join(', ')} = ${printValue(s.value)}`)
        continue
      }
      root = this.operation(s.value, s.names, true)
    }
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
    const known = definedNames(left)
    let replacing = ''
    for (const s of right) {
      const value =
        s.value.type === 'call'
          ? `(${this.operation(s.value, s.names, false)})`
          : `(${this.operand(s.value, false)} : !pdl.value)`
      if (s.names.some((n) => n !== null && known.has(n))) replacing = value
    }
    const isLayer = right.at(-1)?.value.type === 'call'
    this.w.line(`pdl.replace ${root} with ${isLayer ? replacing.slice(1, -1) : replacing}`, 2)
    if (countReplaced(this.rule) > 1)
      this.w.missing('several values that are replaced: only the root is; so it never fires')
    this.w.line('}', 1)
    this.w.line('}')
  }

  private fresh(base: string): string {
    return `%${base}${this.count++}`
  }

  private operation(v: CallGraph, names: readonly (string | null)[], isLeft: boolean): string {
    if (v.maybe) this.w.missing(`${v.kind}? may be missing: here it must be there`)
    if (isLeft && !v.ordered && v.operands.length >= 2 && this.schemas?.of(v.kind)?.commutative)
      this.w.missing(`operands of ${v.kind} in the other order`)
    const operands = v.operands.flatMap((x) => {
      const found = this.operand(x, isLeft)
      return found === null ? [] : [found]
    })
    const attributes = Object.entries(v.attributes).flatMap(([k, a]) => {
      const found = this.attribute(v, k, a)
      return found === null ? [] : [`"${k}" = ${found}`]
    })
    if (v.otherAttributes !== undefined)
      this.lose(`<...$${v.otherAttributes}> of ${v.kind}: attributes that are passed on`)
    const isReplacing = !isLeft && names.some((n) => n !== null && definedNames(this.rule.left).has(n))
    const type = isLeft ? this.fresh('type') : isReplacing ? this.rootType : ''
    if (isLeft) this.w.line(`${type} = pdl.type`, this.depth)
    if (isLeft) this.rootType = type
    const op = this.fresh('op')
    const typed = operands.length > 0 ? `(${operands.join(', ')} : ${operands.map(() => '!pdl.value').join(', ')})` : ''
    const list = attributes.length > 0 ? ` {${attributes.join(', ')}}` : ''
    const dot = v.kind.lastIndexOf('.')
    const kind = dot < 0 ? `onnx.${v.kind}` : v.kind
    this.w.line(
      `${op} = pdl.operation "${kind}"${typed}${list}${type === '' ? '' : ` -> (${type} : !pdl.type)`}`,
      this.depth,
    )
    names.forEach((n, i) => {
      if (n === null) return
      const result = this.fresh(n)
      this.w.line(`${result} = pdl.result ${i} of ${op}`, this.depth)
      if (isLeft) this.values.set(n, result)
      else if (!this.values.has(n)) this.values.set(n, result)
    })
    return op
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
        if (v.optional) this.w.missing(`${v.name} may be absent: here it must be there`)
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
        this.w.missing('an operand that is absent: it stands as a NoValue of the ONNX dialect')
        return null
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
  if (v.type === 'computed' || v.type === 'rest' || v.type === 'absent') return true
  if (v.type !== 'call') return false
  const computed = Object.values(v.attributes).some((a) => 'computed' in a || ('variable' in a && a.optional))
  return computed || v.otherAttributes !== undefined || v.operands.some(asksTooMuch)
}

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
