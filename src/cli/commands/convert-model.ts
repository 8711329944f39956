import { lowerOnnx, pluginTexts } from '../../dialects/tensorrt'
import type { Network } from '../../engine'
import { UsageError } from '../arguments'
import type { Arguments } from '../arguments'
import { isForTensorrt } from '../choice'
import { table } from '../console'
import type { Console } from '../console'
import { readModel } from '../files'
import { Outputs, STANDARD_OUTPUT } from '../outputs'
import { stageModel } from '../staged-model'

/**
 * A model in TensorRT's layers: how many there are of which, and which operators have no counterpart and became plugins. With `-o`
 * the layers are written as ONNX operators that compute the same.
 */
export async function convertModel(args: Arguments, console: Console): Promise<number> {
  if (!isForTensorrt(args)) throw new UsageError('a model is converted with --dialect tensorrt')
  const file = args.files[0]!
  const output = args.text('output')
  if (output === STANDARD_OUTPUT) console.reserveOutput()
  const { snapshot, warnings, missingExternal } = readModel(file)
  if (missingExternal.length > 0) throw new UsageError(`${file}: weights are missing, ${missingExternal.join(', ')}`)
  const { network, plugins, warnings: own } = lowerOnnx(snapshot)
  if (output !== undefined) {
    const outputs = new Outputs([output])
    await stageModel(outputs, network, output)
    await outputs.commit()
  }
  const layers = countsOf(network)
  const told = [...warnings, ...own, ...pluginTexts(plugins)]
  console.result({ model: file, dialect: 'tensorrt', layers, plugins, warnings: [...warnings, ...own] }, () => [
    `${file}: ${snapshot.layers.length} nodes, ${network.numLayers} layers of TensorRT`,
    ...table(Object.entries(layers).map(([kind, n]) => [`  ${n}`, kind])),
    ...told.map((w) => `the model: ${w}`),
    ...(output === undefined || output === STANDARD_OUTPUT ? [] : [`written to ${output}, in ONNX operators`]),
  ])
  return 0
}

/** How many layers there are of each type, the most frequent first. */
function countsOf(network: Network): Record<string, number> {
  const counts = network.kinds().map((kind) => [kind, network.countOfKind(kind)] as const)
  return Object.fromEntries(counts.sort((a, b) => b[1] - a[1]))
}
