/**
 * The spine of a group: the longest way through it, which is drawn as one straight column. What runs through all blocks of a
 * network enters and leaves each of them on it, so that a chain of blocks stands in one column too.
 */
import type { TensorId } from '../engine'
import type { GroupPath } from './frame'
import { passThroughs, throughItem } from './pass-through'
import type { PassThrough } from './pass-through'
import { ranksOf } from './ranks'
import { FRAME } from './view'
import type { Content, View } from './view'
import { nth, valueAt } from './known'

export interface Spine {
  /** Indices of the links that it runs along, from the top. */
  readonly links: readonly number[]
  /** By item the port that it enters and the one that it leaves by. */
  readonly inPort: ReadonlyMap<number, number>
  readonly outPort: ReadonlyMap<number, TensorId>
  /** The spine of the group around runs through this one: it stands in the middle then. */
  readonly passes: boolean
}

/** Where the spine of the group around enters and leaves; null where it begins or ends inside. */
interface Through {
  readonly entry: TensorId | null
  readonly exit: TensorId | null
}

const ANYWHERE: Through = { entry: null, exit: null }

/** What was found for a content, as long as the spine around it asks for the same and so do the groups inside. */
interface Found {
  readonly through: Through | undefined
  readonly inside: readonly PassThrough[]
  readonly spine: Spine
}
const known = new WeakMap<Content, Found>()

/** The spines of all open groups, from the outside in. Costs what is new in the view. */
export function spinesOf(view: View): Map<GroupPath, Spine> {
  const groups = passThroughs(view)
  const through = new Map<GroupPath, Through>()
  const spines = new Map<GroupPath, Spine>()
  for (const [path, content] of view.contents) {
    const inside = content.items.map((item) => throughItem(item, groups))
    const spine = spineThrough(content, inside, through.get(path))
    spines.set(path, spine)
    content.items.forEach(({ group, open }, i) => {
      if (!group || !open || !(spine.inPort.has(i) || spine.outPort.has(i))) return
      through.set(group.path, { entry: spine.inPort.get(i) ?? null, exit: spine.outPort.get(i) ?? null })
    })
  }
  return spines
}

function spineThrough(content: Content, inside: readonly PassThrough[], through: Through | undefined): Spine {
  const before = known.get(content)
  const same = before?.through?.entry === through?.entry && before?.through?.exit === through?.exit
  if (before && same && before.inside.every((p, i) => p === inside[i])) return before.spine
  const spine = spineAlong(content, new LongestWay(content, inside, through ?? ANYWHERE).links(), through !== undefined)
  known.set(content, { through, inside, spine })
  return spine
}

function spineAlong(content: Content, links: readonly number[], passes: boolean): Spine {
  const inPort = new Map<number, number>()
  const outPort = new Map<number, TensorId>()
  for (const index of links) {
    const { from, to, tensor, toPort } = nth(content.links, index)
    if (from !== FRAME) outPort.set(from, tensor)
    if (to !== FRAME) inPort.set(to, toPort)
  }
  return { links, inPort, outPort, passes }
}

/** No link. */
const NONE = -1
/** A way from the frame is longer than one that begins inside. */
const ENTERS = 0.5

interface Reach {
  readonly length: number
  /** The link that it comes by. */
  readonly by: number
}

/**
 * The way along most layers, first of equals, from the entry to the exit where they are given. Lines that run upwards, as there
 * may be between groups, do not count.
 */
class LongestWay {
  private readonly into: number[][]
  private readonly reached: Map<TensorId, Reach>[]

  constructor(
    private readonly content: Content,
    private readonly inside: readonly PassThrough[],
    private readonly through: Through,
  ) {
    const { items, links } = content
    const ranks = ranksOf(items.length, links)
    this.into = items.map(() => [])
    this.reached = items.map(() => new Map())
    links.forEach(({ from, to }, i) => {
      if (to !== FRAME && (from === FRAME || nth(ranks, from) < nth(ranks, to))) nth(this.into, to).push(i)
    })
    const downwards = items.map((_, i) => i).sort((a, b) => nth(ranks, a) - nth(ranks, b) || a - b)
    for (const i of downwards) {
      for (const tensor of nth(items, i).outPorts) nth(this.reached, i).set(tensor, this.longest(i, tensor))
      nth(this.reached, i).set(ENDS, this.longest(i, ENDS))
    }
  }

  links(): number[] {
    const { items, links } = this.content
    const { exit } = this.through
    let end = { at: NONE, link: NONE, length: -Infinity }
    if (exit === null)
      items.forEach((_, at) => {
        const { length } = valueAt(nth(this.reached, at), ENDS)
        if (length > end.length) end = { at, link: NONE, length }
      })
    links.forEach(({ from, to, tensor }, link) => {
      if (from === FRAME || to !== FRAME || (exit !== null && tensor !== exit)) return
      const length = valueAt(nth(this.reached, from), tensor).length + ENTERS
      if (length > end.length) end = { at: from, link, length }
    })
    return end.at === NONE ? [] : this.wayTo(end.at, end.link)
  }

  /** The longest way to an item that leads on to one of its results, or to anything in it. */
  private longest(i: number, tensor: TensorId): Reach {
    const { items, links } = this.content
    const { entry } = this.through
    let best: Reach = { length: entry === null ? 0 : -Infinity, by: NONE }
    for (const l of nth(this.into, i)) {
      const link = nth(links, l)
      if (tensor !== ENDS && !nth(this.inside, i).leads(link.toPort, tensor)) continue
      const fromFrame = entry === null ? ENTERS : link.tensor === entry ? 0 : -Infinity
      const length = link.from === FRAME ? fromFrame : valueAt(nth(this.reached, link.from), link.tensor).length
      if (length > best.length) best = { length, by: l }
    }
    return { length: best.length + (nth(items, i).group?.total ?? 1), by: best.by }
  }

  private wayTo(at: number, link: number): number[] {
    const way = link === NONE ? [] : [link]
    let tensor = link === NONE ? ENDS : nth(this.content.links, link).tensor
    for (let i = at; i !== FRAME;) {
      const { by } = valueAt(nth(this.reached, i), tensor)
      if (by === NONE) break
      way.push(by)
      ;({ from: i, tensor } = nth(this.content.links, by))
    }
    return way.reverse()
  }
}

/** Stands for no result of an item: the way may end in it. */
const ENDS = -1
