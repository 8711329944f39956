/** What differs between two networks, whatever told which layer of the one is which of the other. */
import { sameRecord } from '../edit/same'
import type { TensorType } from '../edit/edit'
import { ABSENT } from '../store/records'
import type { AttributeValue, LayerRecord, TensorId, TensorRecord } from '../store/records'

export type FieldChange =
  /** Operand `index`; `ABSENT` for none. `from` is of the base, `to` of the network now. */
  | { readonly type: 'input'; readonly index: number; readonly from: TensorId; readonly to: TensorId }
  | {
      readonly type: 'attribute'
      readonly name: string
      readonly from: AttributeValue | null
      readonly to: AttributeValue | null
    }
  | { readonly type: 'name'; readonly from: string; readonly to: string }
  | { readonly type: 'type'; readonly index: number; readonly from: TensorType; readonly to: TensorType }

export interface LayerChange {
  readonly before: LayerRecord
  readonly after: LayerRecord
  readonly changes: readonly FieldChange[]
}

/** A network output that is made by another value, or that only one side has. */
export interface OutputChange {
  readonly name: string
  readonly from: TensorId | null
  readonly to: TensorId | null
}

/** Layers that are marked as removed count as gone. */
export interface Comparison {
  /** As they were in the base. */
  readonly removed: readonly LayerRecord[]
  readonly added: readonly LayerRecord[]
  readonly changed: readonly LayerChange[]
  /** How many layers are in both, and the same. */
  readonly kept: number
  readonly outputs: readonly OutputChange[]
  readonly values: ValuePairs
}

/** Which value of the network now a value of the base is. */
export interface ValuePairs {
  readonly before: (id: TensorId) => TensorRecord | undefined
  readonly after: (id: TensorId) => TensorRecord | undefined
  /** undefined for one that is gone. */
  readonly now: (before: TensorId) => TensorId | undefined
}

/** What is different between two records of one layer. */
export function changesBetween(before: LayerRecord, after: LayerRecord, values: ValuePairs): FieldChange[] {
  const out: FieldChange[] = []
  if (before.name !== after.name) out.push({ type: 'name', from: before.name, to: after.name })
  for (let index = 0; index < Math.max(before.inputs.length, after.inputs.length); index++) {
    const from = before.inputs[index] ?? ABSENT
    const to = after.inputs[index] ?? ABSENT
    if ((from === ABSENT ? ABSENT : values.now(from)) !== to) out.push({ type: 'input', index, from, to })
  }
  for (const name of new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)])) {
    const [from, to] = [before.attributes[name] ?? null, after.attributes[name] ?? null]
    if (!sameRecord(from, to)) out.push({ type: 'attribute', name, from, to })
  }
  before.outputs.forEach((id, index) => {
    const from = values.before(id)
    const to = values.after(after.outputs[index] ?? ABSENT)
    if (from && to && !sameType(from, to)) out.push({ type: 'type', index, from: typeOf(from), to: typeOf(to) })
  })
  return out
}

const sameType = (a: TensorRecord, b: TensorRecord): boolean => a.dtype === b.dtype && sameRecord(a.shape, b.shape)
const typeOf = ({ dtype, shape }: TensorRecord): TensorType => ({ dtype, shape })

/** Network outputs that came, went or have another value. */
export function outputChanges(
  before: readonly { readonly name: string; readonly tensor: TensorId }[],
  after: readonly { readonly name: string; readonly tensor: TensorId }[],
  values: ValuePairs,
): OutputChange[] {
  const names = new Set([...before, ...after].map((o) => o.name))
  return [...names].flatMap((name) => {
    const from = before.find((o) => o.name === name)?.tensor ?? null
    const to = after.find((o) => o.name === name)?.tensor ?? null
    const same = from !== null && to !== null && values.now(from) === to
    return same ? [] : [{ name, from, to }]
  })
}
