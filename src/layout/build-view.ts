/**
 * The view of a network for one choice of open groups, kept by edits. It is built whole by the same steps: everything is
 * new then.
 */
import type { TensorId } from '../engine'
import { ContentBuilder, itemsOf, longUse } from './content'
import type { LongIn } from './content'
import type { GroupPath } from './frame'
import type { Group } from './group'
import type { GroupTree } from './groups'
import { longLinks } from './ranks'
import type { GraphSource } from './source'
import type { Touched } from './touched'
import { groupsOf, sameEnd, Values } from './values'
import type { DrawnValue } from './values'
import type { Content, LongUses, View } from './view'
import { nth, valueAt } from './known'

/** So often are lines looked for that are too long in what is left when others were taken out. */
const ROUNDS = 3
const NOTHING: LongUses = new Set()

export class LiveView implements View {
  readonly contents = new Map<GroupPath, Content>()
  private readonly values: Values
  private readonly drawn = new Map<TensorId, DrawnValue>()
  /** The values that show in each group. */
  private readonly shown = new Map<Group, Set<TensorId>>()

  constructor(
    private readonly source: GraphSource,
    private readonly tree: GroupTree,
    readonly open: ReadonlySet<GroupPath>,
  ) {
    this.values = new Values(source, tree, open)
    const all = new Set<TensorId>(source.inputs)
    for (const layer of source.layers) {
      if (!layer.removed) for (const t of layer.outputs) if (t >= 0) all.add(t)
    }
    const dirty = new Set<Group>()
    for (const tensor of all) this.redraw(tensor, dirty)
    for (const group of tree.groups.values()) if (this.isOpen(group)) dirty.add(group)
    this.rebuild(dirty)
  }

  /**
   * Goes along with edits that were applied. Costs what they touched, and the content of the groups that shows it.
   * @param parts groups whose parts may be others now
   */
  follow(touched: Touched, parts: ReadonlySet<GroupPath>): void {
    const { source, tree } = this
    const dirty = new Set<Group>()
    const tensors = new Set(touched.tensors)
    const look = (id: number): void => {
      const home = tree.homeOf.get(id)
      if (home) dirty.add(this.shownIn(home))
    }
    for (const id of [...touched.layers, ...touched.said]) look(id)
    for (const id of touched.layers) {
      const layer = source.layer(id)
      if (layer) for (const t of [...layer.inputs, ...layer.outputs]) tensors.add(t)
    }
    for (const id of touched.named) {
      const producer = source.tensor(id)?.producer ?? -1
      if (producer >= 0) look(producer)
      for (const use of source.uses(id)) look(use.layer)
    }
    if (touched.ends) {
      this.values.readEnds()
      for (const o of source.outputs) tensors.add(o.tensor)
    }
    if (touched.ends || touched.named.size > 0) dirty.add(tree.root)
    for (const path of parts) {
      const group = tree.groups.get(path)
      if (group) dirty.add(this.shownIn(group))
    }
    for (const tensor of tensors) if (tensor >= 0) this.redraw(tensor, dirty)
    this.rebuild(dirty)
    for (const path of parts) if (this.contents.get(path)?.group !== tree.groups.get(path)) this.contents.delete(path)
  }

  /** The open group that shows something of a group: itself, or the one that it is closed in. */
  private shownIn(group: Group): Group {
    return this.values.closedAround(group)?.parent ?? group
  }

  private isOpen(group: Group): boolean {
    return this.values.closedAround(group) === null
  }

  /** Draws a value as it is now. `dirty` gets the groups whose content changes with it. */
  private redraw(tensor: TensorId, dirty: Set<Group>): void {
    const before = this.drawn.get(tensor) ?? null
    const now = this.values.of(tensor)
    if (before) for (const group of groupsOf(before)) this.shown.get(group)?.delete(tensor)
    if (now) this.drawn.set(tensor, now)
    else this.drawn.delete(tensor)
    if (now)
      for (const group of groupsOf(now)) {
        const known = this.shown.get(group)
        if (known) known.add(tensor)
        else this.shown.set(group, new Set([tensor]))
      }
    for (const group of changedGroups(before, now)) dirty.add(group)
  }

  /** Builds contents anew, outer ones first: whether a line is too long is decided where its ends meet. */
  private rebuild(dirty: Set<Group>): void {
    const byDepth: Group[][] = []
    const wait = (group: Group): void => void (byDepth[group.depth] ??= []).push(group)
    for (const group of dirty) wait(group)
    for (let depth = 0; depth < byDepth.length; depth++) {
      for (const group of byDepth[depth] ?? []) {
        if (this.tree.groups.get(group.path) !== group) continue
        const old = this.contents.get(group.path)
        const content = this.contentOf(group)
        this.contents.set(group.path, content)
        for (const inner of this.inside(group, old?.long ?? NOTHING, content.long)) {
          if (dirty.has(inner)) continue
          dirty.add(inner)
          wait(inner)
        }
      }
    }
  }

  /** The groups further in that values show in whose lines were too long and are not, or are now. */
  private *inside(group: Group, before: LongUses, now: LongUses): Generator<Group> {
    const changed = new Set([...before].filter((use) => !now.has(use)))
    for (const use of now) if (!before.has(use)) changed.add(use)
    for (const use of changed) {
      const value = this.drawn.get(Number(use.slice(0, use.indexOf('>'))))
      if (value) for (const inner of groupsOf(value)) if (inner.depth > group.depth) yield inner
    }
  }

  private contentOf(group: Group): Content {
    const { source, tree, open, values } = this
    const parts = itemsOf(source, tree, group, open)
    const shown = [...(this.shown.get(group) ?? [])].map((t) => valueAt(this.drawn, t))
    shown.sort((a, b) => values.compare(a.first, b.first))
    for (let long = NOTHING, round = 0; ; round++) {
      const longIn: LongIn = (g) => (g === group ? long : (this.contents.get(g.path)?.long ?? NOTHING))
      const content = new ContentBuilder(group, parts, longIn).build(shown)
      const found = longLinks(content).map((l) => longUse(l.tensor, nth(content.items, l.to).key))
      const more = new Set([...long, ...found])
      if (more.size === long.size || round === ROUNDS) return content
      long = more
    }
  }
}

/** The groups that show a value in another way than before. */
function changedGroups(before: DrawnValue | null, now: DrawnValue | null): Iterable<Group> {
  if (!before || !now) return before ? groupsOf(before) : now ? groupsOf(now) : []
  const sameFirst = before.first.layer === now.first.layer && before.first.index === now.first.index
  const sameFrom = sameEnd(before.from, now.from)
  if (!before.named || !now.named || !sameFirst || !sameFrom) {
    const same = sameFirst && sameFrom && before.targets.length === now.targets.length
    return same && now.targets.every((to, i) => sameEnd(to, nth(before.targets, i)))
      ? []
      : [...groupsOf(before), ...groupsOf(now)]
  }
  // A value that is named at many places changes at none of them but those that come and go.
  const ends = new Map(before.targets.map((to) => [`${to.key} ${to.port}`, to.home]))
  const homes = [now.from.home]
  for (const to of now.targets) if (!ends.delete(`${to.key} ${to.port}`)) homes.push(to.home)
  return [...homes, ...ends.values()]
}

/** The view of a network as it is now. */
export const buildView = (tree: GroupTree, open: ReadonlySet<GroupPath>): LiveView =>
  new LiveView(tree.source, tree, open)
