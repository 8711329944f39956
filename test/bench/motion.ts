/** What a step does to the picture: how far untouched nodes move before the gap closes, and what the way there costs. */
import { readFileSync } from 'node:fs'
import { importOnnx } from '../../src/dialects/onnx'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { LayoutSession } from '../../src/editor/layout-worker/layout-session'
import { packed, unpackedSnapshot, unpackedTransaction } from '../../src/editor/protocol/codec'
import { nodeFrame, PHASES } from '../../src/editor/motion/frames'
import { unpackScene } from '../../src/editor/protocol/scene-codec'
import { recordStep } from '../../src/editor/motion/step-record'
import { snapshotOf } from '../../src/engine'
import { upgradeForTarget } from '../../src/patterns'
import { arranger } from '../layout/support'
import { row } from './measure'
import { benchStepParts } from './step-parts'

const STEPS = 12

/** Steps of one pattern with the groups open that are open at first: no more is visible. */
export async function benchMotion(): Promise<void> {
  row('a step in the picture', 'visible', 'steps', 'mean move', 'ms a step')
  const costs: number[] = []
  for (const [model, label] of [
    ['bert-12.torchscript', 'Gelu (erf)'],
    ['llama-80.torchscript', 'RMSNorm'],
  ] as const) {
    const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
    const home = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'ort').snapshot)
    home.offer('ort', [])
    const layout = new LayoutSession(unpackedSnapshot(packed(snapshotOf(home.network))), arranger())
    let scene = unpackScene((await layout.draw()).scene)
    const roots = [...home.matches(label)].slice(0, STEPS).map((m) => m.root)
    let [moved, nodes, spent] = [0, 0, 0]
    for (const root of roots) {
      const from = performance.now()
      const { steps } = home.apply(label, root)
      const after = unpackScene((await layout.follow(steps)).scene)
      const record = recordStep(scene, after, steps[0] ? unpackedTransaction(steps[0].transaction) : null)
      spent += performance.now() - from
      for (const [key, change] of record.nodes) {
        if (!change.from || !change.to) continue
        const { x, y } = nodeFrame(record, key, change, PHASES.close[0], { still: false })
        moved += Math.hypot(x - change.from.x, y - change.from.y)
      }
      nodes += after.nodes.length
      scene = after
    }
    const steps = Math.max(1, roots.length)
    costs.push(spent / steps)
    const cells = [Math.round(nodes / steps), roots.length, moved / Math.max(1, nodes), (spent / steps).toFixed(1)]
    row(model, ...cells.map(String))
  }
  row('Llama-80 over BERT-12', '', '', '', (costs[1]! / costs[0]!).toFixed(1))
  await benchStepParts()
}
