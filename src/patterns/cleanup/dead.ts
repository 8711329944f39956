/**
 * Dead layers (catalogue 4):  y = f(x), y used nowhere  =>  nothing
 *
 * Preconditions: no result has a user or is a network output; the kind is known, and has no effect besides its results.
 */
import { found, pattern } from '../define'
import { family } from '../library'

/** Kinds that do something besides what they give, or may. */
export const EFFECTS: ReadonlySet<string> = new Set(['com.microsoft.Print', 'PLUGIN', 'PLUGIN_V2', 'PLUGIN_V3'])

export const DEAD = family('Clean-up', { stage: 1, exactness: 'exact' }, [
  {
    label: 'Dead layer',
    equation: 'f(x), used nowhere ⇒ nothing',
    benefit: 120,
    make: () =>
      pattern({
        name: 'Dead layer',
        withoutResult: true,
        match: (layer) => {
          for (let i = 0; i < layer.numOutputs; i++) {
            const t = layer.output(i)
            if (t && (t.liveUses > 0 || t.isNetworkOutput())) return false
          }
          return (
            layer.numOutputs > 0 &&
            layer.schema !== undefined &&
            !EFFECTS.has(layer.kind) &&
            found(layer, { dead: layer })
          )
        },
        rewrite: (_, m) => {
          m.root.markAsRemoved()
          return {}
        },
      }),
  },
])
