import type { Dim, DType, Shape } from '../../../engine'
import {
  dtypeOf,
  intAttr,
  intsAttr,
  shapeOf,
  stringAttr,
  typed,
  UNKNOWN,
  type Infer,
  type TracedContext,
} from './context'
import { addDims, floorDivDims, mulDims, subDims } from './dims'

interface Window {
  readonly kernel: readonly Dim[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** All begins, then all ends. */
  readonly pads: readonly number[]
  readonly autoPad: string
  readonly ceil: boolean
}

function windowOf(c: TracedContext, kernel: readonly Dim[]): Window {
  const n = kernel.length
  const ones = new Array<number>(n).fill(1)
  return {
    kernel,
    strides: intsAttr(c, 'strides') ?? ones,
    dilations: intsAttr(c, 'dilations') ?? ones,
    pads: intsAttr(c, 'pads') ?? new Array<number>(2 * n).fill(0),
    autoPad: stringAttr(c, 'auto_pad', 'NOTSET'),
    ceil: intAttr(c, 'ceil_mode', 0) === 1,
  }
}

/** Size of one spatial axis behind a sliding window. */
function slide(size: Dim, w: Window, i: number): Dim {
  const stride = w.strides[i] ?? 1
  if (w.autoPad.startsWith('SAME')) return ceilDiv(size, stride)
  const pads = w.autoPad === 'VALID' ? 0 : (w.pads[i] ?? 0) + (w.pads[i + w.kernel.length] ?? 0)
  const reach = addDims(mulDims(subDims(w.kernel[i] ?? null, 1), w.dilations[i] ?? 1), 1)
  const room = subDims(addDims(size, pads), reach)
  if (!w.ceil) return addDims(floorDivDims(room, stride), 1)
  const steps = addDims(ceilDiv(room, stride), 1)
  // A last window that would start in the padding behind the end is left out.
  const start = w.autoPad === 'VALID' ? 0 : (w.pads[i] ?? 0)
  if (typeof steps === 'number' && typeof size === 'number' && (steps - 1) * stride >= size + start) return steps - 1
  return steps
}

function ceilDiv(a: Dim, b: number): Dim {
  return floorDivDims(addDims(a, b - 1), b)
}

function convolved(c: TracedContext, x: Shape | null, w: Shape | null): Shape | null {
  const spatial = intsAttr(c, 'kernel_shape') ?? w?.slice(2)
  if (!x || !spatial || spatial.length !== x.length - 2) return null
  const window = windowOf(c, spatial)
  return [x[0]!, w?.[0] ?? null, ...x.slice(2).map((d, i) => slide(d, window, i))]
}

export const conv: Infer = (c) => [typed(dtypeOf(c, 0), convolved(c, shapeOf(c, 0), shapeOf(c, 1)))]

/** Also where the weights stand at another operand than the second and the result has another dtype. */
export function convTo(dtype: DType | null, w = 1, dtypeFrom = 0): Infer {
  return (c) => [typed(dtype ?? dtypeOf(c, dtypeFrom), convolved(c, shapeOf(c, 0), shapeOf(c, w)))]
}

export const convTranspose: Infer = (c) => {
  const x = shapeOf(c, 0)
  const w = shapeOf(c, 1)
  const spatial = intsAttr(c, 'kernel_shape') ?? w?.slice(2)
  if (!x || !w || !spatial) return [typed(dtypeOf(c, 0), null)]
  const window = windowOf(c, spatial)
  const outputShape = intsAttr(c, 'output_shape')
  const extra = intsAttr(c, 'output_padding')
  const n = spatial.length
  const sizes = x.slice(2).map((d, i): Dim => {
    if (outputShape) return outputShape[i - n + outputShape.length] ?? null
    const stride = window.strides[i] ?? 1
    if (window.autoPad.startsWith('SAME')) return mulDims(d, stride)
    const reach = addDims(mulDims(subDims(spatial[i] ?? null, 1), window.dilations[i] ?? 1), 1)
    const pads = window.autoPad === 'VALID' ? 0 : (window.pads[i] ?? 0) + (window.pads[i + n] ?? 0)
    const full = addDims(addDims(mulDims(subDims(d, 1), stride), reach), extra?.[i] ?? 0)
    return subDims(full, pads)
  })
  return [typed(dtypeOf(c, 0), [x[0]!, mulDims(w[1] ?? null, intAttr(c, 'group', 1)), ...sizes])]
}

/** MaxPool, AveragePool, LpPool; the second result of MaxPool holds indices. */
export const pool: Infer = (c) => {
  const x = shapeOf(c, 0)
  const kernel = intsAttr(c, 'kernel_shape')
  if (!x || !kernel || kernel.length !== x.length - 2) return [typed(dtypeOf(c, 0), null)]
  const window = windowOf(c, kernel)
  const shape = [x[0]!, x[1]!, ...x.slice(2).map((d, i) => slide(d, window, i))]
  return [typed(dtypeOf(c, 0), shape), typed('int64', shape)]
}

/** As large as what was pooled, or as is said. */
export const maxUnpool: Infer = (c) => {
  const x = shapeOf(c, 0)
  const kernel = intsAttr(c, 'kernel_shape')
  if (c.inputs[2] || !x || kernel?.length !== x.length - 2)
    return [typed(dtypeOf(c, 0), (c.inputs[2]?.value?.toArray() as number[] | undefined) ?? null)]
  const [strides, pads] = [intsAttr(c, 'strides'), intsAttr(c, 'pads')]
  const sizes = x.slice(2).map((d, i): Dim => {
    const full = addDims(mulDims(subDims(d, 1), strides?.[i] ?? 1), kernel[i]!)
    return subDims(full, (pads?.[i] ?? 0) + (pads?.[i + kernel.length] ?? 0))
  })
  return [typed(dtypeOf(c, 0), [x[0]!, x[1]!, ...sizes])]
}

export const globalPool: Infer = (c) => {
  const x = shapeOf(c, 0)
  return [typed(dtypeOf(c, 0), x && x.map((d, i) => (i < 2 ? d : 1)))]
}

/** One row per region: [number of regions, channels, height, width]. */
export const roiAlign: Infer = (c) => {
  const x = shapeOf(c, 0)
  const rois = shapeOf(c, 1)
  if (!x || !rois) return [UNKNOWN]
  return [typed(dtypeOf(c, 0), [rois[0]!, x[1]!, intAttr(c, 'output_height', 1), intAttr(c, 'output_width', 1)])]
}

export const maxRoiPool: Infer = (c) => {
  const x = shapeOf(c, 0)
  const rois = shapeOf(c, 1)
  if (!x || !rois) return [UNKNOWN]
  return [typed(dtypeOf(c, 0), [rois[0]!, x[1]!, ...(intsAttr(c, 'pooled_shape') ?? [null, null])])]
}

export const col2im: Infer = (c) => {
  const x = shapeOf(c, 0)
  const image = c.inputs[1]?.value?.numbers()
  const block = c.inputs[2]?.value?.numbers()
  if (!x || !image || !block) return [typed(dtypeOf(c, 0), null)]
  const size = Array.from(block).reduce((n, d) => n * d, 1)
  return [typed(dtypeOf(c, 0), [x[0]!, floorDivDims(x[1]!, size), ...Array.from(image)])]
}
