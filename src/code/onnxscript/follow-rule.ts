/** One rule in Python as the text of a rule: its pattern once, its check and its replacement every way that they go. */
import { all, anyOfMany, isTrue, TRUE, written } from './conditions'
import type { Condition } from './conditions'
import { Interpreter, RULE_NAME } from './interpreter'
import { LeftSide, rightLines } from './layers'
import type { Operand } from './layers'
import { Failed } from './machine'
import { Names } from './names'
import type { OtherFile } from './names'
import type { PythonFile } from './python-file'
import { Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { operandOf } from './tensors'
import { NONE } from './values'
import type { Arguments, ClassValue, FunctionValue, Value } from './values'

/** A rule as it stands in a file. */
export interface FoundRule {
  readonly name: string
  readonly pattern: FunctionValue
  readonly rewrite: FunctionValue
  readonly check: FunctionValue | null
  /** The class that it is, and what an object of it is made of; null for one that functions make. */
  readonly made: { readonly owner: ClassValue; readonly of: Arguments; readonly at: SyntaxNode } | null
}

export interface FollowedRule {
  readonly name: string
  readonly text: string
  /** Why its check did not come over; then it never fires. */
  readonly unchecked: Untold | null
}

interface Outcome {
  readonly results: readonly Operand[]
  readonly condition: Condition
}

/** @throws Untold where the pattern or the replacement say what a rule cannot */
export function followRule(file: PythonFile, other: OtherFile, found: FoundRule): FollowedRule {
  const whole = new RuleFollower(file, other, found)
  try {
    return { name: whole.title, text: whole.text(whole.outcomes(true), ''), unchecked: null }
  } catch (error) {
    if (!(error instanceof Untold) || whole.phase !== 'check') throw error
    return { name: whole.title, text: withoutCheck(file, other, found, error), unchecked: error }
  }
}

/** The rule as if it had no check, and a condition that never holds. */
function withoutCheck(file: PythonFile, other: OtherFile, found: FoundRule, why: Untold): string {
  const bare = new RuleFollower(file, other, found)
  try {
    return bare.text(bare.outcomes(false), 'opset < 0')
  } catch (error) {
    // What the replacement lacks is what the check would have made.
    throw error instanceof Untold ? why : error
  }
}

class RuleFollower {
  readonly left = new LeftSide()
  phase: 'pattern' | 'check' | 'rewrite' = 'pattern'
  private readonly interpreter: Interpreter

  constructor(
    file: PythonFile,
    other: OtherFile,
    private readonly found: FoundRule,
  ) {
    this.interpreter = new Interpreter(this.left, new Names(file, other, (wanted) => this.left.fresh(wanted)))
    this.pattern()
  }

  private pattern(): void {
    const { interpreter, left, found } = this
    const f = found.pattern
    const names = this.parameters(f).slice(1)
    for (const name of names) interpreter.parameterName(name)
    const [way] = interpreter.explore(() => {
      const given: Value[] = [{ type: 'op' }, ...names.map((name): Value => ({ type: 'parameter', name }))]
      return interpreter.callFunction(this.ofSelf(f), { given, named: new Map() }, f.node)
    })
    const values = !way ? [] : way.result.type === 'list' ? way.result.items : [way.result]
    values.forEach((v, i) => {
      if (v.type !== 'value' || v.of.type !== 'result') throw new Untold('it returns no layer', f.node)
      v.of.of.names[v.of.index] ??= left.fresh(values.length > 1 ? `y${i + 1}` : 'y')
      left.results.push(v.of)
    })
    if (values.length === 0) throw new Untold('it returns nothing', f.node)
    // What this form of the pattern has no use for.
    for (const name of names) if (!interpreter.bindings.has(name)) interpreter.bind(name, NONE)
  }

  private parameters(f: FunctionValue): string[] {
    const all = this.interpreter.parametersOf(f)
    return f.owner ? all.slice(1) : all
  }

  /** A method of an object of its class, which is made anew each time. */
  private ofSelf(f: FunctionValue, self = this.self()): FunctionValue {
    return self === null ? f : { ...f, self }
  }

  private self(): FunctionValue['self'] {
    const { made } = this.found
    return made && this.interpreter.construct(made.owner, made.of, made.at)
  }

  outcomes(withCheck: boolean): Outcome[] {
    const { interpreter, found } = this
    interpreter.side = 'right'
    const endings = interpreter.explore(() => {
      const self = this.self()
      if (withCheck && found.check) {
        this.phase = 'check'
        const held = interpreter.callFunction(
          this.ofSelf(found.check, self),
          this.arguments({ type: 'context' }),
          found.check.node,
        )
        if (!interpreter.decide(interpreter.condition(held, found.check.node))) throw new Failed()
      }
      this.phase = 'rewrite'
      return this.results(
        interpreter.callFunction(this.ofSelf(found.rewrite, self), this.arguments({ type: 'op' }), found.rewrite.node),
      )
    })
    if (endings.length === 0) {
      this.phase = 'check'
      throw new Untold('its check never holds', found.check?.node ?? found.rewrite.node)
    }
    return endings.map(({ conditions, result }) => ({ results: result, condition: all(...conditions) }))
  }

  /** One of several objects of a class goes by the name that it gives itself. */
  get title(): string {
    const { made, name } = this.found
    const own = made && made.of.given.length + made.of.named.size > 0 ? this.self()?.fields.get(RULE_NAME) : null
    return (own?.type === 'string' ? own.value : name).replace(/"/g, "'")
  }

  private arguments(first: Value): Arguments {
    return { given: [first], named: new Map(this.interpreter.bindings) }
  }

  private results(v: Value): Operand[] {
    // It returns None where it does not apply after all.
    if (v.type === 'none') throw new Failed()
    const wanted = this.left.results.length
    const values = v.type === 'list' ? v.items : [v]
    const { node } = this.found.rewrite
    if (values.length !== wanted) throw new Untold(`it gives ${values.length} results for ${wanted}`, node)
    return values.map((x) => operandOf(this.interpreter.sure(x)) ?? fail(new Untold('it gives what is no layer', node)))
  }

  /** One right side for all ways that make the same. */
  text(outcomes: readonly Outcome[], more: string): string {
    const { left, interpreter } = this
    const byLines = new Map<string, Condition[]>()
    for (const { results, condition } of outcomes) {
      const lines = rightLines(left, results, interpreter.hints).join('\n')
      byLines.set(lines, [...(byLines.get(lines) ?? []), condition])
    }
    const sides = [...byLines].map(([lines, ways]) => ({
      lines,
      where: written(ways.some(isTrue) ? TRUE : anyOfMany(ways)),
    }))
    this.markConstants(sides.map((s) => s.where))
    left.nameLost(outcomes.flatMap((o) => o.results))
    const parts = [`rule "${this.title}"`, ...left.lines()]
    for (const { lines, where } of sides) {
      const asked = where.filter((c) => !left.constants.has(constantIn(c) ?? ''))
      const all = [...left.conditions, ...asked, ...(more === '' ? [] : [more])]
      parts.push('=>', lines)
      if (all.length > 0) parts.push(`where ${all.join(',\n      ')}`)
    }
    return parts.join('\n') + '\n'
  }

  /** What has to be a constant whatever becomes of it is one on the left: `@w`. */
  private markConstants(wheres: readonly (readonly string[])[]): void {
    for (const name of (wheres[0] ?? []).map(constantIn)) {
      const isAlways = wheres.every((where) => where.some((c) => constantIn(c) === name))
      if (name !== null && isAlways && this.left.isPlainOperand(name)) this.left.constants.add(name)
    }
  }
}

/** What a condition asks to be a constant, and nothing else. */
function constantIn(condition: string): string | null {
  return /^(?:all\()?(\w+)\.isConstant\)?$/.exec(condition)?.[1] ?? null
}

function fail(error: Error): never {
  throw error
}
