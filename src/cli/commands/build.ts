import path from 'node:path'
import { CodeError } from '../../code'
import { loadSoundNetwork } from '../../code/load-network'
import { readArguments, UsageError } from '../arguments'
import { table } from '../console'
import type { Console } from '../console'
import { readBytes } from '../files'
import { Outputs, STANDARD_OUTPUT } from '../outputs'
import { stageModel } from '../staged-model'
import { countsOf } from './convert-model'

export const usage = 'graft build net.ts -o net.graft-trt|net.py|net.onnx [--json]'

/** A network that is written in TypeScript, by functionals or modules, as a file. It runs as any script does, with the rights of whoever starts it. */
export async function build(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, { output: 'string' }, 1)
  const [file] = args.files as [string]
  const output = args.text('output')
  if (!output) throw new UsageError('-o is missing: where should the network go?')
  if (output === STANDARD_OUTPUT) console.reserveOutput()
  const outputs = new Outputs([output])
  const { network, warnings } = made(file)
  await stageModel(outputs, network, output)
  await outputs.commit()
  const layers = countsOf(network)
  console.result({ file, name: network.name, dialect: network.dialect.name, layers, warnings }, () => [
    `${network.name}: ${network.numLayers} layers`,
    ...table(Object.entries(layers).map(([kind, n]) => [`  ${n}`, kind])),
    ...warnings.map((w) => `warning: ${w}`),
    ...(output === STANDARD_OUTPUT ? [] : [`written to ${output}`]),
  ])
  return 0
}

function made(file: string): ReturnType<typeof loadSoundNetwork> {
  const name = path.basename(file).replace(/\.[^.]+$/, '')
  try {
    return loadSoundNetwork(new TextDecoder().decode(readBytes(file)), name)
  } catch (error) {
    if (!(error instanceof CodeError)) throw error
    const { place, reason } = error
    throw new UsageError(`${file}${place ? `:${place.line}:${place.column}` : ''}: ${reason}`)
  }
}
