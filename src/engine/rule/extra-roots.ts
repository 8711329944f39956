import type { Layer } from '../network/network'
import type { Tensor } from '../network/network'
import type { Statement } from './graph'

/** Layers that a statement which the root does not lead to may stand for: users of a value that it shares with what is bound. */
export function extraRootCandidates(
  s: Statement,
  values: ReadonlyMap<string, Tensor | null>,
  taken: ReadonlySet<Layer>,
): Layer[] {
  const calls = (s.value.type === 'either' ? s.value.of : [s.value]).filter((v) => v.type === 'call')
  const found = new Set<Layer>()
  for (const call of calls) {
    for (const v of call.operands) {
      const t = v.type === 'name' ? values.get(v.name) : null
      if (!t) continue
      for (const user of t.getUsers()) if (user.kind === call.kind && !taken.has(user)) found.add(user)
      break
    }
  }
  return [...found]
}
