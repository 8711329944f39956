/** What names stand for in files of Python: functions, classes, what classes hold, and what other files bring along. */
import type { PythonFile } from './python-file'
import { childrenOf } from './syntax'
import type { SyntaxNode } from './syntax'
import type { ClassValue, FunctionValue, Value } from './values'

/** Another file by the name of its module; null for one that is not at hand. */
export type OtherFile = (module: string) => PythonFile | null

interface Parameter {
  readonly name: string
  readonly kind: 'any' | 'named' | '*' | '**'
  readonly otherwise: SyntaxNode | null
}

export interface InClass {
  readonly node: SyntaxNode
  readonly owner: ClassValue
  readonly isStatic: boolean
}

type InFile =
  | { readonly type: 'known'; readonly is: Value }
  | { readonly type: 'value'; readonly file: PythonFile; readonly node: SyntaxNode }

const MOST_BASES = 8

export class Names {
  constructor(
    readonly file: PythonFile,
    private readonly other: OtherFile,
    private readonly fresh: (wanted: string) => string,
  ) {}

  get top(): SyntaxNode {
    return this.file.top
  }

  textOf(node: SyntaxNode, file = this.file): string {
    return file.text(node)
  }

  private readonly parameters = new Map<string, string>()

  /** A parameter of the pattern as the rule calls it. */
  parameterName(name: string): string {
    let found = this.parameters.get(name)
    if (found === undefined) this.parameters.set(name, (found = this.fresh(name)))
    return found
  }

  parametersOf(f: FunctionValue): Parameter[] {
    const found: Parameter[] = []
    const parts = childrenOf(f.node.getChild('ParamList')).filter((n) => n.name !== 'Comment' && n.name !== 'TypeDef')
    let kind: Parameter['kind'] = 'any'
    for (let i = 0; i < parts.length; i++) {
      const node = parts[i]!
      if (node.name === '*') kind = parts[i + 1]?.name === 'VariableName' ? '*' : 'named'
      else if (node.name === '**') kind = '**'
      else if (node.name === 'VariableName') {
        const hasDefault = parts[i + 1]?.name === 'AssignOp'
        found.push({ name: f.file.text(node), kind, otherwise: hasDefault ? parts[i + 2]! : null })
        if (hasDefault) i += 2
        if (kind === '*') kind = 'named'
      }
    }
    return found
  }

  /** A method, or what a class or one that it builds on gives a name. */
  inClass(owner: ClassValue, name: string, depth = 0): InClass | null {
    for (const node of childrenOf(owner.node.getChild('Body'))) {
      const inner = node.name === 'DecoratedStatement' ? childrenOf(node).at(-1)! : node
      const isStatic = inner !== node && /@staticmethod/.test(owner.file.text(node).split('def ')[0]!)
      const target = inner.name === 'AssignStatement' ? inner.firstChild! : inner.getChild('VariableName')
      if (inner.name !== 'FunctionDefinition' && inner.name !== 'AssignStatement') continue
      if (!target || owner.file.text(target) !== name) continue
      const found = inner.name === 'AssignStatement' ? inner.lastChild! : inner
      return { node: found, owner, isStatic }
    }
    return depth < MOST_BASES ? this.inBases(owner, name, depth) : null
  }

  inBases(owner: ClassValue, name: string, depth = 0): InClass | null {
    for (const base of childrenOf(owner.node.getChild('ArgList')).filter((n) => n.name === 'VariableName')) {
      const found = this.inFile(owner.file, owner.file.text(base))
      const known =
        found?.type === 'known' && found.is.type === 'class' ? this.inClass(found.is, name, depth + 1) : null
      if (known) return known
    }
    return null
  }

  /** A function, a class, a constant of a file, or what it imports; null for a name that nothing has. */
  inFile(file: PythonFile, name: string): InFile | null {
    const own = this.defined(file, name)
    if (own) return own
    const imported = file.imported(name)
    if (imported && !KNOWN.has(imported.name)) {
      const from = imported.module === null ? null : this.other(imported.module)
      const found = from && this.defined(from, imported.name)
      if (found) return found
    }
    if (imported) return { type: 'known', is: { type: 'builtin', name: imported.name } }
    return KNOWN.has(name) ? { type: 'known', is: { type: 'builtin', name } } : null
  }

  private defined(file: PythonFile, name: string): InFile | null {
    const f = file.functions.get(name)
    if (f) return { type: 'known', is: { type: 'function', file, node: f, scope: null, self: null, owner: null } }
    const node = file.classes.get(name)
    if (node) return { type: 'known', is: { type: 'class', file, node } }
    const constant = file.moduleConstant(name)
    return constant && { type: 'value', file, node: constant }
  }
}

/** What Python and onnxscript bring along, also where a file does not say that it imports it. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'abs all any bool dict enumerate float frozenset getattr int isinstance len list max min range reversed set sum super tuple zip str ' +
    'ir onnx_ir np numpy math functools sys pattern orp ir_utils _ir_utils onnxscript ' +
    'MatchResult RewriteRuleClassBase OrValue get_numpy_value get_const_value get_const_tensor get_singleton_value is_singleton_value ' +
    'is_1d_value has_rank get_dim same_shape same_dim'
  ).split(' '),
)
