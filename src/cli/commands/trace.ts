import { upgradeForTarget } from '../../patterns'
import { readTrace, replayTrace, snapshotOf, TraceError } from '../../engine'
import type { Network } from '../../engine'
import { readArguments, UsageError } from '../arguments'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readJson, readModel } from '../files'
import { Outputs, STANDARD_OUTPUT } from '../outputs'
import { stageModel } from '../staged-model'
import { gate } from '../../verify'
import { runtimeIfThere } from '../runtime'

export const usage = 'graft trace in.onnx t.json [-o out.onnx] [--force] [--json]'

/** Lists the steps of a trace, and replays them on the model that they were made on. */
export async function trace(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, { output: 'string', force: 'boolean' }, 2)
  const [file, traceFile] = args.files as [string, string]
  const model = readModel(file)
  const { snapshot } = model
  const json = readJson(traceFile)
  try {
    readTrace(json)
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(`${traceFile}: ${error.message}`)
    throw error
  }
  // A trace begins at the network as it was rewritten: raised to a newer operator set, or as it came.
  const raisedFor = (['ort', 'onnx'] as const).flatMap((target) =>
    snapshot.dialect === 'onnx' ? upgradeForTarget(snapshot, target).snapshot : [],
  )
  const bases = [...raisedFor, snapshot].map(networkOf)
  const { network, steps } = replayed(bases, json)
  const output = args.text('output')
  if (output) {
    if (output === STANDARD_OUTPUT) console.reserveOutput()
    const outputs = new Outputs([output])
    const { file: made } = await stageModel(outputs, network, output)
    const { status, reason } = await gate(made, snapshotOf(network).tensors, model, await runtimeIfThere())
    if (status === 'fails' && !args.has('force')) {
      outputs.discard()
      throw new TraceError(
        `ONNX Runtime does not open the result: ${reason}. Nothing was written; --force writes it all the same.`,
      )
    }
    if (status === 'unchecked') console.warn(`not checked in ONNX Runtime: ${reason}`)
    await outputs.commit()
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
