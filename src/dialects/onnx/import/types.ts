import type { Dim, DType, Shape } from '../../../engine'
import { encodeMessage } from '../proto/encode'
import { dtypeOf } from '../proto/element-types'
import type { DimensionProto, TypeProto, ValueInfoProto } from '../proto/messages'
import type { ValueDeclaration } from '../properties'

export interface DeclaredType {
  readonly dtype: DType | null
  readonly shape: Shape | null
}

const UNKNOWN: DeclaredType = { dtype: null, shape: null }

/** dtype and shape that a declaration states; nothing of what is not a tensor. */
export function declaredType(info: ValueInfoProto): DeclaredType {
  const tensor = info.type?.tensor_type
  if (!tensor) return UNKNOWN
  return { dtype: dtypeOf(tensor.elem_type), shape: tensor.shape ? tensor.shape.dim.map(dimOf) : null }
}

/** Exporters write 0 or -1 for "unknown" on a dimension that they call dynamic; only a named or positive size is one. */
function dimOf(dim: DimensionProto): Dim {
  if (dim.dim_param) return dim.dim_param
  return typeof dim.dim_value === 'number' && dim.dim_value >= 0 ? dim.dim_value : null
}

/** What the declaration says beyond that; null where it is nothing. */
export function otherDeclarations(info: ValueInfoProto): ValueDeclaration | null {
  const type = info.type && !isPlain(info.type) ? encodeMessage('TypeProto', info.type) : undefined
  if (!info.doc_string && info.metadata_props.length === 0 && !type) return null
  return {
    ...(info.doc_string ? { docString: info.doc_string } : {}),
    ...(info.metadata_props.length ? { metadata: info.metadata_props } : {}),
    ...(type ? { type } : {}),
  }
}

function isPlain(type: TypeProto): boolean {
  const tensor = type.tensor_type
  if (type.unknown || type.denotation || !tensor) return false
  if (tensor.elem_type !== undefined && tensor.elem_type !== 0 && dtypeOf(tensor.elem_type) === null) return false
  return !tensor.shape?.dim.some((d) => d.denotation)
}
