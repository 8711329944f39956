import { nameRoom } from './arrangement'
import type { Arrangement, Box } from './arrangement'
import type { Spine } from './spine'
import { FRAME } from './view'
import type { Content } from './view'

/** The same with the spine in the middle of the frame, where the spine of the group around runs through it. */
export function centred(a: Arrangement, content: Content, boxes: readonly Box[], spine: Spine): Arrangement {
  const at = spine.passes ? spineX(a, content, boxes, spine) : null
  if (at === null) return a
  const half = Math.max(at, a.width - at, nameRoom(content) / 2)
  const dx = half - at
  return {
    width: 2 * half,
    height: a.height,
    items: a.items.map(([x, y]) => [x + dx, y]),
    routes: a.routes.map((points) => points.map((v, i) => (i % 2 === 0 ? v + dx : v))),
    entries: a.entries.map((x) => x + dx),
    exits: a.exits.map((x) => x + dx),
  }
}

/** Where the spine enters, else where it leaves or begins. */
function spineX(a: Arrangement, content: Content, boxes: readonly Box[], { links, inPort }: Spine): number | null {
  const first = content.links[links[0] ?? -1]
  if (first?.from === FRAME) return a.entries[content.entries.indexOf(first.tensor)]!
  const last = content.links[links.at(-1) ?? -1]
  if (last?.to === FRAME) return a.exits[content.exits.indexOf(last.tensor)]!
  const [item] = inPort.keys()
  return item === undefined ? null : a.items[item]![0] + boxes[item]!.width / 2
}
