/** `x[i]`, `x[a:b]` */
import { Failed, untold } from './machine'
import type { Machine } from './machine'
import { attributeOf, inputAt } from './members'
import type { SyntaxNode } from './syntax'
import { unsqueezed } from './tensors'
import { asTerm, isSpread, term } from './terms'
import type { Value } from './values'

export function picked(m: Machine, of: Value, at: Value, node: SyntaxNode): Value {
  const list = of.type === 'tensor' ? of.numbers : of
  if (at.type === 'number') {
    if (list?.type === 'list' && !isSpread(list)) return list.items.at(at.value) ?? fail(new Failed())
    if (of.type === 'inputs' && at.value >= 0 && of.from + at.value < of.to) return inputAt(of.of, of.from + at.value)
    if (of.type === 'inputs') throw new Failed()
  }
  if (at.type === 'string' && of.type === 'dictionary') return of.entries.get(at.value) ?? fail(new Failed())
  if (at.type === 'string' && of.type === 'attributes')
    return m.sure(of.set.get(at.value) ?? attributeOf(m, of.of, at.value))
  const [x, i] = [asTerm(of), asTerm(m.sure(at))]
  if (!x || !i || i.is === 'list' || x.is === 'number') throw untold(m, node)
  return term(`${x.text}[${i.text}]`, i.is)
}

export function sliced(m: Machine, of: Value, from: Value | undefined, to: Value | undefined, node: SyntaxNode): Value {
  const isPlain = (v: Value | undefined): v is Extract<Value, { type: 'number' }> | undefined =>
    v === undefined || v.type === 'number'
  if (isPlain(from) && isPlain(to)) {
    if (of.type === 'list' && !isSpread(of))
      return { type: 'list', items: of.items.slice(from?.value, to?.value), depth: m.depth }
    if (of.type === 'inputs' && !to && from && from.value >= 0)
      return { ...of, from: Math.min(of.to, of.from + from.value) }
    if (of.type === 'inputs' && !from && to && to.value < 0) return { ...of, to: Math.max(of.from, of.to + to.value) }
  }
  const x = asTerm(of)
  const [a, b] = [from && asTerm(m.sure(from)), to && asTerm(m.sure(to))]
  if (!x || a === null || b === null || x.is === 'number') throw untold(m, node)
  return term(`${x.text}[${a?.text ?? ''}:${b?.text ?? ''}]`, of.type === 'tensor' ? 'each' : x.is)
}

/** `s[:, None, ...]` */
export function newAxes(
  m: Machine,
  of: Extract<Value, { type: 'tensor' }>,
  inside: readonly SyntaxNode[],
  node: SyntaxNode,
): Value {
  const places = inside.filter((n) => n.name !== ',')
  const axes = places.flatMap((n, i) => (n.name === 'None' ? [i] : []))
  const isPlain = places.every(
    (n, i) => n.name === ':' || n.name === 'None' || (n.name === 'Ellipsis' && i === places.length - 1),
  )
  return (isPlain ? unsqueezed(of, axes) : null) ?? fail(untold(m, node))
}

function fail(error: Error): never {
  throw error
}
