import type { ConstantValue } from '../../../engine'
import type { Part } from '../../onnx'
import { dataTypeOf } from '../data-type'
import { NetworkFileError } from './error'
import type { FileWeights } from './format'

/** Readers that take weights where they lie want them so. */
const ALIGNMENT = 64

/**
 * The file for the weights of a network file or of a script, beside it. A script's has the script's whole name: it is written where the network
 * file that it was made from lies with weights of its own.
 */
export function weightsBeside(name: string): string {
  return /\.py$/i.test(name) ? `${name}.weights` : name.replace(/\.[^.]+$/, '.weights')
}

/** Weights one behind the other, each once. */
export class WeightsWriter {
  readonly parts: Part[] = []
  private length = 0
  private readonly places = new Map<ConstantValue, FileWeights>()

  /** @throws NetworkFileError for an element type that TensorRT lacks */
  place(value: ConstantValue, of: string): FileWeights {
    const known = this.places.get(value)
    if (known) return known
    const dtype = dataTypeOf(value.dtype)
    if (!dtype) throw new NetworkFileError(`TensorRT has no ${value.dtype}, which ${of} is`)
    const place = { dtype, shape: value.shape, ...(value.data && this.append(value.data)) }
    this.places.set(value, place)
    return place
  }

  private append(data: Part): { readonly offset: number; readonly bytes: number } {
    const gap = (ALIGNMENT - (this.length % ALIGNMENT)) % ALIGNMENT
    if (gap > 0) this.parts.push(new Uint8Array(gap))
    const offset = this.length + gap
    this.parts.push(data)
    this.length = offset + data.length
    return { offset, bytes: data.length }
  }
}
