import { dataTypeOf } from '../data-type'
import { rankOf } from './builder'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

/** TensorRT quantizes around 0, into int8, int4 or fp8. */
function symmetric(n: OnnxNode): void {
  if (!n.has(2)) return
  const zeros = n.numbers(2)
  if (!zeros) {
    const value = n.constant(2)
    if (!value?.bytes?.every((b) => b === 0)) unsupported('its zero point is not constant')
  } else if (zeros.some((z) => z !== 0)) unsupported('a zero point other than 0')
}

const quantize: Lower = (n) => {
  symmetric(n)
  const to = n.result(0)?.dtype ?? unsupported('the type that it makes')
  if (to !== 'int8' && to !== 'float8e4m3fn' && to !== 'int4') unsupported(`QUANTIZE makes no ${to}`)
  return n.b.layer('QUANTIZE', [n.input(0), n.input(1)], { ...axis(n), to_type: dataTypeOf(to)! })
}

const dequantize: Lower = (n) => {
  symmetric(n)
  const x = n.input(0)
  if (x.dtype !== 'int8' && x.dtype !== 'float8e4m3fn' && x.dtype !== 'int4')
    unsupported(`DEQUANTIZE takes no ${x.dtype}`)
  const to = n.result(0)?.dtype ?? unsupported('the type that it makes')
  return n.b.layer('DEQUANTIZE', [x, n.input(1)], {
    ...axis(n),
    to_type: dataTypeOf(to) ?? unsupported(`DEQUANTIZE makes no ${to}`),
  })
}

/** Along which axis scales are, or of which blocks. */
function axis(n: OnnxNode): { axis?: number; block_shape?: readonly number[] } {
  const scales = n.type(1)?.shape
  if (!scales || scales.length === 0) return {}
  const rank = rankOf(n.input(0))
  const at = n.axis(n.int('axis', 1), rank)
  const block = n.int('block_size', 0)
  if (block === 0) return { axis: at }
  return { block_shape: Array.from({ length: rank }, (_, i) => (i === at ? block : 1)) }
}

export const quantizeLowering: Readonly<Record<string, Lower>> = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
}
