/** The runs of equal blocks of a network, `layers.0` to `layers.79`: found when it opens. */
import type { LayerId } from '../engine'
import type { Run } from './frame'
import { families } from './group'
import type { Group } from './group'
import type { GroupTree } from './groups'
import { last, nth } from './known'

/** Fewer blocks than this are read as well by themselves. */
const SHORTEST_RUN = 3

/** All runs of a network that opens now, those of outer groups first. */
export function runsOf(tree: GroupTree): Run[] {
  const shapes = shapesOf(tree)
  const firstLater = tree.source.layers.reduce((next, { id }) => Math.max(next, id + 1), 0)
  return [...tree.groups.values()].flatMap((group) => {
    if (group.children.length < SHORTEST_RUN) return []
    const inOrder = group.children.toSorted((a, b) => place(tree, a) - place(tree, b))
    const stretches = families(inOrder).flatMap((family) => equalNeighbours(family, shapes))
    const long = stretches.filter((blocks) => blocks.length >= SHORTEST_RUN)
    if (long.length === 0) return []
    const users = usersWithin(tree, group)
    return long
      .flatMap((blocks) => withoutCircle(blocks, users))
      .filter((blocks) => blocks.length >= SHORTEST_RUN)
      .map((blocks) => runOf(blocks, firstLater))
      .filter((run) => !tree.groups.has(run.path))
  })
}

const place = (tree: GroupTree, group: Group): number => tree.source.place(tree.firstOf(group))

function runOf(blocks: readonly Group[], firstLater: LayerId): Run {
  const [first, end] = [nth(blocks, 0), last(blocks)]
  const name = `${first.name} … ${end.name}`
  return {
    path: `${first.path} … ${end.path}`,
    name,
    blocks: new Map(blocks.map((g) => [g.path, g.total])),
    firstLater,
  }
}

/** Groups that follow each other and hold the same. */
function equalNeighbours(groups: readonly Group[], shapes: ReadonlyMap<Group, string>): Group[][] {
  const out: Group[][] = []
  for (const group of groups) {
    const open = out.at(-1)
    if (open && shapes.get(nth(open, 0)) === shapes.get(group)) open.push(group)
    else out.push([group])
  }
  return out
}

/** What groups hold, whatever the order: how many layers of which kind, at any depth. */
function shapesOf({ groups, source }: GroupTree): Map<Group, string> {
  const counts = new Map<Group, Map<string, number>>()
  // Parents stand before their children: read backwards, what a group holds is whole when it is added to the one around it.
  for (const group of [...groups.values()].toReversed()) {
    if (!group.parent) continue
    const own = new Map<string, number>()
    const add = (kind: string, n: number): void => void own.set(kind, (own.get(kind) ?? 0) + n)
    for (const id of group.layers) add(source.layer(id)?.kind ?? '', 1)
    for (const child of group.children) for (const [kind, n] of counts.get(child) ?? []) add(kind, n)
    counts.set(group, own)
  }
  const text = (kinds: ReadonlyMap<string, number>): string =>
    [...kinds]
      .map(([kind, n]) => `${kind} ${n}`)
      .toSorted()
      .join('\n')
  return new Map([...counts].map(([group, kinds]) => [group, text(kinds)]))
}

/** What stands in a group: another group, or a layer by its id. */
type Part = Group | LayerId
type Users = ReadonlyMap<Part, ReadonlySet<Part>>

/** Blocks cut where a value leaves those before and comes back by way of something between. */
function withoutCircle(blocks: readonly Group[], users: Users): Group[][] {
  const out: Group[][] = []
  for (const block of blocks) {
    const open = out.at(-1)
    if (open && !isReentered(new Set<Part>([...open, block]), users)) open.push(block)
    else out.push([block])
  }
  return out
}

function isReentered(blocks: ReadonlySet<Part>, users: Users): boolean {
  const seen = new Set<Part>()
  const usersOf = (part: Part) => [...(users.get(part) ?? [])]
  const waiting = [...blocks].flatMap(usersOf).filter((part) => !blocks.has(part))
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (seen.has(part)) continue
    seen.add(part)
    for (const user of usersOf(part)) {
      if (blocks.has(user)) return true
      waiting.push(user)
    }
  }
  return false
}

/** The parts of a group that use what another makes. */
function usersWithin({ source, homeOf }: GroupTree, around: Group): Users {
  const partOf = (id: LayerId): Part | null => {
    let group = homeOf.get(id)
    if (!group || group === around) return group ? id : null
    while (group.parent && group.parent !== around) group = group.parent
    return group.parent === around ? group : null
  }
  const users = new Map<Part, Set<Part>>()
  for (const id of membersOf(around)) {
    const user = partOf(id)
    for (const tensor of source.layer(id)?.inputs ?? []) {
      const producer = source.tensor(tensor)?.producer ?? -1
      const maker = producer >= 0 ? partOf(producer) : null
      if (maker === null || user === null || maker === user) continue
      const known = users.get(maker)
      if (known) known.add(user)
      else users.set(maker, new Set([user]))
    }
  }
  return users
}

function* membersOf(group: Group): Generator<LayerId> {
  const waiting = [group]
  for (let g = waiting.pop(); g; g = waiting.pop()) {
    yield* g.layers
    waiting.push(...g.children)
  }
}
