import type { DType } from '../../store/records'
import type { CallGraph, Condition, Literal, RuleGraph, Term, ValueGraph } from '../graph'
import { callsIn, definedNames, namesIn } from '../graph'
import { printCondition, printValue } from '../print'
import { pascal, pythonLiteral, pythonName, pythonNumber, unplacedFacts, Writer } from './writer'
import type { Written } from './writer'

/** Takes an attribute of a layer that is made; undefined for one that is not given. What is not taken cannot be said. */
type Take = (name: string) => Literal | undefined

/** What makes a layer of a kind, in the module's functionals; null where these cannot say it. */
const FUNCTIONALS: Readonly<Record<string, (operands: readonly string[], take: Take) => string | null>> = {
  ELEMENTWISE: ([a, b], take) => `elementwise_binary(${a}, ${b}, trt.ElementWiseOperation.${word(take('op'))})`,
  UNARY: ([x], take) => `unary(${x}, trt.UnaryOperation.${word(take('op'))})`,
  ACTIVATION: ([x], take) => `activation(${x}, trt.ActivationType.${word(take('type'))})`,
  MATRIX_MULTIPLY: ([a, b], take) => {
    const [first, second] = [take('op0') ?? 'NONE', take('op1') ?? 'NONE']
    if (![first, second].every((op) => op === 'NONE' || op === 'TRANSPOSE')) return null
    const turned = [first === 'TRANSPOSE' && 'transa=True', second === 'TRANSPOSE' && 'transb=True']
    // By default half floats are cast, and there are three layers more.
    return `matmul(${[a, b, ...turned.filter((t) => t !== false), 'use_fp32_acc=False'].join(', ')})`
  },
  SOFTMAX: ([x], take) => {
    const dim = Math.log2(Number(take('axes')))
    return Number.isInteger(dim) ? `softmax(${x}, dim=${dim})` : null
  },
  SELECT: ([c, a, b]) => `where(${c}, ${a}, ${b})`,
  CONCATENATION: (operands, take) => `concat([${operands.join(', ')}], dim=${word(take('axis') ?? 0)})`,
}

const word = (x: Literal | undefined): string => String(x)

const FUNCTIONS = ['activation', 'concat', 'elementwise_binary', 'matmul', 'softmax', 'unary', 'where']

/** What TensorRT calls the types of values. */
const DATA_TYPES: Readonly<Partial<Record<DType, string>>> = {
  float32: 'FLOAT',
  float16: 'HALF',
  bfloat16: 'BF16',
  int8: 'INT8',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  bool: 'BOOL',
}

/** The enumeration that an attribute's words are of. */
const ENUMERATIONS: Readonly<Record<string, string>> = {
  'ELEMENTWISE.op': 'ElementWiseOperation',
  'UNARY.op': 'UnaryOperation',
  'REDUCE.op': 'ReduceOperation',
  'TOPK.op': 'TopKOperation',
  'ACTIVATION.type': 'ActivationType',
  'POOLING.type': 'PoolingType',
  'MATRIX_MULTIPLY.op0': 'MatrixOperation',
  'MATRIX_MULTIPLY.op1': 'MatrixOperation',
  'GATHER.mode': 'GatherMode',
  'SCATTER.mode': 'ScatterMode',
}

/** Layers whose operands may be swapped. */
const SWAPS: ReadonlySet<string> = new Set(['SUM', 'PROD', 'MAX', 'MIN', 'AND', 'OR', 'XOR', 'EQUAL'])

/** A PatternRewriter of TensorRT-LLM in its four stages, for rules of the TensorRT dialect. */
export function tensorrtOf(rule: RuleGraph): Written {
  const w = new Writer('#')
  const kinds = callsIn(rule.left).map((c) => c.kind)
  const onnx = kinds.find((k) => k !== k.toUpperCase())
  if (onnx !== undefined)
    w.missing(`the rule is one of ONNX operators (${onnx}): TensorRT-LLM has layers of TensorRT, as ELEMENTWISE`)
  else new RewriterClass(rule, w).write()
  for (const fact of unplacedFacts(rule, false)) w.missing(fact)
  return w.written([`${rule.name}, a rule of Graft for TensorRT-LLM's graph rewriting.`])
}

class RewriterClass {
  private readonly layers = new Map<CallGraph, string>()
  private readonly values = new Set<string>()
  /** Values of the right side that are made already. */
  private readonly new = new Set<string>()
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
    for (const { kind, attributes, ordered } of callsIn(left)) {
      const { op } = attributes
      if (kind === 'ELEMENTWISE' && !ordered && op && 'literal' in op && SWAPS.has(String(op.literal)))
        this.w.missing(`operands of ${kind}<op=${JSON.stringify(op.literal)}> in the other order`)
    }
    const replaced = root.names[0] ?? 'y'
    if (root.value.type === 'call') this.walk(root.value, 'layer')
    for (const c of where) this.condition(c)
    const { w } = this
    this.checks.push(
      '# replace_all_uses_with leaves outputs of the network as they are.',
      'if layer.get_outputs(0)[0].trt_tensor.is_network_output:',
      '    return False',
    )
    w.missing('a value that is an output of the network is not replaced')
    const made = right.map((s) => {
      if (namesIn(s.value).includes(replaced) && !this.new.has(replaced))
        this.lose(`${replaced} on the right: what takes its place would be its own operand`)
      const line = `${s.names.map((n) => `new_${n ?? 'value'}`).join(', ')} = ${this.made(s.value)}`
      for (const n of s.names) if (n !== null) this.new.add(n)
      return line
    })
    const used = FUNCTIONS.filter((f) => made.some((line) => line.includes(`${f}(`)))
    w.line('import tensorrt as trt')
    if (used.length > 0) w.line(`from tensorrt_llm.functional import ${used.join(', ')}`)
    w.line('from tensorrt_llm.graph_rewriting import Layer, PatternRewriter')
    w.line('from tensorrt_llm.network import net_guard')
    w.line()
    w.line()
    if (this.checks.some((line) => line.includes('_type_of('))) {
      w.line('def _type_of(layer):')
      w.line('# Once as_layer() was called, layer.type may be that of its own class, as an ActivationType.', 1)
      w.line('return trt.ILayer.type.__get__(layer.trt_layer)', 1)
      w.line()
      w.line()
    }
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

  /** Types and ranks are what a tensor of the module tells. */
  private condition(c: Condition): void {
    const test = c.type === 'compare' ? this.test(c) : null
    if (test === null) return this.lose(`where ${printCondition(c)}`)
    this.checks.push(`if not ${test}:`, '    return False')
  }

  private test({ op, left, right }: Extract<Condition, { type: 'compare' }>): string | null {
    if (left.type !== 'property' || left.index !== undefined || !this.values.has(left.of)) return null
    const words = op === 'in' ? (right.type === 'list' ? right.of : null) : [right]
    const wanted = words?.map((t) => wordOf(left.name, t)) ?? []
    if (wanted.length === 0 || wanted.includes(null) || (left.name === 'dtype' && !/^(==|!=|in)$/.test(op))) return null
    const of = `${pythonName(left.of)}.${left.name === 'dtype' ? 'dtype' : 'rank()'}`
    return op === 'in' ? `${of} in [${wanted.join(', ')}]` : `${of} ${op} ${wanted[0]}`
  }

  /** Checks and bindings of a layer and of what stands above it. */
  private walk(v: CallGraph, at: string): void {
    this.layers.set(v, at)
    for (const [name, a] of Object.entries(v.attributes)) {
      const wanted = 'literal' in a ? written(v.kind, name, a.literal) : null
      if (wanted === null) this.lose(`${name} of ${v.kind}`)
      else {
        const found = `${at}.as_layer().${name}`
        // It is held as a float32.
        const differs = /^-?\d+\.\d|e-/.test(wanted) ? `abs(${found} - ${wanted}) > 1e-6` : `${found} != ${wanted}`
        this.checks.push(`if ${differs}:`, '    return False')
      }
    }
    v.operands.forEach((x, i) => this.operand(x, at, i))
  }

  private operand(x: ValueGraph, at: string, i: number): void {
    const input = `${at}.get_inputs(${i})[0]`
    if (x.type === 'call') {
      const name = `${x.kind.toLowerCase()}_${this.layers.size}`
      this.checks.push(
        `${name} = ${input}.get_parent()`,
        `if not isinstance(${name}, Layer) or _type_of(${name}) != trt.LayerType.${x.kind}:`,
        '    return False',
        `if len(${input}.get_users()) != 1 or ${input}.trt_tensor.is_network_output:`,
        '    return False',
      )
      this.collected.push(`${name} = ${input}.get_parent()`)
      return this.walk(x, name)
    }
    if (x.type !== 'name') return this.lose(printValue(x))
    if (x.constant || x.optional) this.lose(printValue(x))
    if (this.values.has(x.name)) {
      this.checks.push(`if ${input}.name != ${pythonName(x.name)}.name:`, '    return False')
      return
    }
    this.values.add(x.name)
    this.checks.push(`${pythonName(x.name)} = ${input}`)
    this.collected.push(`${pythonName(x.name)} = ${input}`)
  }

  private made(v: ValueGraph): string {
    if (v.type === 'name') return this.new.has(v.name) ? `new_${v.name}` : pythonName(v.name)
    if (v.type === 'number') return pythonLiteral(v.value)
    const functional = v.type === 'call' ? FUNCTIONALS[v.kind] : undefined
    if (v.type !== 'call' || !functional) {
      this.lose(`${printValue(v)} on the right: no functional is known for it`)
      return 'None'
    }
    const open = new Map(Object.entries(v.attributes))
    const take: Take = (name) => {
      const a = open.get(name)
      if (!a || !('literal' in a)) return undefined
      open.delete(name)
      return a.literal
    }
    const made = functional(
      v.operands.map((x) => this.made(x)),
      take,
    )
    for (const name of open.keys()) this.lose(`${name} of ${v.kind} on the right`)
    if (made !== null) return made
    this.lose(`${printValue(v)} on the right: no functional says it`)
    return 'None'
  }
}

/** What a type or a rank is compared with; null for what has no plain form in Python. */
function wordOf(property: string, t: Term): string | null {
  if (t.type !== 'literal') return null
  if (property === 'rank') return typeof t.value === 'number' ? pythonNumber(t.value) : null
  const type = property === 'dtype' ? DATA_TYPES[t.value as DType] : undefined
  return type === undefined ? null : `trt.DataType.${type}`
}

/** What an attribute of a TensorRT layer is compared with; null for what has no plain form in Python. */
function written(kind: string, name: string, value: Literal): string | null {
  if (typeof value === 'string') {
    const enumeration = ENUMERATIONS[`${kind}.${name}`]
    return enumeration === undefined ? null : `trt.${enumeration}.${value}`
  }
  if (typeof value === 'object') return null
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : pythonNumber(value)
}
