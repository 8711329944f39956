/**
 * Loops and conditionals that give nothing:  TRIP_LIMIT(n), RECURRENCE(x, f(..)) without a LOOP_OUTPUT  =>  nothing
 *
 * Preconditions: no layer is left that hands a value of the loop, or of the conditional, on; nothing that is computed in its turns is a
 * network output, has an effect besides its results, or is of an unknown kind. What a loop carries along goes round in a circle, so that each of
 * its layers keeps the others in use.
 */
import type { Layer } from '../../engine'
import { found, pattern } from '../define'
import { EFFECTS } from '../cleanup/dead'
import { family } from '../library'

const OUTPUT_OF: Readonly<Record<string, string>> = { TRIP_LIMIT: 'LOOP_OUTPUT', CONDITION: 'CONDITIONAL_OUTPUT' }
const STARTS = ['RECURRENCE', 'ITERATOR']

const nameOf = (layer: Layer): unknown => layer.attribute(layer.kind.startsWith('COND') ? 'conditional' : 'loop')

const ofSame = (layer: Layer, kinds: readonly string[]): Layer[] =>
  kinds.flatMap((kind) => layer.network.layersOfKind(kind).filter((l) => nameOf(l) === nameOf(layer)))

/** All that is computed from where a loop starts, and the loop's limits; null where some of it is not dead. */
function insideOf(limit: Layer): ReadonlySet<Layer> | null {
  const inside = new Set(ofSame(limit, STARTS))
  for (const layer of inside) {
    const hasEffects = layer.schema === undefined || EFFECTS.has(layer.kind) || layer.kind === 'ASSERTION'
    if (hasEffects || layer.getOutputs().some((t) => t.isNetworkOutput())) return null
    for (const t of layer.getOutputs()) for (const user of t.getUsers()) inside.add(user)
  }
  for (const layer of ofSame(limit, [limit.kind])) inside.add(layer)
  return inside
}

const isDead = (limit: Layer): boolean => {
  const output = OUTPUT_OF[limit.kind]
  return output !== undefined && typeof nameOf(limit) === 'string' && ofSame(limit, [output]).length === 0
}

export const deadControl = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Loop that gives nothing',
    equation: 'TRIP_LIMIT(n), RECURRENCE(x, f(..)), no LOOP_OUTPUT ⇒ nothing',
    benefit: 110,
    make: () =>
      pattern({
        name: 'Loop that gives nothing',
        root: Object.keys(OUTPUT_OF),
        withoutResult: true,
        match: (layer) => isDead(layer) && insideOf(layer) !== null && found(layer, { limit: layer }),
        rewrite: (_, { root }) => {
          const inside = insideOf(root)
          if (!inside) return null
          for (const layer of inside) if (layer.kind === 'RECURRENCE') layer.network.setInput(layer, 1, null)
          for (const layer of inside) layer.markAsRemoved()
          return {}
        },
      }),
  },
])
