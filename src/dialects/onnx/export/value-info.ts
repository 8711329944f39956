import type { Dim, TensorRecord } from '../../../engine'
import { decodeMessage } from '../proto/decode'
import { dataTypeOf } from '../proto/element-types'
import type { DimensionProto, TypeProto, ValueInfoProto } from '../proto/messages'
import type { ValueDeclaration } from '../properties'

/** The declaration of a value; its type is left out where the dtype is not known. */
export function valueInfoOf(record: TensorRecord, name: string, also: ValueDeclaration | undefined): ValueInfoProto {
  const type = also?.type ? decodeMessage('TypeProto', also.type) : typeOf(record)
  return {
    name,
    metadata_props: [...(also?.metadata ?? [])],
    ...(type ? { type } : {}),
    ...(also?.docString ? { doc_string: also.docString } : {}),
  }
}

function typeOf({ dtype, shape }: TensorRecord): TypeProto | null {
  if (!dtype) return null
  return { tensor_type: { elem_type: dataTypeOf(dtype), ...(shape ? { shape: { dim: shape.map(dimOf) } } : {}) } }
}

function dimOf(d: Dim): DimensionProto {
  return typeof d === 'number' ? { dim_value: d } : d === null ? {} : { dim_param: d }
}
