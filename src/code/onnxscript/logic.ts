/** `and`, `or` and `not` as Python binds them: the parser takes `not a or b` for `not (a or b)`. */
import { childrenOf } from './syntax'
import type { SyntaxNode } from './syntax'

export type Logic =
  | { readonly op: 'leaf'; readonly node: SyntaxNode }
  | { readonly op: 'not'; readonly of: Logic; readonly node: SyntaxNode }
  | { readonly op: 'and' | 'or'; readonly left: Logic; readonly right: Logic; readonly node: SyntaxNode }

type Token = 'and' | 'or' | 'not' | SyntaxNode

export function logicOf(node: SyntaxNode): Logic {
  const tokens = tokensOf(node)
  let at = 0
  const take = (word: Token): boolean => tokens[at] === word && ++at > 0
  const negation = (): Logic => {
    if (take('not')) return { op: 'not', of: negation(), node }
    return { op: 'leaf', node: tokens[at++] as SyntaxNode }
  }
  const chain = (op: 'and' | 'or', next: () => Logic): Logic => {
    let left = next()
    while (take(op)) left = { op, left, right: next(), node }
    return left
  }
  return chain('or', () => chain('and', negation))
}

/** Operands and words in the order in which they stand; what is in parentheses is one operand. */
function tokensOf(node: SyntaxNode): Token[] {
  const parts = childrenOf(node).filter((n) => n.name !== 'Comment')
  const word = parts[1]?.name
  if (node.name === 'UnaryExpression' && parts[0]!.name === 'not') return ['not', ...tokensOf(parts[1]!)]
  if (node.name === 'BinaryExpression' && (word === 'and' || word === 'or'))
    return [...tokensOf(parts[0]!), word, ...tokensOf(parts[2]!)]
  return [node]
}
