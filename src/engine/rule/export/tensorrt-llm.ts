import type { CallGraph, RuleGraph, ValueGraph } from '../graph'
import { callsIn, definedNames } from '../graph'
import { printCondition, printValue } from '../print'
import { pascal, pythonLiteral, pythonName, Writer } from './writer'
import type { Written } from './writer'

/** What makes a layer of a kind, in the module's functionals. */
const FUNCTIONALS: Readonly<Record<string, (operands: readonly string[], op: string) => string>> = {
  ELEMENTWISE: ([a, b], op) => `elementwise_binary(${a}, ${b}, trt.ElementWiseOperation.${op})`,
  UNARY: ([x], op) => `unary(${x}, trt.UnaryOperation.${op})`,
  ACTIVATION: ([x], op) => `activation(${x}, trt.ActivationType.${op})`,
  MATRIX_MULTIPLY: ([a, b]) => `matmul(${a}, ${b})`,
  SOFTMAX: ([x]) => `softmax(${x})`,
  SELECT: ([c, a, b]) => `where(${c}, ${a}, ${b})`,
  CONCATENATION: (operands) => `concat([${operands.join(', ')}])`,
}

/** Attributes that say which operation a layer is. */
const OPERATION = ['op', 'type', 'activation_type'] as const

/** A PatternRewriter of TensorRT-LLM in its four stages, for rules of the TensorRT dialect. */
export function tensorrtOf(rule: RuleGraph): Written {
  const w = new Writer('#')
  const kinds = callsIn(rule.left).map((c) => c.kind)
  const onnx = kinds.find((k) => k !== k.toUpperCase())
  if (onnx !== undefined)
    w.missing(`the rule is one of ONNX operators (${onnx}): TensorRT-LLM has layers of TensorRT, as ELEMENTWISE`)
  else new RewriterClass(rule, w).write()
  return w.written([`${rule.name}, a rule of Graft for TensorRT-LLM's graph rewriting.`])
}

class RewriterClass {
  private readonly layers = new Map<CallGraph, string>()
  private readonly values = new Set<string>()
  private collected: string[] = []
  private checks: string[] = []
  /** What is lost would make the rule wrong. */
  private isRefused = false

  constructor(
    private readonly rule: RuleGraph,
    private readonly w: Writer,
  ) {}

  write(): void {
    const { left, right, where, name, otherwise } = this.rule
    const root = left.at(-1)!
    if (root.value.type !== 'call' || left.length > 1 || root.names.length !== 1)
      this.lose('several statements, or several results, on the left')
    if (otherwise) this.w.missing('further right sides')
    for (const c of where) this.lose(`where ${printCondition(c)}`)
    if (root.value.type === 'call') this.walk(root.value, 'layer')
    const { w } = this
    const made = right.map((s) => `${s.names.map((n) => `new_${n ?? 'value'}`).join(', ')} = ${this.made(s.value)}`)
    w.line('import tensorrt as trt')
    w.line('from tensorrt_llm.functional import activation, concat, elementwise_binary, matmul, softmax, unary, where')
    w.line('from tensorrt_llm.graph_rewriting import Layer, PatternRewriter')
    w.line('from tensorrt_llm.network import net_guard')
    w.line()
    w.line()
    w.line(`class ${pascal(name)}(PatternRewriter):`)
    w.line('def __init__(self):', 1)
    const kind = root.value.type === 'call' ? root.value.kind : 'ELEMENTWISE'
    w.line(
      `super().__init__(${JSON.stringify(name)}, root_layer={trt.LayerType.${kind}}, seperate_match_rewrite=True)`,
      2,
    )
    w.line()
    w.line('def match(self, layer: Layer) -> bool:', 1)
    for (const line of this.checks) w.line(line, 2)
    w.line(this.isRefused ? 'return False  # See above: not all of the rule can be said here.' : 'return True', 2)
    w.line()
    w.line('def rewrite(self, layer: Layer) -> None:', 1)
    w.line('# Stage 1: the layers of the match and what they take.', 2)
    for (const line of this.collected) w.line(line, 2)
    w.line('# Stage 2: the values that are replaced.', 2)
    const replaced = root.names[0] ?? 'y'
    w.line(`${pythonName(replaced)} = layer.get_outputs(0)[0]`, 2)
    w.line('# Stage 3: what takes their place.', 2)
    w.line('with net_guard(layer.network):', 2)
    for (const line of made) w.line(line, 3)
    w.line('# Stage 4: users go over, and the layer goes.', 3)
    if (definedNames(right).has(replaced)) w.line(`${pythonName(replaced)}.replace_all_uses_with(new_${replaced})`, 3)
    w.line('layer.mark_as_removed()', 3)
  }

  /** The rule would be wrong without this: it is made, and never matches. */
  private lose(what: string): void {
    this.w.missing(`${what}; so it never matches`)
    this.isRefused = true
  }

  /** Checks and bindings of a layer and of what stands above it. */
  private walk(v: CallGraph, at: string): void {
    this.layers.set(v, at)
    for (const [name, a] of Object.entries(v.attributes)) {
      if ('literal' in a && OPERATION.includes(name as never))
        this.checks.push(`if ${at}.as_layer().${name} != ${operation(v.kind, String(a.literal))}:`, '    return False')
      else this.lose(`${name} of ${v.kind}`)
    }
    v.operands.forEach((x, i) => this.operand(x, at, i))
  }

  private operand(x: ValueGraph, at: string, i: number): void {
    const input = `${at}.get_inputs(${i})[0]`
    if (x.type === 'call') {
      const name = `${x.kind.toLowerCase()}_${this.layers.size}`
      this.checks.push(
        `${name} = ${input}.get_parent()`,
        `if not isinstance(${name}, Layer) or ${name}.as_layer().type != trt.LayerType.${x.kind}:`,
        '    return False',
      )
      this.checks.push(`if len(${name}.get_outputs(0)[0].get_users()) != 1:`, '    return False')
      this.collected.push(`${name} = ${input}.get_parent()`)
      return this.walk(x, name)
    }
    if (x.type !== 'name') return this.lose(printValue(x))
    if (x.constant || x.optional) this.lose(printValue(x))
    if (this.values.has(x.name)) {
      this.checks.push(`if ${input}.trt_tensor is not ${pythonName(x.name)}.trt_tensor:`, '    return False')
      return
    }
    this.values.add(x.name)
    this.checks.push(`${pythonName(x.name)} = ${input}`)
    this.collected.push(`${pythonName(x.name)} = ${input}`)
  }

  private made(v: ValueGraph): string {
    if (v.type === 'name') return pythonName(v.name)
    if (v.type === 'number') return pythonLiteral(v.value)
    const functional = v.type === 'call' ? FUNCTIONALS[v.kind] : undefined
    if (v.type !== 'call' || !functional) {
      this.lose(`${printValue(v)} on the right: no functional is known for it`)
      return 'None'
    }
    const op = OPERATION.flatMap((name) => {
      const a = v.attributes[name]
      return a && 'literal' in a ? [String(a.literal)] : []
    })[0]
    return functional(
      v.operands.map((x) => this.made(x)),
      op ?? 'SUM',
    )
  }
}

function operation(kind: string, op: string): string {
  const enumeration =
    kind === 'ELEMENTWISE' ? 'ElementWiseOperation' : kind === 'UNARY' ? 'UnaryOperation' : 'ActivationType'
  return `trt.${enumeration}.${op}`
}
