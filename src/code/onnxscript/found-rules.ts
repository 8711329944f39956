/** The rules of a file of Python, as it makes them: classes, and calls with functions. */
import type { FoundRule } from './follow-rule'
import { Interpreter } from './interpreter'
import { LeftSide } from './layers'
import { Names } from './names'
import type { OtherFile } from './names'
import type { PythonFile } from './python-file'
import { argumentNodes, callsIn, childrenOf, Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import type { Arguments, ClassValue, FunctionValue, Value } from './values'

export interface NotFound {
  readonly rule: string
  readonly at: SyntaxNode
  readonly what: string
}

/** An object of a class, and what it is made of. */
interface FoundObject {
  readonly of: Arguments
  readonly at: SyntaxNode
  readonly title: string
}

export function* foundRules(file: PythonFile, other: OtherFile, note: (n: NotFound) => void): Generator<FoundRule> {
  const finder = new Finder(file, other, note)
  yield* finder.ofClasses()
  yield* finder.ofCalls()
}

class Finder {
  private readonly names: Names

  constructor(
    private readonly file: PythonFile,
    other: OtherFile,
    private readonly note: (n: NotFound) => void,
  ) {
    this.names = new Names(file, other, (x) => x)
  }

  *ofClasses(): Generator<FoundRule> {
    for (const [name, node] of this.file.classes) {
      const owner: ClassValue = { type: 'class', file: this.file, node }
      const [pattern, rewrite, check] = ['pattern', 'rewrite', 'check'].map((m) => this.method(owner, m))
      if (!pattern && !rewrite) continue
      if (!pattern || !rewrite) {
        // A class that others build on has one of them.
        if (!this.file.isBase(name))
          this.note({ rule: name, at: node, what: `it has no ${pattern ? 'rewrite' : 'pattern'} of its own` })
        continue
      }
      if (this.file.isBase(name) && this.isMadeOfOthers(name)) continue
      for (const { of, at, title } of this.objectsOf(owner, name))
        yield { name: title, pattern, rewrite, check: check ?? null, made: { owner, of, at } }
    }
  }

  private method(owner: ClassValue, name: string): FunctionValue | null {
    const found = this.names.inClass(owner, name)
    if (found?.node.name !== 'FunctionDefinition') return null
    return { type: 'function', file: found.owner.file, node: found.node, scope: null, self: null, owner: found.owner }
  }

  /** The file makes objects of classes that build on it, and none of it. */
  private isMadeOfOthers(name: string): boolean {
    const made = callsIn(this.file.top).map((call) => this.file.text(call.firstChild!))
    return made.some((callee) => callee.endsWith('.rule')) && !made.includes(`${name}.rule`) && !made.includes(name)
  }

  private objectsOf(owner: ClassValue, name: string): readonly FoundObject[] {
    try {
      return [...this.objects(owner, name)]
    } catch (error) {
      if (!(error instanceof Untold)) throw error
      this.note({ rule: name, at: error.at, what: `what objects of it are made of: ${error.what}` })
      return []
    }
  }

  /** The objects that the file makes of a class: one, or one for each of what it is made of (`Fused.rule(op_type)` in a loop). */
  private *objects(owner: ClassValue, name: string): Generator<FoundObject> {
    const init = this.method(owner, '__init__')
    const needed = init
      ? this.names
          .parametersOf(init)
          .slice(1)
          .filter((p) => p.otherwise === null && (p.kind === 'any' || p.kind === 'named'))
      : []
    if (needed.length === 0) return yield { of: { given: [], named: new Map() }, at: owner.node, title: name }
    let isMade = false
    for (const call of callsIn(this.file.top)) {
      const callee = this.file.text(call.firstChild!)
      if (callee !== name && callee !== `${name}.rule`) continue
      const parts = argumentNodes(call, (n) => this.file.text(n))
      const plain = parts.filter((p) => p.name === null)
      if (needed.some((p, i) => i >= plain.length && !parts.some((x) => x.name === p.name))) continue
      for (const values of this.combinations(parts.map((p) => p.value))) {
        isMade = true
        const words = values.flatMap((v) => (v.type === 'string' || v.type === 'number' ? [String(v.value)] : []))
        const named = parts.flatMap((p, i) => (p.name === null ? [] : [[p.name, values[i]!] as const]))
        const of = { given: values.filter((_, i) => parts[i]!.name === null), named: new Map(named) }
        yield { of, at: call, title: [name, ...words].join(' ') }
      }
    }
    if (!isMade) this.note({ rule: name, at: owner.node, what: 'it is not known what objects of it are made of' })
  }

  /** What arguments are, one after the other where a loop around gives them. */
  private combinations(nodes: readonly SyntaxNode[]): Value[][] {
    const values = nodes.map((node) => this.valuesOf(node))
    return values.reduce<Value[][]>((all, of) => all.flatMap((before) => of.map((v) => [...before, v])), [[]])
  }

  private valuesOf(node: SyntaxNode): Value[] {
    const loop = node.name === 'VariableName' ? this.loopOver(node) : null
    const value = this.evaluated(loop ?? node)
    return loop && value.type === 'list' ? value.items : [value]
  }

  /** What a loop around goes through, whose variable this is. */
  private loopOver(node: SyntaxNode): SyntaxNode | null {
    for (let at = node.parent; at; at = at.parent) {
      const parts = childrenOf(at)
      const word = parts.findIndex((n) => n.name === 'for')
      if (word < 0 || !parts[word + 1] || this.file.text(parts[word + 1]!) !== this.file.text(node)) continue
      return parts[word + 3] ?? null
    }
    return null
  }

  private evaluated(node: SyntaxNode): Value {
    const interpreter = new Interpreter(new LeftSide(), this.names)
    const of: FunctionValue = {
      type: 'function',
      file: this.file,
      node: this.file.top,
      scope: null,
      self: null,
      owner: null,
    }
    return interpreter.evaluate(node, { names: new Map(), parent: null, of, depth: 0 })
  }

  /** `RewriteRule(pattern, replacement, check)`, wherever it stands. */
  *ofCalls(): Generator<FoundRule> {
    for (const call of callsIn(this.file.top)) {
      if (!/(^|\.)(RewriteRule|rewrite_rule)$/.test(this.file.text(call.firstChild!))) continue
      const parts = argumentNodes(call, (n) => this.file.text(n))
      const at = (i: number, name: string): SyntaxNode | null => {
        const named = parts.find((p) => p.name === name)
        return (named ?? parts.filter((p) => p.name === null)[i])?.value ?? null
      }
      const [pattern, rewrite] = [
        this.functionOf(at(0, 'target_pattern')),
        this.functionOf(at(1, 'replacement_pattern')),
      ]
      const title = this.file.assignedName(call) ?? (pattern ? pattern.file.functionName(pattern.node) : 'a rule')
      if (!pattern || !rewrite) {
        this.note({ rule: title, at: call, what: 'its pattern or replacement is no function of this file' })
        continue
      }
      const asked = at(2, 'condition_function')
      const check = asked && asked.name !== 'None' ? (this.functionOf(asked) ?? foreign(this.file, asked)) : null
      yield { name: title, pattern, rewrite, check, made: null }
    }
  }

  private functionOf(node: SyntaxNode | null): FunctionValue | null {
    if (node?.name !== 'VariableName') return null
    const found = this.names.inFile(this.file, this.file.text(node))
    return found?.type === 'known' && found.is.type === 'function' ? found.is : null
  }
}

/** A check of a file that is not at hand: what stands there cannot be followed. */
function foreign(file: PythonFile, node: SyntaxNode): FunctionValue {
  return { type: 'function', file, node, scope: null, self: null, owner: null }
}
