/** What is not the same in two scenes. Of groups that moved as a whole it is worked out when somebody looks at them. */
import type { Rect, Scene, SceneEdge, SceneNode, ScenePart } from '../../layout'
import { findNode, nodeNamed, partsOf, touches } from '../../layout'

/** One node or edge that is not the same before and after. `from` is null for what is new, `to` for what goes. */
export interface Change<T> {
  readonly from: T | null
  readonly to: T | null
}

/** A group that is the same in itself, elsewhere. */
export interface MovedPart {
  readonly from: ScenePart
  readonly to: ScenePart
}

/** So far lines may stray from the frame that they lie in. */
const STRAY = 200

export class Changes<T extends { readonly key: string }> implements Iterable<readonly [string, Change<T>]> {
  private readonly looked = new Map<MovedPart, readonly (readonly [string, Change<T>])[]>()
  private readonly known: Map<string, Change<T>>
  private readonly byPart = new Map<ScenePart, MovedPart>()
  private complete = false
  private reach: readonly Rect[] | null = null
  /** What was asked for last: in one frame several ask for the same. */
  private nearest: { readonly rect: Rect; readonly found: readonly (readonly [string, Change<T>])[] } | null = null

  constructor(
    /** Of all that did not move as a part of a group. */
    readonly own: ReadonlyMap<string, Change<T>>,
    private readonly moved: readonly MovedPart[],
    private readonly listsOf: (part: ScenePart) => readonly (readonly T[])[],
  ) {
    this.known = new Map(own)
    for (const part of moved) this.byPart.set(part.to, part)
  }

  /** Those that may pass through a part of the picture, and maybe more. */
  near(rect: Rect): readonly (readonly [string, Change<T>])[] {
    const last = this.nearest
    if (last?.rect === rect) return last.found
    this.reach ??= this.moved.map(reachOf)
    const found: (readonly [string, Change<T>])[] = [...this.own]
    this.moved.forEach((part, i) => {
      if (touches(this.reach![i]!, rect)) for (const change of this.look(part)) found.push(change)
    })
    this.nearest = { rect, found }
    return found
  }

  /** Whether this is one of those that were looked at: all that `near` gave, and all of `own`. */
  shows(key: string): boolean {
    return this.known.has(key)
  }

  /** Every one of them. */
  all(): ReadonlyMap<string, Change<T>> {
    if (!this.complete) for (const part of this.moved) this.look(part)
    this.complete = true
    return this.known
  }

  [Symbol.iterator](): Iterator<readonly [string, Change<T>]> {
    return this.all()[Symbol.iterator]()
  }

  protected movedBy(part: ScenePart): MovedPart | undefined {
    return this.byPart.get(part)
  }

  private look(part: MovedPart): readonly (readonly [string, Change<T>])[] {
    const before = this.looked.get(part)
    if (before) return before
    const [from, to] = [this.listsOf(part.from).flat(), this.listsOf(part.to).flat()]
    const made = to.map((b, i) => [b.key, { from: from[i]!, to: b }] as const)
    for (const [key, change] of made) this.known.set(key, change)
    this.looked.set(part, made)
    return made
  }
}

/** Changes of nodes can be asked for one by one. */
export class NodeChanges extends Changes<SceneNode> {
  constructor(
    own: ReadonlyMap<string, Change<SceneNode>>,
    moved: readonly MovedPart[],
    private readonly after: Scene,
  ) {
    super(own, moved, (part) => [part.frames, part.nodes])
  }

  get(key: string): Change<SceneNode> | undefined {
    const own = this.own.get(key)
    if (own) return own
    const found = findNode(this.after, key)
    const part = found && this.movedBy(found.part)
    return part ? { from: part.from[found.list][found.at]!, to: part.to[found.list][found.at]! } : undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }
}

/** All that a group passes on its way, and what strays from it. */
function reachOf({ from, to }: MovedPart): Rect {
  const { width, height } = to.inside
  const [x, y] = [Math.min(from.x, to.x) - STRAY, Math.min(from.y, to.y) - STRAY]
  const [right, bottom] = [Math.max(from.x, to.x) + width + STRAY, Math.max(from.y, to.y) + height + STRAY]
  return { x, y, width: right - x, height: bottom - y }
}

/**
 * Compares two scenes.
 * @param also keys of nodes that count as changed though they are the same
 */
export function changesBetween(
  before: Scene,
  after: Scene,
  also: Iterable<string>,
): { nodes: NodeChanges; edges: Changes<SceneEdge> } {
  const { was, is, moved } = differentParts(before, after)
  const nodes = listed(was.nodes, is.nodes, (a, b) => sameBox(a, b) && sameFace(a, b))
  const edges = listed(was.edges, is.edges, (a, b) => samePoints(a.points, b.points))
  const elsewhere = new NodeChanges(nodes, moved, after)
  for (const key of also) {
    const node = elsewhere.has(key) ? undefined : nodeNamed(after, key)
    if (node) nodes.set(key, { from: node, to: node })
  }
  return { nodes: new NodeChanges(nodes, moved, after), edges: new Changes(edges, moved, (part) => [part.edges]) }
}

interface Looked {
  readonly nodes: SceneNode[]
  readonly edges: SceneEdge[]
}

/** What has to be compared one by one: neither the parts that both scenes have, nor those that moved. */
function differentParts(before: Scene, after: Scene): { was: Looked; is: Looked; moved: MovedPart[] } {
  if (before === after) return { was: whole(null), is: whole(null), moved: [] }
  const [a, b] = [partsOf(before), partsOf(after)]
  if (!a || !b) return { was: whole(before), is: whole(after), moved: [] }
  const [was, is]: [Looked, Looked] = [whole(null), whole(null)]
  const moved: MovedPart[] = []
  for (const part of b.parts) {
    const from = a.at(part.inside.path)
    if (from === part) continue
    if (from?.inside === part.inside) moved.push({ from, to: part })
    else {
      if (from) look(was, from)
      look(is, part)
    }
  }
  for (const part of a.parts) if (!b.at(part.inside.path)) look(was, part)
  return { was, is, moved }
}

const whole = (scene: Scene | null): Looked => ({ nodes: [...(scene?.nodes ?? [])], edges: [...(scene?.edges ?? [])] })

function look(at: Looked, part: ScenePart): void {
  at.nodes.push(...part.frames, ...part.nodes)
  at.edges.push(...part.edges)
}

function listed<T extends { readonly key: string }>(
  before: readonly T[],
  after: readonly T[],
  same: (a: T, b: T) => boolean,
): Map<string, Change<T>> {
  const out = new Map<string, Change<T>>()
  const old = new Map(before.map((x) => [x.key, x]))
  for (const to of after) {
    const from = old.get(to.key) ?? null
    old.delete(to.key)
    if (!from || !same(from, to)) out.set(to.key, { from, to })
  }
  for (const [key, from] of old) out.set(key, { from, to: null })
  return out
}

function sameBox(a: SceneNode, b: SceneNode): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height && a.open === b.open
}

/** By value: every picture comes from the worker with faces of its own. */
function sameFace({ face: a }: SceneNode, { face: b }: SceneNode): boolean {
  return a.title === b.title && a.detail === b.detail && a.result === b.result
}

function samePoints(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i])
}
