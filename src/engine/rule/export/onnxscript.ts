import { domainOf, mayLeaveOut, operatorOf } from '../../network/dialect'
import type { Schemas } from '../../network/schemas'
import type { AttributeGraph, CallGraph, Outcome, RuleGraph, Statement, ValueGraph } from '../graph'
import { callsIn, definedNames } from '../graph'
import { printTerm, printValue } from '../print'
import { variantsOf } from '../variants'
import { conditionText, irType, NoPython, pythonCondition, pythonTerm } from './python-terms'
import { pythonFloat, pythonLiteral, pythonName, pythonNumber, snake, unplacedFacts, Writer } from './writer'
import type { Written } from './writer'

/** A rule for onnxscript's rewriter: a pattern, a replacement and a condition as functions, and the rules made of them. */
export function onnxscriptOf(rule: RuleGraph, schemas: Schemas | null): Written {
  const w = new Writer('#')
  const variants = variantsOf(rule)
  const names = variants.map((_, i) => (variants.length === 1 ? snake(rule.name) : `${snake(rule.name)}_${i + 1}`))
  const body = new Writer('#')
  variants.forEach((v, i) => new PythonRule(v, names[i]!, schemas, w, body).write())
  w.line('import math')
  w.line()
  w.line('from onnxscript import ir')
  w.line('from onnxscript.rewriter import pattern')
  w.line()
  w.line()
  w.line('def _value(x):')
  w.line('values = x.const_value.numpy()', 1)
  w.line('return values.item() if values.size == 1 else values.tolist()', 1)
  if (body.has('_each(')) {
    w.line()
    w.line()
    w.line('def _each(x):')
    w.line('return x if isinstance(x, list) else [x]', 1)
  }
  for (const line of body.written([]).text.trimEnd().split('\n')) w.line(line)
  w.line()
  w.line()
  const swapped = callsIn(rule.left).filter((c) => schemas?.of(c.kind)?.commutative)
  const commutes = swapped.length > 0 && !swapped.some((c) => c.ordered)
  if (!commutes) for (const c of swapped) if (!c.ordered) w.missing(`operands of ${c.kind} in the other order`)
  const made = names.map(
    (n) =>
      `pattern.RewriteRule(${n}_pattern, ${n}_replacement, ${n}_condition, name=${JSON.stringify(rule.name)}${rule.left.some((s) => s.shared) ? ', remove_nodes=False' : ''})`,
  )
  w.line(`RULES = [${made.join(', ')}]`)
  w.line(`rule_set = pattern.RewriteRuleSet(RULES${commutes ? ', commute=True' : ''})`)
  for (const fact of unplacedFacts(rule, false)) w.missing(fact)
  return w.written([`${rule.name}, a rule of Graft for onnxscript.`])
}

/** Alternatives of several results cannot be said. */
const firstForm = ({ value, names }: Statement): ValueGraph =>
  value.type === 'either' && names.length > 1 ? value.of[0]! : value

class PythonRule {
  /** Names for the first results of layers whose attributes are asked for. */
  private readonly nodes = new Map<CallGraph, string>()
  /** Where `...$at` was bound. */
  private readonly others = new Map<string, string>()
  private readonly checks: string[] = []
  /** Something is lost without which the rule would be wrong: it is made, and never fires. */
  private isRefused = false

  constructor(
    private readonly rule: RuleGraph,
    private readonly name: string,
    private readonly schemas: Schemas | null,
    private readonly notes: Writer,
    private readonly w: Writer,
  ) {}

  write(): void {
    this.w.line()
    this.pattern()
    this.w.line()
    this.w.line()
    this.replacement(this.rule)
    this.w.line()
    this.w.line()
    this.condition()
    this.w.line()
  }

  private pattern(): void {
    const { left, right } = this.rule
    const bound = [...this.freeNames(), ...this.variables()]
    this.w.line(`def ${this.name}_pattern(${['op', ...bound.map(pythonName)].join(', ')}):`)
    for (const s of left) this.nameNodes(s)
    for (const s of left) this.w.line(`${this.targets(s)} = ${this.value(firstForm(s), s, true)}`, 1)
    const given = [...definedNames(left)].filter((n) => definedNames(right).has(n))
    this.w.line(`return ${given.map(pythonName).join(', ')}`, 1)
  }

  private nameNodes(s: Statement): void {
    for (const call of callsIn([s])) {
      const asked = call.otherAttributes !== undefined || Object.values(call.attributes).some((a) => 'absent' in a)
      if (!asked) continue
      const own = call === s.value ? s.names.find((n) => n !== null) : undefined
      const name = own ?? `node_${this.nodes.size + 1}`
      this.nodes.set(call, name)
      if (call.otherAttributes === undefined) continue
      if (this.others.has(call.otherAttributes)) this.lose(`<...$${call.otherAttributes}> of several layers`)
      this.others.set(call.otherAttributes, name)
    }
  }

  /** The rule would be wrong without this. */
  private lose(what: string): void {
    this.notes.missing(`${what}; so it never fires`)
    this.isRefused = true
  }

  private targets({ names, rest, optional = [], value }: Statement): string {
    if (rest !== undefined) this.lose(`...${rest}, results as many as there are`)
    for (const n of optional) this.notes.missing(`${n}? may be left out: here it must be there`)
    if (value.type === 'either' && names.length > 1)
      this.lose(`${printValue(value)}: one of several forms with several results`)
    return names.map((n) => (n === null ? '_' : pythonName(n))).join(', ') || '_'
  }

  private freeNames(): string[] {
    const defined = definedNames(this.rule.left)
    const found = new Set<string>()
    const visit = (v: ValueGraph): void => {
      if (v.type === 'name' && !v.optional && !defined.has(v.name)) found.add(v.name)
      if (v.type === 'either') v.of.forEach(visit)
      if (v.type === 'call') v.operands.forEach(visit)
    }
    for (const s of this.rule.left) visit(s.value)
    return [...found]
  }

  private variables(): string[] {
    const all = callsIn(this.rule.left).flatMap((c) => Object.values(c.attributes))
    return [...new Set(all.flatMap((a) => ('variable' in a && !a.optional ? [a.variable] : [])))]
  }

  private value(v: ValueGraph, s: Statement | null, isLeft: boolean): string {
    switch (v.type) {
      case 'name':
        return v.optional && isLeft ? `pattern.Var(${JSON.stringify(v.name)}, can_match_none=True)` : pythonName(v.name)
      case 'absent':
        return 'None'
      case 'either':
        return `pattern.OrValue([${v.of.map((x) => this.value(x, null, isLeft)).join(', ')}])`
      case 'rest':
        this.lose(`...${v.name}, operands as many as there are`)
        return isLeft ? 'None' : `*${pythonName(v.name)}`
      case 'number':
        if (isLeft)
          return v.tolerance === undefined
            ? pythonNumber(v.value)
            : `pattern.Constant(${pythonNumber(v.value)}, rel_tol=${v.tolerance})`
        return this.constant(pythonNumber(v.value), v.dtype)
      case 'computed':
        return this.constant(
          this.term(() => pythonTerm(v.term), printTerm(v.term)),
          v.dtype ?? (v.term.type === 'list' || v.term.type === 'slice' ? 'int64' : undefined),
        )
      case 'call':
        return this.call(v, s, isLeft)
    }
  }

  private term(write: () => string, text: string): string {
    try {
      return write()
    } catch (error) {
      if (!(error instanceof NoPython)) throw error
      this.lose(`what is computed as ${text}`)
      return 'None'
    }
  }

  /** A constant of a type; without one it has that of the result that is replaced. */
  private constant(value: string, dtype: string | undefined): string {
    const like = [...definedNames(this.rule.left)].find((n) => definedNames(this.rule.right).has(n))!
    return `op.Constant(value=ir.tensor(${value}, dtype=${dtype ? irType(dtype) : `${pythonName(like)}.dtype`}))`
  }

  private call(v: CallGraph, s: Statement | null, isLeft: boolean): string {
    const domain = domainOf(v.kind)
    const named = Object.entries(v.attributes).flatMap(([k, a]) => this.attribute(v, k, a, isLeft))
    const others = v.otherAttributes === undefined || isLeft ? [] : [this.passedOn(v)]
    const inner = this.nodes.get(v)
    const names = s && s.names.some((n) => n !== null) ? s.names : isLeft && inner !== undefined ? [inner] : []
    const outputs =
      names.length > 0 && isLeft
        ? [`_outputs=[${names.map((n) => (n === null ? 'None' : JSON.stringify(n))).join(', ')}]`]
        : []
    const list = [
      ...v.operands.map((x) => this.value(x, null, isLeft)),
      ...named,
      ...others,
      ...(domain ? [`_domain=${JSON.stringify(domain)}`] : []),
      ...outputs,
    ]
    const made = `op.${operatorOf(v.kind)}(${list.join(', ')})`
    if (!v.maybe) return made
    return `pattern.OrValue([${made}, ${this.value(v.operands[0]!, null, isLeft)}])`
  }

  private attribute(v: CallGraph, name: string, a: AttributeGraph, isLeft: boolean): string[] {
    if ('absent' in a) {
      const node = pythonName(this.nodes.get(v) ?? '')
      // Of a form that was not taken it is None.
      const isTaken = this.isForm(v) ? `${node} is None or ` : ''
      const check = `${JSON.stringify(name)} not in ${node}.producer().attributes`
      this.checks.push(isTaken === '' ? check : `(${isTaken}${check})`)
      return []
    }
    if ('variable' in a) {
      const isOptional = a.optional === true
      if (isOptional && isLeft) return [`${name}=pattern.AttrVar(${JSON.stringify(a.variable)}, can_match_none=True)`]
      return [`${name}=${pythonName(a.variable)}`]
    }
    const type = isLeft ? undefined : this.schemas?.of(v.kind)?.attributes[name]?.type
    if ('computed' in a) {
      const text = this.term(() => pythonTerm(a.computed), printTerm(a.computed))
      return [`${name}=${type === 'FLOAT' ? `float(${text})` : text}`]
    }
    if (isLeft && this.schemas?.of(v.kind)?.attributes[name]?.default !== undefined)
      this.notes.missing(`${v.kind} that leaves ${name} to its default: onnxscript matches it only where it is given`)
    return [`${name}=${(type?.startsWith('FLOAT') ? pythonFloat : pythonLiteral)(a.literal)}`]
  }

  /** Whether it is one of several forms, or in one. */
  private isForm(call: CallGraph): boolean {
    const within = (v: ValueGraph, form: boolean): boolean => {
      if (v.type === 'either') return v.of.some((x) => within(x, true))
      if (v.type !== 'call') return false
      return (v === call && form) || v.operands.some((x) => within(x, form || v.maybe === true))
    }
    return this.rule.left.some((s) => within(s.value, false))
  }

  /** Attributes of a matched layer, but for those that are named. */
  private passedOn(v: CallGraph): string {
    const node = pythonName(this.others.get(v.otherAttributes!) ?? '')
    const named = Object.keys(v.attributes).map((n) => JSON.stringify(n))
    const all = `${node}.producer().attributes`
    return named.length === 0 ? `**${all}` : `**{k: a for k, a in ${all}.items() if k not in [${named.join(', ')}]}`
  }

  private replacement({ right }: Outcome): void {
    const bound = [...this.freeNames(), ...this.variables()].map(pythonName)
    const more = [...definedNames(this.rule.left), ...this.innerNodes(), ...this.optionals()].map(
      (n) => `${pythonName(n)}=None`,
    )
    this.w.line(`def ${this.name}_replacement(${['op', ...bound, ...more, '**_'].join(', ')}):`)
    const results: string[] = []
    for (const s of right) {
      if (s.folded)
        this.notes.missing(
          `${s.names.join(', ')} is worked out at once: there it becomes layers, which constant folding takes`,
        )
      const names = s.names.map((n) =>
        n === null ? '_' : definedNames(this.rule.left).has(n) ? `new_${n}` : pythonName(n),
      )
      if (s.value.type === 'call' && this.leavesOut(s.value, s.names))
        this.notes.missing(`results of ${s.value.kind} that are left out: there it has them, and nobody takes them`)
      const value = this.value(s.value, null, false)
      const many = s.names.length > 1 ? value.replace(/\)$/, `, _outputs=${s.names.length})`) : value
      this.w.line(`${names.join(', ')} = ${many}`, 1)
    }
    for (const n of definedNames(this.rule.left)) if (definedNames(right).has(n)) results.push(`new_${n}`)
    this.w.line(`return ${results.join(', ')}`, 1)
  }

  /** Whether results are not given that nobody asks for. */
  private leavesOut({ kind }: CallGraph, names: readonly (string | null)[]): boolean {
    const schema = this.schemas?.of(kind)
    return names.some((n, i) => mayLeaveOut(schema, i) && (n === null || definedNames(this.rule.left).has(n)))
  }

  private innerNodes(): string[] {
    const defined = definedNames(this.rule.left)
    return [...this.nodes.values()].filter((n) => !defined.has(n))
  }

  /** Operands and attributes that may be absent. */
  private optionals(): string[] {
    const attributes = callsIn(this.rule.left).flatMap((c) => Object.values(c.attributes))
    const found = new Set(attributes.flatMap((a) => ('variable' in a && a.optional ? [a.variable] : [])))
    const visit = (v: ValueGraph): void => {
      if (v.type === 'name' && v.optional) found.add(v.name)
      if (v.type === 'either') v.of.forEach(visit)
      if (v.type === 'call') v.operands.forEach(visit)
    }
    for (const s of this.rule.left) visit(s.value)
    return [...found]
  }

  private condition(): void {
    const bound = [
      ...this.freeNames(),
      ...this.variables(),
      ...definedNames(this.rule.left),
      ...this.innerNodes(),
      ...this.optionals(),
    ]
    this.w.line(
      `def ${this.name}_condition(${['context', ...bound.map((n) => `${pythonName(n)}=None`), '**_'].join(', ')}):`,
    )
    const checks = [...this.checks, ...this.constants().map((n) => `${pythonName(n)}.const_value is not None`)]
    for (const c of this.rule.where) {
      try {
        checks.push(pythonCondition(c))
      } catch (error) {
        if (!(error instanceof NoPython)) throw error
        this.lose(`where ${conditionText(c)}`)
      }
    }
    if (this.isRefused) return this.w.line('return False  # See above: not all of the rule can be said here.', 1)
    if (checks.length === 0) return this.w.line('return True', 1)
    this.w.line('try:', 1)
    this.w.line(`return ${checks.length === 1 ? `bool(${checks[0]})` : `all([${checks.join(', ')}])`}`, 2)
    this.w.line('except (AttributeError, IndexError, TypeError):', 1)
    this.w.line('return False  # Something is not known.', 2)
  }

  private constants(): string[] {
    const found = new Set<string>()
    const visit = (v: ValueGraph): void => {
      if (v.type === 'name' && v.constant) found.add(v.name)
      if (v.type === 'either') v.of.forEach(visit)
      if (v.type === 'call') v.operands.forEach(visit)
    }
    for (const s of this.rule.left) visit(s.value)
    return [...found]
  }
}
