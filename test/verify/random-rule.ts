/** A rule of a skeleton: its right side is the left one with a change, which may keep what it computes and mostly does not. */
import type { Draw } from '../../src/verify/instances/draw'
import { ATTRIBUTES, drawAttribute, nameOf, resultsOf } from './random-skeleton'
import type { Node, Skeleton } from './random-skeleton'

/** Operators that are put in each other's place. */
const ALIKE: readonly (readonly string[])[] = [
  ['Relu', 'Abs', 'Identity', 'Neg', 'Sigmoid', 'Floor', 'Sign'],
  ['Add', 'Sum', 'Sub', 'Max'],
  ['Mul', 'Div', 'Min', 'Pow'],
  ['Max', 'Min', 'Sum', 'Mean'],
  ['Softmax', 'LogSoftmax', 'Hardmax'],
  ['ReduceSum', 'ReduceMean', 'ReduceMax'],
  ['LeakyRelu', 'Elu', 'Celu', 'Swish'],
  ['Squeeze', 'Unsqueeze'],
  ['Reshape', 'Expand'],
  ['MatMul', 'Gemm'],
]

/** @returns text, and whether it claims to be exact */
export function drawRule(k: Skeleton, d: Draw, name: string): { readonly text: string; readonly exact: boolean } {
  const style = new Style(k, d)
  const last = k.nodes.length - 1
  const left = k.nodes.map((n, i) => style.line(n, i, true))
  const changed = d.chance(0.3) ? change(change(k.nodes, d), d) : change(k.nodes, d)
  const right = changed.map((n, i) => style.line(n, i, false))
  // Values in between are the right side's own, mostly: else they take the place of the left's.
  const own = d.chance(0.8) ? right.map((line) => withOwnNames(line, last)) : right
  const where = conditions(k, d)
  const exact = d.chance(0.3)
  const text = [
    `rule "${name}"${exact ? ' exact' : ''}`,
    ...left,
    '=>',
    ...own,
    ...(where.length > 0 ? [`where ${where.join(', ')}`] : []),
  ]
  return { text: text.join('\n'), exact }
}

const withOwnNames = (line: string, last: number): string =>
  line.replace(/\bv(\d+)((?:_\d)?)\b/g, (all, node: string, of: string) =>
    Number(node) === last ? all : `r${node}${of}`,
  )

function change(nodes: readonly Node[], d: Draw): readonly Node[] {
  const at = d.int(0, nodes.length - 1)
  const node = nodes[at]!
  const [a, b, ...more] = node.operands
  switch (d.int(0, 4)) {
    case 0:
    case 1: {
      const alike = ALIKE.find((kinds) => kinds.includes(node.kind))
      return alike ? nodes.with(at, { ...node, kind: d.pick(alike) }) : nodes
    }
    case 2:
      return a && b ? nodes.with(at, { ...node, operands: [b, a, ...more] }) : nodes
    case 3: {
      const before = nodes[at - 1]
      if (!before || before.results !== node.results) return nodes
      return nodes.with(at - 1, { ...before, kind: node.kind }).with(at, { ...node, kind: before.kind })
    }
    default: {
      const operands = node.operands.map((o) => (o.type === 'number' ? { ...o, value: d.pick([0, 1, 2, 0.5]) } : o))
      return nodes.with(at, { ...node, operands })
    }
  }
}

/** How each attribute, constant and list of a rule is written: the same on both sides. */
class Style {
  private readonly attributes = new Map<string, string>()
  private readonly loose = new Set<string>()

  constructor(k: Skeleton, d: Draw) {
    k.nodes.forEach(({ kind }, i) => {
      if (d.chance(0.3)) this.attributes.set(`${i}`, `...$at${i}`)
      for (const name of ATTRIBUTES[kind] ?? []) {
        const literal = drawAttribute(name, kind, 2, d)
        const variable = `$${name}${i}`
        this.attributes.set(`${i}.${name}`, d.pick([`${variable}?`, `${variable}?`, variable, '', literal ?? variable]))
      }
    })
    for (let i = 0; i < 10; i++) for (const of of ['c', 'l']) if (d.chance(0.35)) this.loose.add(`${of}${i}`)
  }

  line(node: Node, index: number, isLeft: boolean): string {
    const all = this.attributes.get(`${index}`)
    const named = (ATTRIBUTES[node.kind] ?? []).flatMap((name) => {
      const written = this.attributes.get(`${index}.${name}`) ?? `$${name}${index}?`
      return written === '' ? [] : [`${name}=${written}`]
    })
    const attributes = all !== undefined && (ATTRIBUTES[node.kind] ?? []).length > 0 ? [all] : named
    const operands = node.operands.map((o) => {
      const name = nameOf(o, [])
      const isHeld = (o.type === 'constant' || o.type === 'list') && isLeft && !this.loose.has(name)
      return isHeld ? `@${name}` : name
    })
    const brackets = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
    return `${resultsOf(node, index).join(', ')} = ${node.kind}${brackets}(${operands.join(', ')})`
  }
}

function conditions(k: Skeleton, d: Draw): string[] {
  const used = k.nodes.flatMap((n) => n.operands)
  const inputs = Array.from({ length: k.inputs }, (_, i) => `x${i}`)
  const constants = new Set(used.flatMap((o) => (o.type === 'constant' ? [`c${o.index}`] : [])))
  const found: string[] = []
  if (d.chance(0.3)) found.push(d.pick(['x0.dtype == float32', 'x0.rank == 2', 'x0.rank >= 2']))
  for (const c of constants)
    if (d.chance(0.5))
      found.push(
        d.pick([
          `${c}.value == ${d.int(0, 2)}`,
          `${c}.size == 1`,
          `${c}.rank == 0`,
          `not ${c}.value == 0`,
          `all(${c}.value == 1)`,
        ]),
      )
  const [first, second] = inputs
  if (second && d.chance(0.4))
    found.push(d.pick([`${first}.shape == ${second}.shape`, `${first}.rank == ${second}.rank`]))
  return found
}
