/** Whether one value is among others, or equal to another one. */
import { any, compared, FALSE, is, TRUE } from './conditions'
import type { Condition } from './conditions'
import { schemaOf } from './layers'
import { untold } from './machine'
import type { Machine } from './machine'
import { attributeOf, hasMoreInputs } from './members'
import { Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import { asTerm, comparison, typeWords } from './terms'
import type { Value } from './values'

/** `a in b` */
export function isIn(m: Machine, a: Value, b: Value, node: SyntaxNode): Condition {
  if (a.type === 'opaque') throw asked(m, a, node)
  if (b.type === 'attributes' && a.type === 'string') {
    if (b.set.has(a.value)) return TRUE
    const usual = schemaOf(b.of.kind)?.attributes[a.value]?.default
    const found = attributeOf(m, b.of, a.value)
    // One that is given as it is by default is as good as one that is not.
    if (found.type === 'attribute' && !found.given && (typeof usual === 'number' || typeof usual === 'string'))
      return compared(found.text, '!=', JSON.stringify(usual))
    return found.given ?? TRUE
  }
  if (b.type === 'dictionary' && a.type === 'string') return b.entries.has(a.value) ? TRUE : FALSE
  if (a.type === 'user' && b.type === 'list') return isUserIn(m, a.of, b.items)
  if (b.type === 'term' && b.is === 'list') {
    const t = asTerm(m.sure(a))
    if (t) return is(`${t.text} in ${/\.dtype$/.test(t.text) ? typeWords(b.text) : b.text}`, t.is === 'each')
  }
  if (b.type !== 'list') throw untold(m, node)
  const items = b.items.filter((x) => x.type !== 'none')
  if (a.type === 'none') return items.length < b.items.length ? TRUE : FALSE
  const x = asTerm(m.sure(a))
  const texts = items.map(asTerm)
  if (!x || !texts.every((t) => t !== null)) throw asked(m, a, node)
  if (texts.some((t) => t.is === 'each') || (a.type === 'number' && items.every((i) => i.type === 'number')))
    return any(...items.map((i) => compareValues(m, '==', a, i, node)))
  const words = `[${texts.map((t) => t.text).join(', ')}]`
  return is(`${x.text} in ${/\.dtype$/.test(x.text) ? typeWords(words) : words}`, x.is === 'each')
}

/** `a == b`, `a < b` and so on. */
export function compareValues(m: Machine, op: string, a: Value, b: Value, node: SyntaxNode): Condition {
  if (a.type === 'count' && b.type === 'number' && /^>=?$/.test(op))
    return hasMoreInputs(a.of.of, a.of.from + b.value - (op === '>=' ? 1 : 0))
  if (a.type === 'builtin' && b.type === 'builtin' && a.name === 'the type of an attribute')
    return op === '==' ? TRUE : FALSE
  const found = comparison(op, m.sure(a), m.sure(b))
  if (!found) throw asked(m, asTerm(a) ? b : a, node)
  return found
}

/** All users of a value are among these layers. */
function isUserIn(m: Machine, of: Extract<Value, { type: 'user' }>['of'], items: readonly Value[]): Condition {
  const name = m.left.nameOf(of)
  const places = items.flatMap((v) => (v.type === 'node' ? v.of.operands.filter((o) => o !== of || true) : []))
  const uses = places.filter((o) => o.type !== 'text' && o.type !== 'either' && m.left.nameOf(o) === name).length
  return is(`${name}.uses == ${uses}`)
}

const asked = (m: Machine, v: Value, node: SyntaxNode): Untold => {
  const at = v.type === 'opaque' ? v.at : node
  return new Untold(`${m.textOf(at).replace(/\s+/g, ' ').slice(0, 60).trim()} is asked for`, at)
}
