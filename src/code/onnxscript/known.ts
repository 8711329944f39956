/** What conditions that hold say of another one. */
import { conditionText, not } from './conditions'
import type { Condition } from './conditions'

/** null where they say nothing. */
export function knownOf(holding: readonly Condition[], c: Condition): boolean | null {
  const facts = holding.flatMap((k) => (k.op === 'all' ? k.of : [k]))
  const [yes, no] = [conditionText(c), conditionText(not(c))]
  for (const text of facts.map(conditionText)) {
    if (text === yes) return true
    if (text === no) return false
  }
  return ofWords(facts, c)
}

/** That something is one of these words, or none of them. */
interface Words {
  readonly of: string
  readonly words: readonly string[]
  readonly isIn: boolean
}

/** `$auto_pad == "VALID"` where it is in ["SAME_UPPER", "SAME_LOWER"]. */
function ofWords(facts: readonly Condition[], c: Condition): boolean | null {
  const asked = wordsOf(c)
  if (!asked) return null
  const known = facts.map(wordsOf).filter((w) => w?.of === asked.of)
  const out = new Set(known.flatMap((w) => (w!.isIn ? [] : w!.words)))
  const lists = known.flatMap((w) => (w!.isIn ? [w!.words] : []))
  const answer = (isOneOf: boolean): boolean => isOneOf === asked.isIn
  if (asked.words.every((w) => out.has(w) || lists.some((l) => !l.includes(w)))) return answer(false)
  const left = lists[0]?.filter((w) => !out.has(w) && lists.every((l) => l.includes(w)))
  return left?.every((w) => asked.words.includes(w)) ? answer(true) : null
}

function wordsOf(c: Condition): Words | null {
  if (c.op === 'not') {
    const inner = wordsOf(c.of)
    return inner && { ...inner, isIn: !inner.isIn }
  }
  if (c.op !== 'is') return null
  const [, of, sign, list] = /^(\$\w+) (==|!=|in) \[?("[^\]]*")\]?$/.exec(c.text) ?? []
  if (of === undefined || list === undefined) return null
  return { of, words: list.split(', '), isIn: sign !== '!=' }
}
