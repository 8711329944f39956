/**
 * A scene by the groups that it is made of. A step leaves most of them as they are, or moves them as a whole: whoever
 * compares two scenes looks at the others only, and what nobody looks at is not worked out.
 */
import type { GroupPath } from './frame'
import type { Scene, SceneEdge, SceneNode, SceneStub } from './scene'
import { nth } from './known'

/** What one open group adds to a scene, with its own corner as the origin: it is the same wherever the group lies. */
export interface GroupInside {
  readonly path: GroupPath
  readonly width: number
  readonly height: number
  /** Open groups in it. */
  readonly frames: readonly SceneNode[]
  /** What else lies in it. */
  readonly nodes: readonly SceneNode[]
  /** Lines whose ends meet in it. */
  readonly edges: readonly SceneEdge[]
  readonly stubs: readonly SceneStub[]
}

/** The inside of a group where it lies. */
export class ScenePart {
  private madeFrames: readonly SceneNode[] | null = null
  private madeNodes: readonly SceneNode[] | null = null
  private madeEdges: readonly SceneEdge[] | null = null
  private madeStubs: readonly SceneStub[] | null = null

  constructor(
    readonly inside: GroupInside,
    readonly x: number,
    readonly y: number,
  ) {}

  get frames(): readonly SceneNode[] {
    return (this.madeFrames ??= this.inside.frames.map((n) => nodeAt(n, this.x, this.y)))
  }
  get nodes(): readonly SceneNode[] {
    return (this.madeNodes ??= this.inside.nodes.map((n) => nodeAt(n, this.x, this.y)))
  }
  get edges(): readonly SceneEdge[] {
    return (this.madeEdges ??= this.inside.edges.map((e) => edgeAt(e, this.x, this.y)))
  }
  get stubs(): readonly SceneStub[] {
    return (this.madeStubs ??= this.inside.stubs.map((s) => ({ ...s, x: s.x + this.x, y: s.y + this.y })))
  }
}

/** Field by field: there may be ten thousand, and the page waits. */
function nodeAt(n: SceneNode, x: number, y: number): SceneNode {
  const { key, kind, layer, group, open, depth, width, height, face } = n
  return { key, kind, layer, group, open, depth, x: n.x + x, y: n.y + y, width, height, face }
}

function edgeAt({ key, tensor, from, to, points: old }: SceneEdge, x: number, y: number): SceneEdge {
  const points = new Array<number>(old.length)
  for (let i = 0; i < old.length; i += 2) {
    points[i] = nth(old, i) + x
    points[i + 1] = nth(old, i + 1) + y
  }
  return { key, tensor, from, to, points }
}

/** The parts of a scene, and the ways to one of its nodes. */
export class SceneParts {
  private readonly byPath: ReadonlyMap<GroupPath, ScenePart>
  /** Of each part the index of its first node that is no frame, in the list of all nodes. */
  private readonly starts: readonly number[]

  /** @param parts those of outer groups first */
  constructor(readonly parts: readonly ScenePart[]) {
    this.byPath = new Map(parts.map((part) => [part.inside.path, part]))
    let index = parts.reduce((n, { inside }) => n + inside.frames.length, 0)
    this.starts = parts.map(({ inside }) => (index += inside.nodes.length) - inside.nodes.length)
  }

  at(path: GroupPath): ScenePart | undefined {
    return this.byPath.get(path)
  }

  /** The part that a node which is no frame belongs to, by its index among all nodes. */
  partOfIndex(index: number): { readonly part: ScenePart; readonly at: number } | null {
    let [low, high] = [0, this.parts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (nth(this.starts, middle) <= index) low = middle
      else high = middle - 1
    }
    const part = this.parts[low]
    const at = index - (this.starts[low] ?? 0)
    return part && at >= 0 && at < part.inside.nodes.length ? { part, at } : null
  }

  /** The part that the item of a group belongs to: that of the innermost group around it which is open. */
  partAround(path: GroupPath): ScenePart | undefined {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const part = this.byPath.get(path.slice(0, at))
      if (part) return part
    }
    return this.byPath.get('')
  }
}

const known = new WeakMap<Scene, SceneParts>()

/** The parts that a scene was made of; undefined for one that was not made of any. */
export const partsOf = (scene: Scene): SceneParts | undefined => known.get(scene)

export function sceneOfParts(
  parts: readonly ScenePart[],
  whole: Pick<Scene, 'anchors' | 'direction' | 'width' | 'height'>,
): Scene {
  const { anchors, direction, width, height } = whole
  const scene = { anchors, direction, width, height } as Scene
  later(scene, 'nodes', () => [...parts.flatMap((p) => p.frames), ...parts.flatMap((p) => p.nodes)])
  later(scene, 'edges', () => parts.flatMap((p) => p.edges))
  later(scene, 'stubs', () => parts.flatMap((p) => p.stubs))
  known.set(scene, new SceneParts(parts))
  return scene
}

/** A field that is worked out when somebody asks for it. */
function later<K extends keyof Scene>(scene: Scene, name: K, make: () => Scene[K]): void {
  const give = (value: Scene[K]): Scene[K] => {
    Object.defineProperty(scene, name, { value, enumerable: true })
    return value
  }
  Object.defineProperty(scene, name, { get: () => give(make()), enumerable: true, configurable: true })
}

/** The node that shows a layer. */
export function anchorOf(scene: Scene, layer: number): SceneNode | undefined {
  const index = scene.anchors[layer]
  if (index === undefined || index < 0) return undefined
  const found = known.get(scene)?.partOfIndex(index)
  return found ? found.part.nodes[found.at] : scene.nodes[index]
}

const places = new WeakMap<readonly SceneNode[], ReadonlyMap<string, number>>()

/** The place of a node in a list of the inside of a group. */
function placeIn(nodes: readonly SceneNode[], key: string): number {
  let index = places.get(nodes)
  if (!index) places.set(nodes, (index = new Map(nodes.map((n, i) => [n.key, i]))))
  return index.get(key) ?? -1
}

/** Where a node stands in a scene that was made of parts. */
export interface Found {
  readonly part: ScenePart
  readonly list: 'frames' | 'nodes'
  readonly at: number
}

export function findNode(scene: Scene, key: string): Found | null {
  const parts = known.get(scene)
  if (!parts) return null
  const part = key.startsWith('L')
    ? parts.partOfIndex(scene.anchors[Number(key.slice(1))] ?? -1)?.part
    : key.startsWith('G')
      ? parts.partAround(key.slice(2))
      : parts.at('')
  for (const list of ['nodes', 'frames'] as const) {
    const at = part ? placeIn(part.inside[list], key) : -1
    if (part && at >= 0) return { part, list, at }
  }
  return null
}

/** The node of a key. Costs no more than the part of the scene that it lies in. */
export function nodeNamed(scene: Scene, key: string): SceneNode | undefined {
  if (!known.has(scene)) return scene.nodes.find((n) => n.key === key)
  const found = findNode(scene, key)
  return found ? found.part[found.list][found.at] : undefined
}
