import type { FocusEvent, KeyboardEvent } from 'react'

const NODE = '.react-flow__node'
const nodesIn = (canvas: Element): HTMLElement[] => [...canvas.querySelectorAll<HTMLElement>(NODE)]

/**
 * The graph is one stop of the Tab key, since arrows lead from layer to layer in it. It is entered at the layer that is
 * selected, or else at the first in view: those that stand ready beside the view would not be seen.
 * @returns the layer to go to in place of the one that the key came to; null to stay
 */
export function entryOf(
  { target, relatedTarget, currentTarget }: FocusEvent,
  selected: string | null,
): HTMLElement | null {
  const here = (target as Element).closest(NODE)
  if (!here || !here.matches(':focus-visible') || (relatedTarget as Element | null)?.closest(NODE)) return null
  const nodes = nodesIn(currentTarget)
  const view = currentTarget.getBoundingClientRect()
  const inView = (node: Element): boolean => {
    const { top, bottom, left, right } = node.getBoundingClientRect()
    return top >= view.top && bottom <= view.bottom && left >= view.left && right <= view.right
  }
  return nodes.find((n) => n.dataset['id'] === selected) ?? nodes.find(inView) ?? null
}

/** Lets the Tab key, which is on its way, leave the graph from whichever layer it is at. */
export function letTabPass({ key, target, currentTarget }: KeyboardEvent): void {
  if (key !== 'Tab' || !(target as Element).closest(NODE)) return
  const nodes = nodesIn(currentTarget)
  for (const node of nodes) node.tabIndex = -1
  setTimeout(() => {
    for (const node of nodes) node.tabIndex = 0
  })
}
