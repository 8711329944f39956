/**
 * Cuts a group that holds too many parts into sections along network order: repeated blocks first, and what lies
 * between them into stretches of bearable length. Sections are runs of a topological order, so no cycle comes of it.
 */
import type { LayerId, LayerRecord } from '../engine'
import { adoptedByUsers } from './adoption'
import { dissolvedPaths, familyOf, pathMaker } from './frame'
import type { GroupFrame, GroupPath, Section } from './frame'
import { Groups } from './group'
import type { Group } from './group'
import type { GraphSource } from './source'
import { nth } from './known'

/** A group with more parts than this is cut. */
export const LARGEST_GROUP = 300
/** Length of a stretch that repeats nothing. */
const STRETCH = 120
/** A block shorter than this is not worth a frame; a longer one than this would have to be cut again. */
const SHORTEST_BLOCK = 8
/** So many groups are cut at most. */
const ROUNDS = 4

/** The frame of a network that opens now. */
export function frameOf(source: GraphSource): GroupFrame {
  const live = source.layers.filter((l) => !l.removed)
  const sectionOf = new Map<LayerId, Section>()
  const adopted = adoptedByUsers(source, live)
  const pathOf = pathMaker()
  const homes = (): Map<GroupPath, LayerId[]> => {
    const at = new Map<GroupPath, LayerId[]>()
    for (const { id, scope } of live) {
      const path = pathOf(adopted.get(id) ?? scope, sectionOf.get(id))
      const known = at.get(path)
      if (known) known.push(id)
      else at.set(path, [id])
    }
    return at
  }
  for (let round = 0; ; round++) {
    const at = homes()
    const frame = dissolvedPaths(at)
    const groups = new Groups(frame)
    groups.settle(at)
    const large = [...groups.byPath.values()].find((g) => partCount(g) > LARGEST_GROUP)
    if (!large || round === ROUNDS) return { ...frame, sectionOf, adopted }
    cut(source, large, sectionOf)
  }
}

function partCount(group: Group): number {
  return group.layers.length + group.children.length
}

interface Part {
  readonly token: string
  readonly layers: LayerId[]
}

function cut(source: GraphSource, group: Group, sectionOf: Map<LayerId, Section>): void {
  const parts = partsOf(source, group)
  const runs = repeatedRuns(parts.map((p) => p.token))
  let at = 0
  let stretches = 0
  let blocks = 0
  const assign = (from: number, to: number, name: string) => {
    const within = new Map<Section | undefined, Section>()
    for (let i = from; i < to; i++)
      for (const id of nth(parts, i).layers) {
        const outer = sectionOf.get(id)
        const section = within.get(outer) ?? nested(outer, group, name)
        within.set(outer, section)
        sectionOf.set(id, section)
      }
  }
  const assignStretch = (from: number, to: number) => {
    const pieces = Math.ceil((to - from) / STRETCH)
    for (let k = 0; k < pieces; k++) {
      const lo = from + Math.round(((to - from) * k) / pieces)
      const hi = from + Math.round(((to - from) * (k + 1)) / pieces)
      assign(lo, hi, `part ${++stretches}`)
    }
  }
  for (const run of runs) {
    assignStretch(at, run.start)
    for (let k = 0; k < run.count; k++)
      assign(run.start + k * run.period, run.start + (k + 1) * run.period, `block ${++blocks}`)
    at = run.start + run.count * run.period
  }
  assignStretch(at, parts.length)
}

/** A group that was cut before gets a level of sections around those it has; a section gets one inside. */
function nested(outer: Section | undefined, group: Group, name: string): Section {
  if (!outer) return { cut: group.path, name }
  return { cut: outer.cut, name: group.path === outer.cut ? `${name}/${outer.name}` : `${outer.name}/${name}` }
}

/** Direct layers and whole child groups, in network order, each with a token that equal parts share. */
function partsOf(source: GraphSource, group: Group): Part[] {
  const direct = new Set(group.layers)
  const childOf = new Map<LayerId, Group>()
  for (const child of group.children) {
    const stack = [child]
    for (let g = stack.pop(); g; g = stack.pop()) {
      for (const id of g.layers) childOf.set(id, child)
      stack.push(...g.children)
    }
  }
  const parts: Part[] = []
  const partOfChild = new Map<Group, Part>()
  for (const layer of source.layers) {
    if (direct.has(layer.id)) parts.push({ token: tokenOf(layer), layers: [layer.id] })
    const child = childOf.get(layer.id)
    if (!child) continue
    const known = partOfChild.get(child)
    if (known) known.layers.push(layer.id)
    else {
      const part = { token: `${familyOf(child.name)}*${child.total}`, layers: [layer.id] }
      partOfChild.set(child, part)
      parts.push(part)
    }
  }
  return parts
}

function tokenOf(layer: LayerRecord): string {
  return `${layer.kind}/${layer.inputs.length}/${layer.outputs.length}`
}

interface Run {
  readonly start: number
  readonly period: number
  readonly count: number
}

/**
 * The stretches in which one block follows another equal one, in order and not overlapping: the period that covers
 * the most is taken, then the same is asked of what is left and right of it.
 */
export function repeatedRuns(tokens: readonly string[]): Run[] {
  const runs: Run[] = []
  const stack: [number, number][] = [[0, tokens.length]]
  for (let range = stack.pop(); range; range = stack.pop()) {
    const [from, to] = range
    const run = bestRun(tokens, from, to)
    if (!run) continue
    runs.push(run)
    stack.push([from, run.start], [run.start + run.period * run.count, to])
  }
  return runs.sort((a, b) => a.start - b.start)
}

function bestRun(tokens: readonly string[], from: number, to: number): Run | null {
  let best: Run | null = null
  let bestCover = 0
  for (const period of likelyPeriods(tokens, from, to)) {
    let start = from
    for (let i = from; i + period <= to; i++) {
      if (i + period < to && tokens[i] === tokens[i + period]) continue
      const count = Math.floor((i - start) / period) + 1
      const cover = count * period
      if (count >= 2 && cover > bestCover) {
        best = { start, period, count }
        bestCover = cover
      }
      start = i + 1
    }
  }
  return best
}

/** Distances at which the same short run of tokens comes again, most frequent first, shortest first among equals. */
function likelyPeriods(tokens: readonly string[], from: number, to: number): number[] {
  const lastSeen = new Map<string, number>()
  const votes = new Map<number, number>()
  for (let i = from; i + 4 <= to; i++) {
    const gram = `${tokens[i]},${tokens[i + 1]},${tokens[i + 2]},${tokens[i + 3]}`
    const before = lastSeen.get(gram)
    lastSeen.set(gram, i)
    if (before === undefined) continue
    const period = i - before
    if (period >= SHORTEST_BLOCK && period <= LARGEST_GROUP) votes.set(period, (votes.get(period) ?? 0) + 1)
  }
  return [...votes]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, 12)
    .map(([period]) => period)
}
