import { upgradeForTarget } from '../../patterns'
import { networkFromSnapshot, readTrace, replayTrace, TraceError } from '../../engine'
import type { Network } from '../../engine'
import { onnxDialect } from '../../dialects/onnx'
import { readArguments, UsageError } from '../arguments'
import { table } from '../console'
import type { Console } from '../console'
import { readJson, readModel, writeWhole } from '../files'

import { exportWhole, filesBeside } from './rewrite'

export const usage = 'graft trace in.onnx t.json [-o out.onnx] [--json]'

/** Lists the steps of a trace, and replays them on the model that they were made on. */
export function trace(argv: readonly string[], console: Console): number {
  const args = readArguments(argv, { output: 'string' }, 2)
  const [file, traceFile] = args.files as [string, string]
  const { snapshot } = readModel(file)
  const json = readJson(traceFile)
  try {
    readTrace(json)
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(`${traceFile}: ${error.message}`)
    throw error
  }
  // A trace begins at the network as it was rewritten: raised to a newer operator set, or as it came.
  const raisedFor = (['ort', 'onnx'] as const).map((target) => upgradeForTarget(snapshot, target).snapshot)
  const bases = [...raisedFor, snapshot].map((s) => networkFromSnapshot(s, onnxDialect))
  const { network, steps } = replayed(bases, json)
  const output = args.text('output')
  if (output) {
    const written = exportWhole(network, output)
    writeWhole(new Map([[output, written.bytes], ...filesBeside(output, written)]))
  }
  console.result({ steps, nodes: network.numLayers }, () => [
    ...table(steps.map((s, i) => [`${i + 1}`, s.label, s.root ?? ''])),
    `${steps.length} steps, ${network.numLayers} nodes`,
  ])
  return 0
}

function replayed(bases: readonly Network[], json: unknown) {
  let first: unknown
  for (const network of bases) {
    try {
      const transactions = replayTrace(network, json)
      const steps = transactions.map(({ annotations: { label, rootName } }) => ({ label, root: rootName ?? null }))
      return { network, steps }
    } catch (error) {
      if (!(error instanceof TraceError)) throw error
      first ??= error
    }
  }
  throw first
}
