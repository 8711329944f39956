import { EngineFileError, fusionDifferences, kernelsOf, overlayOf, readLayerInformation, readProfile } from '../../dialects/tensorrt' // prettier-ignore
import type { FusionDifference, Kernel } from '../../dialects/tensorrt'
import { readArguments, UsageError } from '../arguments'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readBytes, readModel } from '../files'

export const usage = 'graft engine layers.json [--profile times.json] [--over net.onnx|net.graft-trt] [--json]'

const SHOWN = 20

/** What a built engine runs; laid over a network, where TensorRT fused what that keeps apart, and the other way around. */
export function engine(argv: readonly string[], console: Console): number {
  const args = readArguments(argv, { profile: 'string', over: 'string' }, 1)
  const [file] = args.files as [string]
  const [profile, over] = [args.text('profile'), args.text('over')]
  const information = read(file, readLayerInformation)
  const kernels = kernelsOf(information, profile === undefined ? undefined : read(profile, readProfile))
  const overlay = over === undefined ? null : overlayOf(networkOf(readModel(over).snapshot), kernels)
  const isOfAnother = overlay?.of.size === 0
  const differences = overlay && (isOfAnother ? [] : fusionDifferences(overlay))
  const covered = overlay && { layers: overlay.of.size, differences: differences!.map(plain) }
  console.result({ file, kernels, over: covered }, () => [
    `${file}: ${kernels.length} kernels${timeText(kernels)}`,
    ...(profile !== undefined && kernels.every((k) => k.time === null)
      ? [`${profile}: none of its names is a kernel here: is the profile of another engine?`]
      : []),
    ...table(
      byTime(kernels).map((k) => [
        `  ${k.time === null ? '' : `${k.time.toFixed(3)} ms`}`,
        k.type,
        k.precision,
        k.name,
      ]),
    ),
    ...(overlay ? [`${over!}: ${overlay.of.size} layers are run by kernels of this engine`] : []),
    ...(isOfAnother ? ['  none of its names is there: is the engine of another model?'] : []),
    ...(differences ?? []).slice(0, SHOWN).map((d) => `  ${told(d)}`),
    ...((differences?.length ?? 0) > SHOWN ? [`  and ${differences!.length - SHOWN} more: see --json`] : []),
  ])
  return 0
}

/** @throws UsageError for what is no such file */
function read<T>(file: string, reader: (json: string) => T): T {
  try {
    return reader(new TextDecoder().decode(readBytes(file)))
  } catch (error) {
    if (error instanceof EngineFileError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** Those that take longest; in their order where nothing is known of times. */
const byTime = (kernels: readonly Kernel[]): Kernel[] =>
  [...kernels].sort((a, b) => (b.time ?? 0) - (a.time ?? 0)).slice(0, SHOWN)

function timeText(kernels: readonly Kernel[]): string {
  const sum = kernels.reduce((all, k) => all + (k.time ?? 0), 0)
  return sum > 0 ? `, ${sum.toFixed(3)} ms` : ''
}

const plain = ({ type, kernels, layers }: FusionDifference) => ({
  type,
  kernels: kernels.map((k) => k.name),
  layers: layers.map((l) => l.name),
})

function told({ type, kernels, layers }: FusionDifference): string {
  const [layer, kernel] = [layers[0]?.name ?? '', kernels[0]!.name]
  if (type === 'ours') return `one layer here, ${kernels.length} kernels there: ${layer}`
  if (type === 'lone') return `a kernel of no layer here: ${kernel}`
  return `one kernel there, ${layers.length} layers here: ${layers.map((l) => l.name).join(', ')}`
}
