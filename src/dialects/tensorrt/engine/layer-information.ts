/**
 * The layers of a built engine, as `trtexec --exportLayerInfo` and the engine inspector write them in JSON, and the times of its layers,
 * as `trtexec --exportProfile` does. Detailed information needs an engine built with `--profilingVerbosity=detailed`; without it a layer
 * is its name alone.
 */

export interface EngineTensor {
  readonly name: string
  readonly dimensions: readonly number[] | null
  /** `Channel major FP16 format where channel % 8 == 0`; '' where it is not said. */
  readonly format: string
}

export interface EngineLayer {
  /** Of what was fused: `Conv_0 + Relu_1`. */
  readonly name: string
  /** `CaskConvolution`; '' where the file has names only. */
  readonly type: string
  readonly inputs: readonly EngineTensor[]
  readonly outputs: readonly EngineTensor[]
  /** What else is said, by its name in the file: numbers, texts, and lists of them. */
  readonly facts: Readonly<Record<string, unknown>>
}

export interface LayerInformation {
  readonly layers: readonly EngineLayer[]
  /** Names of the engine's inputs and outputs. */
  readonly bindings: readonly string[]
}

/** Times of one layer, in milliseconds; `share` of all, in percent. */
export interface LayerTime {
  readonly average: number
  readonly median: number | null
  readonly share: number | null
}

export type Profile = ReadonlyMap<string, LayerTime>

/** A file that is not what it was taken for: `message` says what it lacks, and where. */
export class EngineFileError extends Error {
  override readonly name = 'EngineFileError'
}

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new EngineFileError(`This is no JSON: ${(error as Error).message}.`)
  }
}

/** Whether a file of this content is a profile and not the layers. */
export const isProfile = (json: string): boolean => /^\s*\[/.test(json)

/** @throws EngineFileError for what is no layer information */
export function readLayerInformation(json: string): LayerInformation {
  const file = parsed(json)
  if (!isPlain(file) || !Array.isArray(file['Layers'])) {
    throw new EngineFileError(
      'This JSON has no list "Layers", which the layer information of a TensorRT engine has. Write it with trtexec --exportLayerInfo=layers.json --profilingVerbosity=detailed.',
    )
  }
  const bindings: unknown[] = Array.isArray(file['Bindings']) ? file['Bindings'] : []
  return {
    layers: (file['Layers'] as unknown[]).map(readLayer),
    bindings: bindings.filter((b): b is string => typeof b === 'string'),
  }
}

function readLayer(layer: unknown, at: number): EngineLayer {
  if (typeof layer === 'string') return { name: layer, type: '', inputs: [], outputs: [], facts: {} }
  if (!isPlain(layer) || text(layer['Name']) === '') {
    throw new EngineFileError(`Layer ${at} of "Layers" is neither a name nor an object with a "Name".`)
  }
  const { Name, LayerType, Inputs, Outputs, ...facts } = layer
  const tensors = (list: unknown, which: string) =>
    list === undefined ? [] : readTensors(list, `${which} of layer ${at}`)
  return {
    name: text(Name),
    type: text(LayerType),
    inputs: tensors(Inputs, '"Inputs"'),
    outputs: tensors(Outputs, '"Outputs"'),
    facts,
  }
}

function readTensors(list: unknown, where: string): EngineTensor[] {
  if (!Array.isArray(list)) throw new EngineFileError(`${where} is not a list.`)
  return list.map((tensor: unknown): EngineTensor => {
    if (!isPlain(tensor) || text(tensor['Name']) === '')
      throw new EngineFileError(`${where} has a tensor without a "Name".`)
    const { Dimensions: dimensions } = tensor
    const known = Array.isArray(dimensions) && dimensions.every((d) => Number.isInteger(d))
    return {
      name: text(tensor['Name']),
      dimensions: known ? (dimensions as number[]) : null,
      format: text(tensor['Format/Datatype']) || text(tensor['Datatype']),
    }
  })
}

/** What is negative or endless is no time. */
const isTime = (x: unknown): x is number => typeof x === 'number' && x >= 0 && x < Infinity

/** @throws EngineFileError for what is no profile */
export function readProfile(json: string): Profile {
  const file = parsed(json)
  const rows: unknown[] = Array.isArray(file) ? file : []
  const times = new Map<string, LayerTime>()
  for (const row of rows) {
    if (!isPlain(row) || typeof row['name'] !== 'string' || !isTime(row['averageMs'])) continue
    const { averageMs, medianMs, percentage } = row
    // A name that comes twice is of two layers that were given one: they are told together.
    const before = times.get(row['name'])
    times.set(row['name'], {
      average: averageMs + (before?.average ?? 0),
      median: isTime(medianMs) ? medianMs + (before?.median ?? 0) : null,
      share: isTime(percentage) ? percentage + (before?.share ?? 0) : null,
    })
  }
  if (times.size === 0) {
    throw new EngineFileError(
      'This JSON is no list of times with "name" and "averageMs", which a profile has. Write it with trtexec --exportProfile=profile.json.',
    )
  }
  return times
}
