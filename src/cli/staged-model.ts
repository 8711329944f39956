/** A model that is about to be written, where it can be opened and run before it is put in place. */
import path from 'node:path'
import { exportParts, joined, lengthOf } from '../dialects/onnx'
import { asOnnx, weightsBeside, writeNetwork, writePython } from '../dialects/tensorrt'
import { snapshotOf } from '../engine'
import type { Network } from '../engine'
import type { ModelFile } from '../verify'
import { sourceOf } from './files'
import { UsageError } from './arguments'
import { STANDARD_OUTPUT } from './outputs'
import type { Outputs } from './outputs'

export interface StagedModel {
  readonly file: ModelFile
  /** The files that it takes. */
  readonly names: readonly string[]
}

/** Weights beyond this go to a file beside the model: protobuf ends at 2 GB. */
const LARGEST_FILE = 1.9e9
/** What is larger and lies in no file is not put together in memory. */
const LARGEST_IN_MEMORY = 1.5e9

/** Whether a file is written in TensorRT's layers: as a network, or as a script that builds it. */
export const isForTensorRt = (output: string): boolean => /\.(graft-trt|py)$/i.test(output)

/**
 * A network as the file that its name says: `.graft-trt`, `.py`, or else ONNX.
 * @throws OnnxExportError or NetworkFileError, and UsageError where it cannot be written
 */
export async function stageModel(outputs: Outputs, network: Network, output: string): Promise<StagedModel> {
  if (isForTensorRt(output)) return stageTensorRt(outputs, network, output)
  let weights = 0
  for (const t of network.getTensors()) weights += t.value?.byteLength ?? 0
  if (weights > LARGEST_FILE && output === STANDARD_OUTPUT)
    throw new UsageError(
      `${gigabytes(weights)} of weights do not fit into one model: give -o a file, and they go beside it`,
    )
  const weightsFile = `${path.basename(output)}.data`
  const { model, external } = exportParts(asOnnx(snapshotOf(network)), {
    inlineExternal: true,
    ...(weights > LARGEST_FILE && { weightsFile }),
  })
  const beside = [...external].map(([name, parts]) => [path.join(path.dirname(output), name), parts] as const)
  await outputs.stage(output, model)
  for (const [name, parts] of beside) await outputs.stage(name, parts)
  const names = [output, ...beside.map(([name]) => name)]
  const staged = outputs.stagedAt(output)
  const together = names.every((name) => staged && path.dirname(outputs.stagedAt(name) ?? '') === path.dirname(staged))
  if (staged && together) {
    const found = [...external.keys()].map((name) => [name, sourceOf(path.join(path.dirname(staged), name))] as const)
    return { file: { path: staged, bytes: sourceOf(staged), external: new Map(found) }, names }
  }
  const size = [model, ...external.values()].reduce((n, parts) => n + lengthOf(parts), 0)
  if (size > LARGEST_IN_MEMORY) return { file: { bytes: new Uint8Array(0), unchecked: tooLarge(size) }, names }
  const inMemory = new Map([...external].map(([name, parts]) => [name, joined(parts)]))
  return { file: { bytes: joined(model), external: inMemory }, names }
}

async function stageTensorRt(outputs: Outputs, network: Network, output: string): Promise<StagedModel> {
  const beside = weightsBeside(output)
  const write = /\.py$/i.test(output) ? writePython : writeNetwork
  const { text, weights } = write(snapshotOf(network), path.basename(beside))
  await outputs.stage(output, text)
  if (weights.length > 0) await outputs.stage(beside, weights)
  const unchecked = "it is written in TensorRT's layers"
  return { file: { bytes: new Uint8Array(0), unchecked }, names: weights.length > 0 ? [output, beside] : [output] }
}

const gigabytes = (size: number): string => `${(size / 1e9).toFixed(1)} GB`
const tooLarge = (size: number): string => `${gigabytes(size)} that go to no file are too much to open them`
