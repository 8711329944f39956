/** Words for why attention is declined: what stands at a value, who else uses it, what lies between it and what was looked for. */
import type { Layer, Tensor } from '../../engine'
import { parentOf } from '../values'

/** What is expected of a value that the match swallows. */
export const ONLY_HERE = 'a value that only the match uses'

/** What gives a value, in words. */
export function standing(t: Tensor | null | undefined): string {
  if (!t) return 'nothing'
  if (t.isConstant) return `a constant [${t.shape?.join(', ') ?? '…'}]`
  return t.parent?.kind ?? `network input ${t.name}`
}

/** Why a value that would be swallowed cannot be: who else needs it. */
export function otherUse(t: Tensor, inside: Layer): string {
  if (t.isNetworkOutput()) {
    const slot = t.network.outputs.find((o) => o.tensor === t.id)
    return `value is the network output ${slot?.name ?? t.name}`
  }
  const other = t.getUsers().find((user) => user.id !== inside.id)
  return other ? `value also used by ${other.name}, outside the match` : `value used twice by ${inside.name}`
}

/** Layers that a value may pass without becoming another kind of value. */
const PASSED: readonly string[] = ['Cast', 'Identity', 'Dropout', 'Mul', 'Div', 'Reshape', 'Where', 'Add', 'Clip']
const FARTHEST = 4

/** A layer of the kind a few layers above a value, along first operands; null where there is none. */
export function behind(t: Tensor | null, kind: string): Layer | null {
  let at = t
  for (let hops = 0; at && hops < FARTHEST; hops++) {
    const between: Layer | null = parentOf(at, ...PASSED)
    if (!between) return null
    at = between.kind === 'Where' ? between.input(2) : between.input(0)
    const found = parentOf(at, kind)
    if (found) return found
  }
  return null
}
