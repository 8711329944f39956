import { ABSENT, ByteRange, ByteSource, ConstantValue, fromPlain } from '../../engine'
import type { LayerRecord, NetworkSnapshot, TensorId } from '../../engine'
import { unpackedSnapshot } from './codec'
import type { Plain } from './codec'
import type { ConstantData } from './constant-data'

/** A network to be run: large constants are told where they lie, and not read. */
export interface NetworkToRun {
  /** Without its layers. */
  readonly snapshot: Plain
  readonly layers: Plain
  readonly constants: readonly (readonly [TensorId, ConstantData])[]
}

/** For a worker: what lies in a file is read when it is needed. */
export function networkOf({ snapshot, layers, constants }: NetworkToRun): NetworkSnapshot {
  const rest = unpackedSnapshot(snapshot)
  const values = new Map(constants)
  const tensors = rest.tensors.map((t) => {
    const data = values.get(t.id)
    return data ? { ...t, value: constantOf(data), producer: ABSENT } : t
  })
  return { ...rest, tensors, layers: fromPlain(layers.plain) as LayerRecord[] }
}

function constantOf({ dtype, shape, data, strings, external }: ConstantData): ConstantValue {
  const place = external === null ? null : { location: external, offset: 0, length: null }
  if (!(data instanceof Blob)) return new ConstantValue(dtype, shape, data, strings, place)
  const read = (from: number, length: number) =>
    new Uint8Array(new FileReaderSync().readAsArrayBuffer(data.slice(from, from + length)))
  return new ConstantValue(dtype, shape, new ByteRange(new ByteSource(data.size, read, data), 0, data.size))
}
