/** What one step costs on its way from the engine to the page, part by part, with every group open. */
import { readFileSync } from 'node:fs'
import { importOnnx } from '../../src/dialects/onnx'
import { dialectNamed } from '../../src/dialects/tensorrt'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { nodeContentMaker } from '../../src/editor/layout-worker/node-content'
import { sourceOf } from '../../src/editor/layout-worker/live-source'
import { packed, unpackedSnapshot, unpackedTransaction } from '../../src/editor/protocol/codec'
import { packScene, transferables, unpackScene } from '../../src/editor/protocol/scene-codec'
import { recordStep } from '../../src/editor/motion/step-record'
import { applyTransaction, networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Transaction } from '../../src/engine'
import { allGroups, buildGroups, buildView, frameOf, partsOfPicture, Touched } from '../../src/layout'
import type { Picture, Scene } from '../../src/layout'
import { compose } from '../../src/layout/compose'
import { upgradeForTarget } from '../../src/patterns'
import { SceneIndex } from '../../src/ui/canvas/paint/scene-index'
import { arranger } from '../layout/support'
import { row } from './measure'

const STEPS = 24
const MODELS = [
  ['bert-12.torchscript', 'Gelu (erf)'],
  ['llama-80.torchscript', 'RMSNorm'],
] as const

/** Medians in milliseconds, both models side by side. */
export async function benchStepParts(): Promise<void> {
  const found: Map<string, number>[] = []
  for (const [model, label] of MODELS) found.push(await partsOfStep(model, label))
  row('a step with everything open, ms', ...MODELS.map(([model]) => model.split('.')[0]!), 'ratio')
  for (const part of found[0]!.keys()) {
    const [small = 0, large = 0] = found.map((f) => f.get(part))
    row(part, small.toFixed(2), large.toFixed(2), (large / small).toFixed(1))
  }
}

/** The parts of a step, its whole, and how many nodes are in the picture. */
async function partsOfStep(model: string, label: string): Promise<Map<string, number>> {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
  const home = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'ort').snapshot)
  home.offer('ort', [])
  const start = unpackedSnapshot(packed(snapshotOf(home.network)))
  const network = networkFromSnapshot(start, dialectNamed(start.dialect))
  const source = sourceOf(network)
  const tree = buildGroups(source, frameOf(source))
  let view = buildView(tree, allGroups(tree))
  const faceOf = nodeContentMaker(tree, network)
  const by = arranger()
  const spent = new Map<string, number[]>()
  const note = (part: string, ms: number): void => void (spent.get(part)?.push(ms) ?? spent.set(part, [ms]))
  const time = <T>(part: string, act: () => T): T => {
    const from = performance.now()
    const result = act()
    note(part, performance.now() - from)
    return result
  }
  let picture: Picture | null = null
  let scene: Scene | null = null
  const draw = async (t: Transaction | null): Promise<void> => {
    const from = performance.now()
    const placed = await by.arrange(view, faceOf, picture ? { near: picture.placed } : {})
    note('layout: places', performance.now() - from)
    const composed = time('layout: picture', () => compose(view, placed, source, faceOf, picture?.composed ?? null))
    const before = picture && { revision: 0, places: [...picture.composed.values()].map((c) => c.inside) }
    const now = [...composed.values()]
    const places = new Map(before?.places.map((inside, i) => [inside, i]))
    const sent = before && { revision: 0, placeOf: (i: number) => places.get(now[i]!.inside) ?? -1 }
    const pack = time('layout: packing', () => packScene(partsOfPicture({ placed, composed }), 0, sent))
    const arrived = time('transfer of the scene', () => structuredClone(pack, { transfer: transferables(pack) }))
    const next = time('page: scene', () => unpackScene(arrived, scene ?? undefined))
    if (scene) time('page: what moves', () => recordStep(scene!, next, t))
    time('page: index', () => new SceneIndex(next))
    picture = { placed, composed }
    scene = next
  }
  await draw(null)
  spent.clear()
  for (const { root } of [...home.matches(label)].slice(0, STEPS)) {
    const moved = time('engine', () => home.apply(label, root))
    const arrived = time('transfer of the step', () => structuredClone(moved))
    const t = unpackedTransaction(arrived.steps[0]!.transaction)
    time('layout: network', () => applyTransaction(network, t))
    const touched = new Touched()
    time('layout: groups and view', () => {
      touched.follow(t.edits)
      const parts = tree.follow(touched)
      if (parts) view.follow(touched, parts)
      else view = buildView(tree, allGroups(tree))
    })
    await draw(t)
  }
  const median = (of: number[]): number => of.sort((a, b) => a - b)[of.length >> 1]!
  const out = new Map([...spent].map(([part, of]) => [part, median(of)]))
  out.set(
    'all of it',
    [...out.values()].reduce((a, b) => a + b, 0),
  )
  return out.set('nodes in the picture', (scene as Scene | null)?.nodes.length ?? 0)
}
