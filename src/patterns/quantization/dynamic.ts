/**
 * Products of operands that are quantized as the network runs (catalogue 55); com.microsoft.
 *
 *   Cast(MatMulInteger(a, b, az, bz)) · (sa · sb)               =>  MatMulIntegerToFloat(a, b, sa, sb, az, bz)
 *   MatMulIntegerToFloat(a, b, sa, sb, az, bz) + c              =>  MatMulIntegerToFloat(a, b, sa, sb, az, bz, c)
 *   a, sa, az = DynamicQuantizeLinear(x), of which nobody else
 *   takes anything: MatMulIntegerToFloat(a, b, sa, sb, az, bz, c)  =>  DynamicQuantizeMatMul(x, b, sb, bz, c)
 *
 * Preconditions: one scale and one zero point for all of a; one for all of b, or one for each of its columns; c one number for each
 * column; ranks of 2 or more; a of uint8 or b of int8, as there is no kernel for the rest. A quantized value that several products take is left as it is: it would be worked out for each of them.
 */
import type { RulePattern } from '../../engine'
import { onnxRule } from '../define'
import { family } from '../library'

/** One number, as a scalar or as a list of one. */
const single = (name: string): string => `${name}.size == 1, ${name}.rank <= 1`
/** One number, or one for each column of b. */
const eachColumn = (name: string): string =>
  `(${name}.size == 1 and ${name}.rank <= 1) or (${name}.rank == 1 and b.rank == 2 and ${name}.shape[0] == b.shape[1])`

const integerToFloat = (): RulePattern =>
  onnxRule(`rule "MatMulIntegerToFloat"
p = MatMulInteger(a, b, az?, bz?)
y = Mul(Cast<...$any, to=float32>(p), Mul(sa, @sb))
=>
y = com.microsoft.MatMulIntegerToFloat(a, b, sa, sb, az, bz)
where a.rank >= 2, b.rank >= 2, a.dtype == uint8 or b.dtype == int8, ${single('sa')}, ${eachColumn('sb')},
      (not given az) or (${single('az').replace(',', ' and')}), (not given bz) or ${eachColumn('bz')}`)

const withBias = (): RulePattern =>
  onnxRule(`rule "MatMulIntegerToFloat with bias"
p = com.microsoft.MatMulIntegerToFloat(a, b, sa, sb, az?, bz?, none)
y = Add(p, @c)
=>
y = com.microsoft.MatMulIntegerToFloat(a, b, sa, sb, az, bz, c)
where b.rank == 2, c.rank == 1, c.shape[0] == b.shape[1]`)

const dynamicMatMul = (): RulePattern =>
  onnxRule(`rule "DynamicQuantizeMatMul"
a, sa, az = DynamicQuantizeLinear(x)
y = com.microsoft.MatMulIntegerToFloat(a, b, sa, sb, az, bz?, c?)
=>
y = com.microsoft.DynamicQuantizeMatMul(x, b, sb, bz, c)`)

export const DYNAMIC_QUANTIZATION = family('Quantization', { stage: 4, targets: ['ort'] }, [
  {
    label: 'MatMulIntegerToFloat',
    equation: 'Cast(MatMulInteger(a, b)) · (sa · sb) ⇒ MatMulIntegerToFloat(a, b, sa, sb)',
    benefit: 30,
    make: integerToFloat,
  },
  {
    label: 'MatMulIntegerToFloat with bias',
    equation: 'MatMulIntegerToFloat(a, b) + c ⇒ MatMulIntegerToFloat(a, b, c)',
    benefit: 29,
    make: withBias,
  },
  {
    label: 'DynamicQuantizeMatMul',
    equation: 'MatMulIntegerToFloat(DynamicQuantizeLinear(x), b) ⇒ DynamicQuantizeMatMul(x, b)',
    benefit: 28,
    make: dynamicMatMul,
  },
])
