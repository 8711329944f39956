/** A network of the layers of a skeleton, in text: types, shapes, numbers and attributes are drawn. */
import type { Draw } from '../../src/verify/instances/draw'
import { ATTRIBUTES, drawAttribute, nameOf, resultsOf } from './random-skeleton'
import type { ListUse, Skeleton } from './random-skeleton'

export function drawNetwork(k: Skeleton, d: Draw): string {
  const dtype = d.pick(['float32', 'float32', 'float32', 'float64', 'float16', 'int32', 'int64'])
  const dims = Array.from({ length: d.int(0, 4) }, () => d.pick([1, 2, 3, 4, 2]))
  const lines = [...inputs(k, dtype, dims, d), ...constants(k, dtype, dims, d), ...lists(k, dims, d)]
  const { nodes } = k
  nodes.forEach((n, i) => {
    const attributes = (ATTRIBUTES[n.kind] ?? []).flatMap((name) => {
      const value = drawAttribute(name, n.kind, dims.length, d)
      return value === null ? [] : [`${name}=${value}`]
    })
    const brackets = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
    lines.push(
      `${resultsOf(n, i).join(', ')} = ${n.kind}${brackets}(${n.operands.map((o) => nameOf(o, nodes)).join(', ')})`,
    )
  })
  const last = nodes.length - 1
  const given = [...resultsOf(nodes[last]!, last)]
  if (last > 0 && d.chance(0.1)) given.push(resultsOf(nodes[last - 1]!, last - 1)[0]!)
  return [...lines, `out ${given.join(', ')}`].join('\n')
}

/** The same shape, or one that broadcasts with it, mostly. */
function beside(dims: readonly number[], d: Draw): readonly number[] {
  const choice = d.int(0, 9)
  if (choice < 5) return dims
  if (choice < 7) return dims.map((n) => (d.chance(0.4) ? 1 : n))
  if (choice < 8) return dims.slice(d.int(0, dims.length))
  return choice < 9 ? [] : [d.int(1, 2), ...dims]
}

function inputs(k: Skeleton, dtype: string, dims: readonly number[], d: Draw): string[] {
  const hasNames = d.chance(0.15)
  return Array.from({ length: k.inputs }, (_, i) => {
    const shape = i === 0 ? dims : beside(dims, d)
    const named = shape.map((n) =>
      hasNames && n !== 1 && d.chance(0.5) ? (d.chance(0.6) ? `S${n}` : `B${i}_${n}`) : n,
    )
    return `in x${i} ${dtype}[${named.join()}]`
  })
}

function constants(k: Skeleton, dtype: string, dims: readonly number[], d: Draw): string[] {
  const used = new Set(k.nodes.flatMap((n) => n.operands.flatMap((o) => (o.type === 'constant' ? [o.index] : []))))
  const numbers = dtype.startsWith('float') ? [0, 1, -1, 0.5, 2, 1.5, -0.7, 1] : [0, 1, 2, 3, -1]
  return [...used].map((i) => {
    const shape = i === 7 ? [] : i === 8 ? dims.slice(-1) : d.chance(0.3) ? d.pick([[], [1], [1, 1]]) : beside(dims, d)
    const same = d.chance(0.4) ? d.pick(numbers) : null
    const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => same ?? d.pick(numbers))
    return `const c${i} ${dtype}[${shape.join()}] = ${values.join(' ')}`
  })
}

function lists(k: Skeleton, dims: readonly number[], d: Draw): string[] {
  const rank = dims.length
  const drawn: Readonly<Record<ListUse, () => readonly number[]>> = {
    axes: () => [rank === 0 ? 0 : d.int(-rank, rank - 1)],
    sizes: () =>
      d.pick([[-1], [0, -1], dims.length > 0 ? dims : [1], [1, -1], dims.length > 0 ? dims.toReversed() : [1]]),
    start: () => [d.int(-2, 1)],
    end: () => [d.pick([1, 2, 9, -1, 2147483647])],
    step: () => [d.pick([1, 1, 2, -1])],
  }
  return k.lists.map((use, i) => {
    const values = drawn[use]()
    return d.chance(0.08)
      ? `in l${i} int64[${values.length}]`
      : `const l${i} int64[${values.length}] = ${values.join(' ')}`
  })
}
