/**
 * Bytes that a layer reads and writes, each of its values once: as if it were one kernel that keeps nothing of the layer before
 * in a cache (the traffic to memory of S. Williams, A. Waterman, D. Patterson: Roofline, CACM 52(4), 2009).
 */
import { isConstantValue, operatorOf } from '../engine'
import { plus } from './arithmetic'
import type { Amount } from './arithmetic'
import type { LayerRecord } from '../engine'
import type { LayerFacts } from './facts'
import type { Measure } from './sizes'

export interface Traffic {
  /** Bytes of activations, read and written. */
  readonly activations: Amount
  /** Bytes of constants that are read. */
  readonly weights: Amount
}

const NOTHING: Traffic = { activations: 0, weights: 0 }

/** The same bytes under another shape, or no bytes at all: no kernel is launched for them. */
const METADATA = new Set(
  'Reshape Squeeze Unsqueeze Flatten Identity Shape Size Constant CONSTANT Dropout SQUEEZE UNSQUEEZE IDENTITY SHAPE'.split(
    ' ',
  ),
)

export function isMetadata({ record }: LayerFacts): boolean {
  if (record.kind === 'SHUFFLE') return !moves(record, 'first_transpose') && !moves(record, 'second_transpose')
  return METADATA.has(record.kind)
}

/** Whether a permutation changes anything. */
function moves({ attributes }: LayerRecord, name: string): boolean {
  const perm = attributes[name]
  return Array.isArray(perm) && perm.some((at, i) => at !== i)
}

/** Operands of which no more is read than what is made of them. */
const SELECTED: Readonly<Record<string, readonly number[]>> = {
  Gather: [0],
  GatherElements: [0],
  GatherND: [0],
  Slice: [0],
  GATHER: [0],
  SLICE: [0],
  EmbedLayerNormalization: [2, 3, 4],
}

/** Layers of TensorRT whose weights may be attributes. */
const HOLDING = new Set(['CONVOLUTION', 'DECONVOLUTION', 'SCALE'])

const NO_OPERANDS: readonly number[] = []

export function trafficOf(f: LayerFacts, m: Measure): Traffic {
  if (isMetadata(f)) return NOTHING
  const selected = SELECTED[operatorOf(f.record.kind)] ?? NO_OPERANDS
  let activations: Amount = 0
  let weights: Amount = 0
  f.inputs.forEach((tensor, i) => {
    if (!tensor || f.inputs.indexOf(tensor) < i) return
    const bytes = selected.includes(i) ? m.bytes(tensor, m.count(f.outputs[0])) : m.bytes(tensor)
    if (f.weights[i]) weights = plus(weights, bytes)
    else activations = plus(activations, bytes)
  })
  // Weights that stand among the attributes.
  if (HOLDING.has(f.record.kind))
    for (const value of Object.values(f.record.attributes))
      if (isConstantValue(value)) weights = plus(weights, value.byteLength)
  for (const tensor of f.outputs) if (tensor) activations = plus(activations, m.bytes(tensor))
  return { activations, weights }
}
