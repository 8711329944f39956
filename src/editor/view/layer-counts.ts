/**
 * What a network holds, by module scope and by category: every scope, also those without a frame on the canvas. Kept by edits,
 * so that a step costs what it changes and not what the network holds.
 */
import type { Category, Edit, LayerId, LayerRecord, Network } from '../../engine'

export interface Scope {
  readonly path: string
  readonly name: string
  readonly parent: Scope | null
  /** In the order in which they first had a layer. */
  readonly scopes: Scope[]
  /** Layers that lie in it and in no scope inside, in no particular order. */
  readonly layers: Set<LayerId>
  /** Layers in it and in all scopes inside. */
  total: number
}

export class LayerCounts {
  readonly root: Scope = { path: '', name: '', parent: null, scopes: [], layers: new Set(), total: 0 }
  readonly byCategory = new Map<Category, number>()
  private readonly byPath = new Map<string, Scope>([['', this.root]])

  constructor(readonly network: Network) {
    for (const layer of network.getLayers()) if (!layer.record.removed) this.count(layer.record, 1)
  }

  get layers(): number {
    return this.root.total
  }

  /** @param edits of a transaction, in the direction in which it was just applied to the network */
  follow(edits: readonly Edit[]): void {
    for (const edit of edits) {
      if (edit.type === 'addLayer' && !edit.layer.removed) this.count(edit.layer, 1)
      else if (edit.type === 'removeLayer' && !edit.layer.removed) this.count(edit.layer, -1)
      else if (edit.type === 'setRemoved') {
        const record = this.network.getLayer(edit.layer)?.record ?? removedIn(edits, edit.layer)
        if (record) this.count(record, edit.to ? -1 : 1)
      }
    }
  }

  private count(record: LayerRecord, by: 1 | -1): void {
    const scope = this.scopeAt(record.scope)
    if (by === 1) scope.layers.add(record.id)
    else scope.layers.delete(record.id)
    for (let at: Scope | null = scope; at; at = at.parent) at.total += by
    const category = this.network.schemaOf(record.kind)?.category ?? 'other'
    this.byCategory.set(category, (this.byCategory.get(category) ?? 0) + by)
  }

  private scopeAt(path: string): Scope {
    const missing: string[] = []
    let at = path
    while (!this.byPath.has(at)) {
      missing.push(at)
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
    }
    let scope = this.byPath.get(at)!
    for (const inner of missing.reverse()) {
      const name = inner.slice(inner.lastIndexOf('/') + 1)
      const made: Scope = { path: inner, name, parent: scope, scopes: [], layers: new Set(), total: 0 }
      scope.scopes.push(made)
      this.byPath.set(inner, made)
      scope = made
    }
    return scope
  }
}

/** The record of a layer that one transaction both marks and takes out. */
function removedIn(edits: readonly Edit[], id: LayerId): LayerRecord | undefined {
  for (const edit of edits) {
    if ((edit.type === 'removeLayer' || edit.type === 'addLayer') && edit.layer.id === id) return edit.layer
  }
  return undefined
}
