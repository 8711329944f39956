import type { NetworkSnapshot, TensorId } from '../../../engine'
import { NamePool } from '../name-pool'
import { OnnxExportError } from './error'

/** An Identity that makes a public output name out of a value which cannot carry it itself. */
export interface OutputCopy {
  readonly tensor: TensorId
  readonly name: string
}

export interface Names {
  /** Name in the file of every tensor. */
  readonly of: ReadonlyMap<TensorId, string>
  readonly copies: readonly OutputCopy[]
  /** All of them, those of the copies included. */
  readonly taken: NamePool
}

/**
 * Names for the file: network inputs keep theirs, the tensor behind a network output takes the output's public name, the
 * others keep theirs where it is still free. A value that is an input, a constant or already behind another output is
 * copied by an Identity. `wanted` says which tensors the file needs.
 * @throws OnnxExportError where two public names are the same
 */
export function nameTensors(snapshot: NetworkSnapshot, wanted: ReadonlySet<TensorId>): Names {
  const of = new Map<TensorId, string>()
  const taken = new NamePool()
  const byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
  const give = (id: TensorId, name: string): void => {
    of.set(id, name)
    taken.add(name)
  }
  for (const id of snapshot.inputs) {
    const name = byId.get(id)?.name ?? ''
    if (taken.has(name)) throw new OnnxExportError(`Two network inputs are named ${name}: rename one of them.`)
    give(id, name)
  }
  const copies: OutputCopy[] = []
  for (const { name, tensor } of snapshot.outputs) {
    const record = byId.get(tensor)
    if (of.get(tensor) === name && record?.name === name) continue
    if (taken.has(name)) throw new OnnxExportError(`The name ${name} of a network output is taken: rename the output.`)
    const carries = !of.has(tensor) && (record?.value === undefined || record.name === name)
    if (carries) give(tensor, name)
    else {
      copies.push({ tensor, name })
      taken.add(name)
    }
  }
  for (const { id, name } of snapshot.tensors) {
    if (!of.has(id) && wanted.has(id)) of.set(id, taken.fresh(name || `tensor_${id}`))
  }
  return { of, copies, taken }
}
