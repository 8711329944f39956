/** What a network is run on: files that a person chose, and random values for the rest. */
import { readTensorFile } from '../../dialects/onnx'
import type { ConstantValue, NetworkSnapshot, TensorRecord } from '../../engine'
import { Feeder, Sizes } from '../../verify'
import type { Sizing, Values } from '../../verify'
import type { RunRequest } from '../protocol/run-calls'
import { typeText } from '../text/value-text'
import { isNpy, readNpy } from '../values/npy'

type Given = ReadonlyMap<string, ConstantValue>

/** The values of the files by input, checked. @throws Error that names the file and says what is wrong */
export async function givenInputs({ tensors, inputs }: NetworkSnapshot, files: RunRequest['files']): Promise<Given> {
  const byId = new Map(tensors.map((t) => [t.id, t]))
  const wanted = new Map(inputs.map((id) => [byId.get(id)!.name, byId.get(id)!]))
  const given = new Map<string, ConstantValue>()
  for (const [name, file] of files) {
    const input = wanted.get(name)
    if (!input) continue
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      given.set(name, fitting(isNpy(bytes) ? readNpy(bytes) : readTensorFile(bytes).value, input))
    } catch (error) {
      throw new Error(
        `${file.name} cannot be given to ${name}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  return given
}

function fitting(value: ConstantValue, { dtype, shape }: TensorRecord): ConstantValue {
  const fits =
    (dtype === null || dtype === value.dtype) &&
    (shape === null ||
      (shape.length === value.shape.length && shape.every((d, i) => typeof d !== 'number' || d === value.shape[i])))
  if (fits) return value
  throw new Error(`it holds ${typeText(value.dtype, value.shape)}, the input takes ${typeText(dtype, shape)}`)
}

/**
 * Values for every input. Sizes that the files and the person say hold for the random ones too; `sizing` chooses the others.
 */
export function feedsOf(
  networks: readonly NetworkSnapshot[],
  given: Given,
  { seed, sizes }: Pick<RunRequest, 'seed' | 'sizes'>,
  sizing: Sizing,
): Values {
  const snapshot = networks[0]!
  const byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
  const said = new Map(Object.entries(sizes))
  for (const id of snapshot.inputs) {
    const { name, shape } = byId.get(id)!
    shape?.forEach((d, axis) => {
      const value = given.get(name)
      if (typeof d === 'string' && value) said.set(d, value.shape[axis]!)
    })
  }
  const feeder = new Feeder(snapshot, networks.at(-1)!)
  const random = feeder.values(seed, new Sizes(sizing, said), { masks: 'full', positive: false, inputs: 'ordinary' })
  return new Map([...random, ...given])
}
