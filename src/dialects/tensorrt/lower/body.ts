/** Bodies of operators, looked at before they are lowered among the other layers. */
import type { NetworkSnapshot, SubgraphValue, Tensor, TensorId } from '../../../engine'
import { bodyNetwork, OnnxImportError } from '../../onnx'
import type { Taken } from '../../onnx'
import type { Body } from './node'
import { unsupported } from './unsupported'

/**
 * @param own what is known of its own inputs
 * @param lower gives its values where some have these
 * @throws Unsupported for a body that cannot be read
 */
export function readBody(
  value: SubgraphValue,
  opsets: Readonly<Record<string, number>>,
  own: readonly Taken[],
  captured: readonly Taken[],
  lower: (network: NetworkSnapshot, values: ReadonlyMap<TensorId, Tensor>) => Tensor[],
): Body {
  const { network, inputs } = readable(() => bodyNetwork(value, opsets, own, captured))
  if (inputs.length - value.captures.length !== own.length)
    unsupported(`its body takes ${inputs.length - value.captures.length} values, and gets ${own.length}`)
  const tensors = new Map(network.tensors.map((t) => [t.id, t]))
  const makers = new Map(network.layers.flatMap((l) => l.outputs.map((id) => [id, l] as const)))
  const copied = (id: TensorId): TensorId => {
    let at = id
    for (let l = makers.get(at); l?.kind === 'Identity'; l = makers.get(at)) at = l.inputs[0]!
    return at
  }
  return {
    outputs: network.outputs.map(({ tensor }) => tensors.get(tensor)!),
    constant: (id) => {
      const found = tensors.get(copied(id))?.value
      return found?.isAvailable && found.isNumeric ? found.scalar() : null
    },
    isOwn: (id, i) => copied(id) === inputs[i],
    uses: (i) =>
      network.layers.some((l) => l.inputs.includes(inputs[i]!)) || network.outputs.some((o) => o.tensor === inputs[i]),
    changes: (id, fixed) => {
      const starts = new Set(inputs.slice(0, own.length).filter((_, i) => !fixed.includes(i)))
      const seen = new Set<TensorId>()
      const stack = [id]
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        if (starts.has(at)) return true
        if (seen.has(at)) continue
        seen.add(at)
        stack.push(...(makers.get(at)?.inputs ?? []))
      }
      return false
    },
    lower: (values) => lower(network, new Map(inputs.map((id, i) => [id, values[i]!]))),
  }
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof OnnxImportError) return unsupported(`its body cannot be read: ${error.message}`)
    throw error
  }
}
