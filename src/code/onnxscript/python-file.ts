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
    this.imports = this.importsOf()
  }

  /** What the file gives a name at its top: `_MOST = 8`. null for nothing. */
  moduleConstant(name: string): SyntaxNode | null {
    const found = childrenOf(this.top).find(
      (n) => n.name === 'AssignStatement' && n.firstChild?.name === 'VariableName' && this.text(n.firstChild) === name,
    )
    return found?.lastChild ?? null
  }

  /** What `from a.b import name as c`, or `import a.b as c`, brings along; `module` is null for a module itself. */
  imported(name: string): { readonly module: string | null; readonly name: string } | null {
    return this.imports.get(name) ?? null
  }

  private readonly imports: ReadonlyMap<string, { readonly module: string | null; readonly name: string }>

  private importsOf(): Map<string, { module: string | null; name: string }> {
    const found = new Map<string, { module: string | null; name: string }>()
    for (const node of childrenOf(this.top).filter((n) => n.name === 'ImportStatement')) {
      const [, module, names] = /^from\s+([\w.]+)\s+import\s+([^]*)$/.exec(this.text(node)) ?? []
      const [, plain] = /^import\s+([^]*)$/.exec(this.text(node)) ?? []
      for (const part of (names ?? plain ?? '').replace(/[()]|#.*$/gm, '').split(',')) {
        const [, whole, alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?\s*$/.exec(part) ?? []
        if (whole !== undefined)
          found.set(alias ?? whole.split('.')[0]!, { module: module ?? null, name: whole.split('.').at(-1)! })
      }
    }
    return found
  }

  /** Whether another class of the file builds on it. */
  isBase(name: string): boolean {
    return [...this.classes.values()].some((c) => childrenOf(c.getChild('ArgList')).some((b) => this.text(b) === name))
  }

  text(node: SyntaxNode): string {
    return this.source.slice(node.from, node.to)
  }
  /** Whether a part is one of this file. */
  has(node: SyntaxNode): boolean {
    let top = node
    while (top.parent) top = top.parent
    return top.tree === this.top.tree
  }
  line(node: SyntaxNode): number {
    return this.source.slice(0, node.from).split('\n').length
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
