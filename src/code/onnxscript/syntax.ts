/** Reads of Python's syntax, and what of it a rule can say. */
import type { parser } from '@lezer/python'

export type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** A part of a file that a rule cannot say, and where it stands. */
export class Untold extends Error {
  constructor(
    readonly what: string,
    readonly at: SyntaxNode,
  ) {
    super(what)
  }
}

export function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) found.push(child)
  return found
}

export function callsIn(top: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  top.cursor().iterate((ref) => {
    if (ref.name === 'CallExpression') found.push(ref.node)
  })
  return found
}

export interface ArgumentNode {
  readonly name: string | null
  readonly value: SyntaxNode
  readonly spread: '*' | '**' | null
}

/** What a call is given, by position and by name. */
export function argumentNodes(call: SyntaxNode, textOf: (n: SyntaxNode) => string): ArgumentNode[] {
  const found: ArgumentNode[] = []
  const parts = childrenOf(call.getChild('ArgList')).filter((n) => !/^[(),]$/.test(n.name) && n.name !== 'Comment')
  for (let i = 0; i < parts.length; i++) {
    const node = parts[i]!
    const next = parts[i + 1]
    if (node.name === '*' || node.name === '**') found.push({ name: null, value: parts[++i]!, spread: node.name })
    else if (next?.name === 'AssignOp') {
      found.push({ name: textOf(node), value: parts[i + 2]!, spread: null })
      i += 2
    } else found.push({ name: null, value: node, spread: null })
  }
  return found
}
