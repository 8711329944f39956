/**
 * Cuts a group that holds too many parts into sections along network order: repeated blocks first, and what lies
 * between them into stretches of bearable length. Sections are runs of a topological order, so no cycle comes of it.
 */
import type { LayerId, LayerRecord } from '../engine'
import { adoptedByUsers } from './adoption'
import { dissolvedPaths, familyOf, pathMaker } from './frame'
import type { GroupFrame, GroupPath, Section } from './frame'
import { families, Groups } from './group'
import type { Group } from './group'
import type { GraphSource } from './source'
import { nth } from './known'

/** A group with more parts than this is cut. */
export const LARGEST_GROUP = 300
/** Length of a stretch that repeats nothing. */
const STRETCH = 120
/** A block shorter than this is not worth a frame; a longer one than this would have to be cut again. */
const SHORTEST_BLOCK = 8
/** So many groups are cut at most; those that differ in a number alone, as the blocks of a decoder do, count once. */
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
    const [large] = families([...groups.byPath.values()].filter((g) => partCount(g) > LARGEST_GROUP))
    if (!large || round === ROUNDS) return { ...frame, sectionOf, adopted }
    const runsOf = runsByTokens()
    for (const [group, parts] of partsOf(source, large)) cut(group, parts, runsOf(parts), sectionOf)
  }
}

/** The repeated runs of parts, found once for those that have the same tokens. */
function runsByTokens(): (parts: readonly Part[]) => readonly Run[] {
  const known = new Map<string, readonly Run[]>()
  return (parts) => {
    const tokens = parts.map((p) => p.token)
    const key = tokens.join('\n')
    const runs = known.get(key) ?? repeatedRuns(tokens)
    known.set(key, runs)
    return runs
  }
}

function partCount(group: Group): number {
  return group.layers.length + group.children.length
}

interface Part {
  readonly token: string
  readonly layers: LayerId[]
}

function cut(group: Group, parts: readonly Part[], runs: readonly Run[], sectionOf: Map<LayerId, Section>): void {
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

/** Of each group its direct layers and whole child groups, in network order, each with a token that equal parts share. */
function partsOf(source: GraphSource, groups: readonly Group[]): Map<Group, Part[]> {
  const ownerOf = new Map<LayerId, Owner>()
  const parts = new Map<Group, Part[]>()
  for (const group of groups) {
    const own: Part[] = []
    parts.set(group, own)
    for (const id of group.layers) ownerOf.set(id, { parts: own, child: null })
    for (const child of group.children) {
      const owner: Owner = { parts: own, child, part: null }
      for (const id of layersIn(child)) ownerOf.set(id, owner)
    }
  }
  for (const layer of source.layers) {
    const owner = ownerOf.get(layer.id)
    if (!owner) continue
    if (!owner.child) owner.parts.push({ token: tokenOf(layer), layers: [layer.id] })
    else if (owner.part) owner.part.layers.push(layer.id)
    else {
      owner.part = { token: `${familyOf(owner.child.name)}*${owner.child.total}`, layers: [layer.id] }
      owner.parts.push(owner.part)
    }
  }
  return parts
}

/** Where a layer goes: by itself among the parts of its group, or with the child group that it lies in. */
type Owner =
  | { readonly parts: Part[]; readonly child: null }
  | { readonly parts: Part[]; readonly child: Group; part: Part | null }

function* layersIn(group: Group): Generator<LayerId> {
  const stack = [group]
  for (let g = stack.pop(); g; g = stack.pop()) {
    yield* g.layers
    stack.push(...g.children)
  }
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
