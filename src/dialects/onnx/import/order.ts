/** For each node, the nodes that make its operands. */
export type Dependencies = readonly (readonly number[])[]

/**
 * An order in which every node stands after those it depends on: the given one where that is so, else the order of a
 * depth-first walk from the first node on. Returns the nodes of a cycle where there is one. The walk keeps its own stack.
 */
export function topologicalOrder(dependencies: Dependencies): { order: number[] } | { cycle: number[] } {
  if (dependencies.every((list, node) => list.every((d) => d < node))) return { order: [...dependencies.keys()] }
  const WAITING = 1
  const DONE = 2
  const state = new Uint8Array(dependencies.length)
  const order: number[] = []
  const path: { node: number; next: number }[] = []
  for (let start = 0; start < dependencies.length; start++) {
    if (state[start] === DONE) continue
    path.push({ node: start, next: 0 })
    state[start] = WAITING
    while (path.length > 0) {
      const top = path[path.length - 1]!
      const dependency = dependencies[top.node]![top.next++]
      if (dependency === undefined) {
        state[top.node] = DONE
        order.push(top.node)
        path.pop()
      } else if (state[dependency] === WAITING) {
        const nodes = path.map((p) => p.node)
        return { cycle: nodes.slice(nodes.indexOf(dependency)) }
      } else if (state[dependency] !== DONE) {
        state[dependency] = WAITING
        path.push({ node: dependency, next: 0 })
      }
    }
  }
  return { order }
}
