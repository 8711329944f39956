/** What comes before the first picture besides opening: every match counted, and the network laid out. */
import { readFileSync } from 'node:fs'
import { importOnnx, onnxDialect, upgradeOpset } from '../../src/dialects/onnx'
import { findMatches, networkFromSnapshot } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { allGroups, buildGroups, frameOf, initiallyOpen, layOut, sourceOfSnapshot } from '../../src/layout'
import type { GroupPath } from '../../src/layout'
import { managerOf, onnxLibrary } from '../../src/patterns'
import { arranger, face } from '../layout/support'
import { row, timed, timedAsync } from './measure'
import { benchMotion } from './motion'

const MODELS = ['bert-12.torchscript', 'llama-80.torchscript']
const RUNS = 3

/** Matches of the whole library on the network as it came; the first picture, and everything open, each from nothing. */
export async function benchPicture(): Promise<void> {
  row('matching and layout, ms (minimum)', 'layers', 'match', 'matches', 'layout', 'all open')
  for (const model of MODELS) {
    const bytes = new Uint8Array(readFileSync(`public/models/${model}.onnx`))
    const snapshot = upgradeOpset(importOnnx(bytes).snapshot, 23)
    const network = networkFromSnapshot(snapshot, onnxDialect)
    const entries = managerOf(onnxLibrary('ort'), 'ort').entries()
    let matches = 0
    const matching = timed(
      () => (matches = 0),
      () => {
        for (const entry of entries) for (const _ of findMatches(network, entry)) matches++
      },
      () => {},
      RUNS,
    )
    const first = await timedAsync(() => picture(snapshot, 'first'), RUNS)
    const all = await timedAsync(() => picture(snapshot, 'all'), RUNS)
    row(model, String(network.numLayers), matching.min, String(matches), first.min, all.min)
  }
  await benchMotion()
}

async function picture(snapshot: NetworkSnapshot, what: 'first' | 'all'): Promise<void> {
  const source = sourceOfSnapshot(snapshot)
  const tree = buildGroups(source, frameOf(source))
  const open: ReadonlySet<GroupPath> = what === 'all' ? allGroups(tree) : initiallyOpen(tree)
  await layOut(tree, open, arranger(), face)
}
