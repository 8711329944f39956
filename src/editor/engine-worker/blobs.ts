/** Files of a person's own, read where they are needed, and models that are written without being in memory as a whole. */
import { exportParts, joined, lengthOf } from '../../dialects/onnx'
import type { Part } from '../../dialects/onnx'
import { asOnnx, weightsBeside, writeNetwork, writePython } from '../../dialects/tensorrt'
import { ByteRange, ByteSource } from '../../engine'
import type { ConstantValue, NetworkSnapshot } from '../../engine'
import type { ConstantData } from '../protocol/constant-data'
import type { ExportFormat } from '../protocol/engine-calls'

/** Files of fewer bytes are read at once. */
const SMALL = 2 ** 20

export function sourceOf(blob: Blob): Uint8Array | ByteSource {
  if (blob.size < SMALL) return read(blob)
  return new ByteSource(blob.size, (from, length) => read(blob.slice(from, from + length)), blob)
}

function read(blob: Blob): Uint8Array {
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob))
}

/** Weights beyond this go to a file beside the model: protobuf ends at 2 GB. */
const LARGEST_FILE = 1.9e9

/**
 * A network as files: a model, and one beside it for weights that are too many for it, or that are always apart.
 * @throws OnnxExportError or NetworkFileError
 */
export function filesOf(snapshot: NetworkSnapshot, name: string, format: ExportFormat): ReadonlyMap<string, Blob> {
  if (format !== 'onnx') return tensorRtFiles(snapshot, name, format)
  const weights = snapshot.tensors.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0)
  const beside = weights > LARGEST_FILE ? { weightsFile: `${name}.data` } : {}
  const { model, external } = exportParts(asOnnx(snapshot), { inlineExternal: true, ...beside })
  return new Map([[name, model] as const, ...external].map(([file, parts]) => [file, blobOf(parts)]))
}

function tensorRtFiles(snapshot: NetworkSnapshot, name: string, format: ExportFormat): ReadonlyMap<string, Blob> {
  const beside = weightsBeside(name)
  const { text, weights } = (format === 'python' ? writePython : writeNetwork)(snapshot, beside)
  const files = new Map([[name, new Blob([text])]])
  return weights.length > 0 ? files.set(beside, blobOf(weights)) : files
}

/** What lies in a file stays there: the blob refers to it. */
function blobOf(parts: readonly Part[]): Blob {
  return new Blob(parts.map((part) => (part instanceof ByteRange ? sliceOf(part) : part) as BlobPart))
}

/** A constant for another worker: what lies in a file is read there. */
export function dataOf({ dtype, shape, data, strings, external }: ConstantValue): ConstantData {
  const place = data instanceof ByteRange ? sliceOf(data) : (data?.slice() ?? null)
  return { dtype, shape, data: place, strings, external: data ? null : (external?.location ?? null) }
}

function sliceOf({ source, offset, length }: ByteRange): Blob | Uint8Array {
  return source.origin instanceof Blob ? source.origin.slice(offset, offset + length) : source.pass(offset, length)
}

/** Models of more bytes are not put together to be run: a page has not that much memory for both sides of a comparison. */
export const MOST_AT_ONCE = 2.5e8

/** @throws Error for a model that is too large */
export function bytesOf(parts: readonly Part[]): Uint8Array {
  const size = lengthOf(parts)
  if (size > MOST_AT_ONCE)
    throw new Error(`${(size / 1e9).toFixed(1)} GB are too much to open it as a whole in this page`)
  return joined(parts)
}
