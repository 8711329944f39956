/** Plugins of models with a state that is carried along: Mamba, and the RG-LRU of Griffin. Caches that are paged have no present state. */
import type { DType, Tensor } from '../../../engine'
import { like, plugin, typeId, withLast } from './plugins'
import type { Type } from './core'

interface Carried {
  /** Lengths of the sequences on the host: given, the input is packed. */
  readonly hostContextLengths?: Tensor | null
  /** Places of paged states: given, `stateOrPtr` is a pointer. */
  readonly slotMapping?: Tensor | null
}

type Result = [output: Tensor, presentState: Tensor | null]

const modes = ({
  hostContextLengths,
  slotMapping,
}: Carried): { remove_input_padding: number; paged_state: number } => ({
  remove_input_padding: hostContextLengths ? 1 : 0,
  paged_state: slotMapping ? 1 : 0,
})

function carried(
  type: string,
  inputs: readonly (Tensor | null)[],
  fields: object,
  y: Type,
  state: Type | null,
): Result {
  const made = plugin(type, inputs, { ...fields }, state ? [y, state] : [y])
  return [made[0]!, made[1] ?? null]
}

/** A causal convolution along the sequence, with the last inputs of the one before. */
export function mambaConv1d(
  input: Tensor,
  convStateOrPtr: Tensor,
  convWeight: Tensor,
  convBias: Tensor,
  hostRequestTypes: Tensor,
  lastTokenIds: Tensor,
  dim: number,
  dconv: number,
  dtype: DType,
  options: Carried & { readonly preStride?: number; readonly postStride?: number; readonly applySilu?: boolean } = {},
): Result {
  const { preStride = 0, postStride = 0, applySilu = true, hostContextLengths = null, slotMapping = null } = options
  const fields = {
    dim,
    dconv,
    pre_stride: preStride,
    post_stride: postStride,
    type_id: typeId(dtype),
    ...modes(options),
    apply_silu: Number(applySilu),
  }
  const operands = [input, convStateOrPtr, convWeight, convBias, hostRequestTypes, lastTokenIds]
  const state = slotMapping ? null : like(convStateOrPtr)
  const y = { dtype, shape: withLast(input, dim) }
  return carried('MambaConv1d', [...operands, hostContextLengths, slotMapping], fields, y, state)
}

/** The scan of a state-space model. */
export function selectiveScan(
  input: Tensor,
  stateOrPtr: Tensor,
  delta: Tensor,
  deltaBias: Tensor,
  a: Tensor,
  bc: Tensor,
  d: Tensor,
  hostRequestTypes: Tensor,
  lastTokenIds: Tensor,
  dim: number,
  dstate: number,
  dtRank: number,
  deltaSoftplus: boolean,
  dtype: DType,
  options: Carried & {
    readonly z?: Tensor | null
    readonly nheads?: number
    readonly ngroups?: number
    readonly chunkSize?: number
    readonly mambaVersion?: 'Mamba1' | 'Mamba2'
  } = {},
): Result {
  const { z = null, nheads = 1, ngroups = 1, chunkSize = 256, mambaVersion = 'Mamba1' } = options
  const { hostContextLengths = null, slotMapping = null } = options
  const fields = {
    dim,
    dstate,
    dt_rank: dtRank,
    nheads,
    ngroups,
    chunk_size: chunkSize,
    delta_softplus: Number(deltaSoftplus),
    type_id: typeId(dtype),
    ...modes(options),
    z_enabled: z ? 1 : 0,
    is_mamba2: Number(mambaVersion === 'Mamba2'),
  }
  const operands = [input, stateOrPtr, delta, deltaBias, a, bc, d, hostRequestTypes, lastTokenIds]
  const state = slotMapping ? null : like(stateOrPtr)
  const y = { dtype, shape: withLast(input, dim) }
  return carried('SelectiveScan', [...operands, hostContextLengths, slotMapping, z], fields, y, state)
}

/**
 * The real-gated linear recurrent unit. Gates are one tensor, `gate`, or two.
 * @throws RangeError where neither or not all of them are given
 */
export function rgLru(
  input: Tensor,
  a: Tensor,
  stateOrPtr: Tensor,
  hostRequestTypes: Tensor,
  lastTokenIds: Tensor,
  dim: number,
  dtype: DType,
  options: {
    readonly blockSize?: number
    readonly y?: Tensor | null
    readonly yBias?: Tensor | null
    readonly gate?: Tensor | null
    readonly gateBias?: Tensor | null
    readonly gateX?: Tensor | null
    readonly gateXBias?: Tensor | null
    readonly gateA?: Tensor | null
    readonly gateABias?: Tensor | null
    readonly slotMapping?: Tensor | null
    /** Whether the input is packed: its lengths are no operand. */
    readonly removeInputPadding?: boolean
  } = {},
): Result {
  const {
    y = null,
    yBias = null,
    gate = null,
    gateBias = null,
    gateX = null,
    gateA = null,
    slotMapping = null,
  } = options
  const { gateXBias = null, gateABias = null, blockSize = 0 } = options
  if (gate ? blockSize <= 0 : !gateX || !gateA)
    throw new RangeError('rgLru takes gate with a block size, or gateX and gateA')
  if ((gateXBias === null) !== (gateABias === null)) throw new RangeError('gateXBias and gateABias come together')
  const hasBias = gateBias !== null || gateXBias !== null
  if (hasBias && (gate ? !gateBias : !gateXBias)) throw new RangeError('the bias is of other gates than those given')
  const fields = {
    dim,
    block_size: blockSize,
    type_id: typeId(dtype),
    remove_input_padding: Number(options.removeInputPadding ?? false),
    paged_state: slotMapping ? 1 : 0,
    y_enabled: y ? 1 : 0,
    y_bias_enabled: yBias ? 1 : 0,
    fuse_gate_enabled: gate ? 1 : 0,
    gate_bias_enabled: Number(hasBias),
  }
  const gates = gate ? [gate, gateBias] : [gateX, gateA, gateXBias, gateABias]
  const operands = [input, a, stateOrPtr, hostRequestTypes, lastTokenIds, slotMapping, y, y && yBias, ...gates]
  const state = slotMapping ? null : like(stateOrPtr)
  return carried('LRU', operands, fields, { dtype, shape: withLast(input, dim) }, state)
}
