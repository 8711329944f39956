import { ConstantValue } from '../../../engine'
import { decodeMessage } from '../proto/decode'
import type { AttributeProto, NodeProto } from '../proto/messages'
import type { AttributeHost } from './attributes'
import { constantOf, denseConstantOf } from './tensor'

/** The value of a `Constant` node in any of its forms; null for another node, which stays a layer. */
export function constantNodeValue(node: NodeProto, host: AttributeHost): ConstantValue | null {
  if (node.op_type !== 'Constant' || (node.domain && node.domain !== 'ai.onnx')) return null
  const attribute = node.attribute.find((a) => a.name?.startsWith('value') || a.name === 'sparse_value')
  return attribute ? valueOf(attribute, `Constant ${node.name ?? node.output[0] ?? ''}`, host) : null
}

function valueOf(a: AttributeProto, where: string, host: AttributeHost): ConstantValue | null {
  const decoder = new TextDecoder()
  switch (a.name) {
    case 'value':
      return a.t ? constantOf(a.t, where, host.files, host.missing) : null
    case 'value_float':
      return ConstantValue.scalarOf('float32', a.f ?? 0)
    case 'value_floats':
      return ConstantValue.of('float32', [a.floats.length], a.floats)
    case 'value_int':
      return ConstantValue.ofBigints([], [BigInt(a.i ?? 0)])
    case 'value_ints':
      return ConstantValue.ofBigints([a.ints.length], a.ints.map(BigInt))
    case 'value_string':
      return new ConstantValue('string', [], null, [decoder.decode(a.s ?? new Uint8Array(0))])
    case 'value_strings':
      return new ConstantValue(
        'string',
        [a.strings.length],
        null,
        a.strings.map((s) => decoder.decode(s)),
      )
    case 'sparse_value':
      if (!a.sparse_tensor) return null
      host.warn(`${where}: a sparse constant is opened as a dense one`)
      return denseConstantOf(decodeMessage('SparseTensorProto', a.sparse_tensor), where, host.files)
    default:
      return null
  }
}
