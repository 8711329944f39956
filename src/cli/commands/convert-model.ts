import { lowerOnnx, pluginTexts } from '../../dialects/tensorrt'
import type { Network } from '../../engine'
import { UsageError } from '../arguments'
import type { Arguments } from '../arguments'
import { isForTensorrt } from '../choice'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readModel } from '../files'
import { Outputs, STANDARD_OUTPUT } from '../outputs'
import { isForTensorRt, stageModel } from '../staged-model'

/**
 * A model in TensorRT's layers: how many there are of which, and which operators have no counterpart and became plugins. With `-o`
 * it is written: as ONNX operators that compute the same, as a `.graft-trt` file, or as a script that builds it.
 */
export async function convertModel(args: Arguments, console: Console): Promise<number> {
  const file = args.files[0]!
  const output = args.text('output')
  if (output === STANDARD_OUTPUT) console.reserveOutput()
  const { snapshot, warnings, missingExternal } = readModel(file)
  const isOnnx = snapshot.dialect === 'onnx'
  if (isOnnx && !isForTensorrt(args)) throw new UsageError('an ONNX model is converted with --dialect tensorrt')
  if (missingExternal.length > 0) throw new UsageError(`${file}: weights are missing, ${missingExternal.join(', ')}`)
  const {
    network,
    plugins,
    warnings: own,
  } = isOnnx ? lowerOnnx(snapshot) : { network: networkOf(snapshot), plugins: [], warnings: [] }
  if (output !== undefined) {
    const outputs = new Outputs([output])
    await stageModel(outputs, network, output)
    await outputs.commit()
  }
  const layers = countsOf(network)
  const told = [...warnings, ...own, ...pluginTexts(plugins)]
  console.result({ model: file, dialect: 'tensorrt', layers, plugins, warnings: [...warnings, ...own] }, () => [
    `${file}: ${isOnnx ? `${snapshot.layers.length} nodes, ` : ''}${network.numLayers} layers of TensorRT`,
    ...table(Object.entries(layers).map(([kind, n]) => [`  ${n}`, kind])),
    ...told.map((w) => `the model: ${w}`),
    ...(output === undefined || output === STANDARD_OUTPUT
      ? []
      : [`written to ${output}${isForTensorRt(output) ? '' : ', in ONNX operators'}`]),
  ])
  return 0
}

/** How many layers there are of each type, the most frequent first. */
export function countsOf(network: Network): Record<string, number> {
  const counts = network.kinds().map((kind) => [kind, network.countOfKind(kind)] as const)
  return Object.fromEntries(counts.sort((a, b) => b[1] - a[1]))
}
