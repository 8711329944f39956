import type { TensorNode } from '../store/nodes'
import type { KindSchema, ValueType } from './dialect'

/** A value as inference sees it: what a layer holds is seen as a constant is, so that sizes given by it are known. */
export function typeSeen(t: TensorNode | null, schemaOf: (kind: string) => KindSchema | undefined): ValueType | null {
  const maker = t?.parent?.record
  if (!t || !maker) return t && t.record
  const value = schemaOf(maker.kind)?.holds?.(maker.attributes)
  return value ? { dtype: t.record.dtype, shape: t.record.shape, value } : t.record
}
