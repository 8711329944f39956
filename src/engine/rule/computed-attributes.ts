/** What a computed attribute comes to, as far as that is plain before there is a match. */
import type { AttributeSchema } from '../network/dialect'
import { mayBe, TYPE_WORDS } from './attribute-types'
import { codeOf } from './dtype-codes'
import type { Term } from './graph'
import { printTerm } from './print'
import { sortOf } from './sorts'

/** What a left side says of the names that terms use. */
export interface LeftFacts {
  readonly variables: ReadonlyMap<string, AttributeSchema>
  /** Names that stand for several values: a property of them lists that of each. */
  readonly rests: ReadonlySet<string>
}

/**
 * Why a term is never what an attribute has to be; null where it may be, or only a match tells.
 * @param of the attribute, in words
 */
export function computedFault(of: string, t: Term, { type }: AttributeSchema, left: LeftFacts): string | null {
  if (/^(TENSOR|GRAPH)/.test(type)) return null
  const wanted = `${of} is ${TYPE_WORDS[type]}`
  const written = printTerm(t)
  const given = t.type === 'attribute' ? left.variables.get(t.name)?.type : undefined
  if (given) return mayBe(type, given) ? null : `${wanted}, and ${written} ${TYPE_WORDS[given]}`
  const form = formOf(t, left)
  if (form === 'list' && !type.endsWith('S'))
    return `${wanted}, and ${written} a list: take one element of it, as in ${written}[0]`
  if (form === 'one' && type.endsWith('S')) return `${wanted}, and ${written} is no list: write [${written}]`
  return elementFault(t, type, left) ? `${wanted}, and ${written} is none` : null
}

/** Whether what a term comes to is a word where a number is wanted, or a number where a word is. */
function elementFault(t: Term, type: AttributeSchema['type'], left: LeftFacts): boolean {
  if (t.type === 'list') return t.of.some((x) => elementFault(x, type, left))
  const sort = sortOf(t, left.rests)
  if (type.startsWith('STRING')) return sort === 'number' || sort === 'truth'
  const isWord = t.type === 'literal' && typeof t.value === 'string'
  const isType = sort === 'type' || (isWord && codeOf(t.value) !== undefined)
  return isType ? type !== 'INT' : isWord || sort === 'operator'
}

type Form = 'one' | 'list' | null

/** Whether a term is a list or no list; null where only a match tells, as of the elements of a constant. */
function formOf(t: Term, left: LeftFacts): Form {
  const of = (x: Term): Form => formOf(x, left)
  switch (t.type) {
    case 'literal':
    case 'opset':
    case 'every':
      return 'one'
    case 'list':
    case 'slice':
      return 'list'
    case 'attribute':
      return formOfType(left.variables.get(t.name)?.type)
    case 'property':
      if (left.rests.has(t.of)) return t.index === undefined ? 'list' : null
      if (t.index !== undefined) return 'one'
      return t.name === 'value' ? null : t.name === 'shape' ? 'list' : 'one'
    case 'inferred':
      return t.name === 'shape' ? 'list' : 'one'
    case 'arithmetic':
      return t.op === '++' ? 'list' : elementwise([of(t.left), of(t.right)])
    case 'pick':
      return of(t.at)
    case 'function':
      return formOfCall(t.name, t.of.map(of))
    case 'choose':
      return of(t.yes) === of(t.no) ? of(t.yes) : null
    case 'default':
      return of(t.of) === of(t.otherwise) ? of(t.of) : null
  }
}

const formOfType = (type: string | undefined): Form => (type === undefined ? null : type.endsWith('S') ? 'list' : 'one')

const LISTS: readonly string[] = ['range', 'reversed', 'put']
const OF_ALL: readonly string[] = ['sum', 'prod', 'len']

function formOfCall(name: string, of: readonly Form[]): Form {
  if (LISTS.includes(name)) return 'list'
  if (OF_ALL.includes(name)) return 'one'
  // The least of one list is a number.
  if (name === 'min' || name === 'max') return of.length === 1 ? 'one' : elementwise(of)
  return name === 'tensor' || name === 'full' ? null : elementwise(of)
}

/** A list where one of them is. */
const elementwise = (of: readonly Form[]): Form => (of.includes('list') ? 'list' : of.includes(null) ? null : 'one')
