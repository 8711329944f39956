/** Small networks to lay out, and what every picture must be. */
import ELK from 'elkjs/lib/elk.bundled.js'
import { expect } from 'vitest'
import type { LayerRecord, TensorRecord } from '../../src/engine'
import { ABSENT } from '../../src/engine'
import { LayoutEngine, indexed } from '../../src/layout'
import type { NodeContentOf, GraphSource, RunElk, Scene, SceneNode } from '../../src/layout'

export const face: NodeContentOf = (item) => ({
  title: item.key,
  detail: '',
  result: '',
  category: 'other',
  width: item.kind === 'group' ? 160 : 120,
  height: 40,
})

const elk = new ELK()
const arranged = new Map<string, Promise<string>>()

/** What ELK makes of a graph depends on the graph alone, and is asked for once. */
export const runElk: RunElk = async (graph) => {
  const asked = JSON.stringify(graph)
  let answer = arranged.get(asked)
  if (!answer) arranged.set(asked, (answer = elk.layout(graph).then((laidOut) => JSON.stringify(laidOut))))
  return JSON.parse(await answer) as typeof graph
}

/** A layout engine of its own. */
export const arranger = (): LayoutEngine => new LayoutEngine(runElk)

/** Builds a network layer by layer; a layer is named by its scope and kind, and gives one value. */
export class Sketch {
  private readonly layers: LayerRecord[] = []
  private readonly tensors: TensorRecord[] = []
  private readonly inputs: number[] = []
  private readonly outputs: { name: string; tensor: number }[] = []

  input(): number {
    const id = this.value(ABSENT)
    this.inputs.push(id)
    return id
  }

  layer(kind: string, scope: string, inputs: readonly number[], removed = false): number {
    const id = this.layers.length
    const output = this.value(id)
    this.layers.push({
      id,
      kind,
      name: `${scope}/${kind}_${id}`,
      scope,
      inputs,
      outputs: [output],
      attributes: {},
      origin: [],
      removed,
      flayer: null,
    })
    return output
  }

  chain(kinds: readonly string[], scope: string, from: number): number {
    return kinds.reduce((at, kind) => this.layer(kind, scope, [at]), from)
  }

  output(tensor: number): void {
    this.outputs.push({ name: `output_${this.outputs.length}`, tensor })
  }

  private value(producer: number): number {
    const id = this.tensors.length
    this.tensors.push({ id, name: `value_${id}`, dtype: 'float32', shape: [4], producer })
    return id
  }

  source(): GraphSource {
    const tensors = [...this.tensors]
    return indexed({
      layers: [...this.layers],
      tensor: (id) => tensors[id],
      inputs: this.inputs,
      outputs: this.outputs,
    })
  }
}

/** A stack of equal blocks, each with a residual connection, under a scope of its own. */
export function transformer(blocks: number, scoped = true): GraphSource {
  const s = new Sketch()
  const mask = s.input()
  let x = s.layer('Gather', scoped ? 'model/embeddings' : '', [s.input()])
  for (let i = 0; i < blocks; i++) {
    const at = (part: string) => (scoped ? `model/layers.${i}/${part}` : '')
    const norm = s.chain(['Pow', 'ReduceMean', 'Sqrt', 'Div'], at('norm'), x)
    const scores = s.layer('MatMul', at('attention'), [norm, norm])
    const masked = s.layer('Add', at('attention'), [scores, mask])
    const context = s.chain(['Softmax', 'MatMul', 'Transpose', 'Reshape'], at('attention'), masked)
    const sum = s.layer('Add', at('').replace(/\/$/, ''), [x, context])
    x = s.layer('Add', at('').replace(/\/$/, ''), [sum, s.chain(['MatMul', 'Erf', 'MatMul', 'Relu'], at('mlp'), sum)])
  }
  s.output(s.layer('MatMul', scoped ? 'model/head' : '', [x]))
  return s.source()
}

/** What no picture may break: boxes of one group do not overlap, frames hold their content, lines begin and end at boxes. */
export function expectSound(scene: Scene): void {
  const byKey = new Map(scene.nodes.map((n) => [n.key, n]))
  const parents = new Map<string, SceneNode[]>()
  for (const n of scene.nodes) {
    const home = n.kind === 'group' ? parentPath(scene, n) : n.group
    const siblings = parents.get(home)
    if (siblings) siblings.push(n)
    else parents.set(home, [n])
  }
  for (const [home, siblings] of parents) {
    const frame = byKey.get(`G:${home}`)
    siblings.forEach((a, i) => {
      for (const b of siblings.slice(i + 1)) expect(overlap(a, b), `${a.key} and ${b.key} overlap`).toBe(false)
      if (frame) expect(holds(frame, a), `${frame.key} does not hold ${a.key}`).toBe(true)
    })
  }
  for (const e of scene.edges) {
    const [from, to] = [byKey.get(e.from)!, byKey.get(e.to)!]
    expect([e.points[1], e.points.at(-1)], e.key).toEqual([from.y + from.height, to.y])
  }
}

function parentPath(scene: Scene, node: SceneNode): string {
  const around = scene.nodes.filter((n) => n.open && n !== node && n.depth === node.depth - 1 && holds(n, node))
  return around[0]?.group ?? ''
}

const overlap = (a: SceneNode, b: SceneNode): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const holds = (a: SceneNode, b: SceneNode): boolean =>
  a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height

export function nodeAt(scene: Scene, key: string): SceneNode {
  const node = scene.nodes.find((n) => n.key === key)
  if (!node) throw new Error(`${key} is not shown`)
  return node
}
