/** A file of Python: its functions and classes, and what stands in them. */
import { parser } from '@lezer/python'
import { childrenOf } from './syntax'
import type { SyntaxNode } from './syntax'

export class PythonFile {
  readonly functions = new Map<string, SyntaxNode>()
  readonly classes = new Map<string, SyntaxNode>()
  readonly top: SyntaxNode

  constructor(private readonly source: string) {
    this.top = parser.parse(source).topNode
    for (const node of childrenOf(this.top)) {
      const inner = node.name === 'DecoratedStatement' ? childrenOf(node).at(-1)! : node
      const name = inner.getChild('VariableName')
      if (inner.name === 'FunctionDefinition' && name) this.functions.set(this.text(name), inner)
      if (inner.name === 'ClassDefinition' && name) this.classes.set(this.text(name), inner)
    }
  }

  /** Methods, those of classes that it builds on in this file included. */
  methodsOf(node: SyntaxNode, depth = 0): Map<string, SyntaxNode> {
    const methods = new Map<string, SyntaxNode>()
    const bases = childrenOf(node.getChild('ArgList')).filter((n) => n.name === 'VariableName')
    for (const base of bases) {
      const known = this.classes.get(this.text(base))
      if (known && depth < 8) for (const [name, f] of this.methodsOf(known, depth + 1)) methods.set(name, f)
    }
    for (const f of childrenOf(node.getChild('Body'))) {
      const name = f.name === 'FunctionDefinition' ? f.getChild('VariableName') : null
      if (name) methods.set(this.text(name), f)
    }
    return methods
  }

  /** What a class, or one that it builds on, gives a name: `op_type: ClassVar = "Conv"`. null for nothing. */
  constantOf(owner: SyntaxNode | null, name: string, depth = 0): SyntaxNode | null {
    for (const node of childrenOf(owner?.getChild('Body') ?? null)) {
      const target = node.name === 'AssignStatement' ? node.firstChild! : null
      if (target?.name === 'VariableName' && this.text(target) === name) return node.lastChild
    }
    for (const base of childrenOf(owner?.getChild('ArgList') ?? null)) {
      const known = this.classes.get(this.text(base))
      const found = known && depth < 8 ? this.constantOf(known, name, depth + 1) : null
      if (found) return found
    }
    return null
  }

  /** Whether another class of the file builds on it. */
  isBase(name: string): boolean {
    return [...this.classes.values()].some((c) => childrenOf(c.getChild('ArgList')).some((b) => this.text(b) === name))
  }

  text(node: SyntaxNode): string {
    return this.source.slice(node.from, node.to)
  }
  line(node: SyntaxNode): number {
    return this.source.slice(0, node.from).split('\n').length
  }

  /** Positional and keyword arguments of a call. */
  arguments(call: SyntaxNode): { given: SyntaxNode[]; named: Map<string, SyntaxNode> } {
    const given: SyntaxNode[] = []
    const named = new Map<string, SyntaxNode>()
    const parts = childrenOf(call.getChild('ArgList')).filter((n) => !/^[(),]$/.test(n.name) && n.name !== 'Comment')
    for (let i = 0; i < parts.length; i++) {
      const node = parts[i]!
      if (parts[i + 1]?.name === 'AssignOp') {
        named.set(this.text(node), parts[i + 2]!)
        i += 2
      } else given.push(node)
    }
    return { given, named }
  }

  /** The name that a call's result is given; null for none. */
  assignedName(call: SyntaxNode): string | null {
    const name = call.parent?.name === 'AssignStatement' ? call.parent.firstChild : null
    return name?.name === 'VariableName' ? this.text(name) : null
  }

  functionName(f: SyntaxNode): string {
    return this.text(f.getChild('VariableName')!)
  }
}
