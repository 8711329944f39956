import { exportOnnx, importOnnx, onnxDialect } from '../../dialects/onnx'
import { LLaMAForCausalLM } from '../../dialects/tensorrt'
import { snapshotOf } from '../../engine'
import { upgradeForTarget } from '../../patterns'
import { inParts } from '../protocol/snapshot-codec'
import { rehearsalNetwork } from '../rehearsal/rehearsal-network'
import { LayerCounts } from '../view/layer-counts'
import { totalsOf } from '../view/totals'
import { Workspace } from './workspace'

/** So often: what is compiled well has run some times. */
const TIMES = 3
/** Networks of the gallery that are made when they are opened are made by modules. */
const DECODER = {
  numLayers: 1,
  hiddenSize: 8,
  numHeads: 2,
  vocabSize: 8,
  maxPositions: 8,
  attention: 'plain',
} as const

/**
 * Reads, opens and rewrites a small network that is nobody's, in stages of a few milliseconds.
 * @param goesOn asked between any two stages
 */
export async function rehearse(goesOn: () => Promise<boolean>): Promise<void> {
  const { bytes } = exportOnnx(rehearsalNetwork(onnxDialect))
  for (let i = 0; i < TIMES; i++) {
    if (!(await goesOn())) return
    const { snapshot } = importOnnx(bytes)
    if (!(await goesOn())) return
    const home = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'onnx').snapshot, snapshot)
    if (!(await goesOn())) return
    home.offer('ort', [])
    if (!(await goesOn())) return
    totalsOf(new LayerCounts(home.network))
    for (const part of inParts(snapshotOf(home.network)).parts) void part
    if (!(await goesOn())) return
    const wanted = home.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn)
    home.plan({ wanted: wanted.map(({ label, benefit }) => ({ label, benefit })), whole: true })
  }
  for (let i = 0; i < TIMES; i++) {
    if (!(await goesOn())) return
    const home = new Workspace(new LLaMAForCausalLM(DECODER).build('rehearsal'))
    if (!(await goesOn())) return
    for (const part of inParts(home.start).parts) void part
  }
}
