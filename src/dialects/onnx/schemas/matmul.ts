import * as on from '../infer/matmul'
import { float, int, op, required, text } from './notation'

const GEMM = { alpha: float(1), beta: float(1), transA: int(0), transB: int(0) }

export const matmul = [
  op('MatMul', 'matmul', 'A B', 'Y', {}, { infer: on.matmul }),
  op('Gemm', 'matmul', 'A B C', 'Y', GEMM, { infer: on.gemm }),
  op('Gemm', 'matmul', 'A B C?', 'Y', GEMM, { since: 11, infer: on.gemm }),
  op('Einsum', 'matmul', 'Inputs*', 'Output', { equation: required(text()) }, { infer: on.einsum }),
  op('MatMulInteger', 'matmul', 'A B a_zero_point? b_zero_point?', 'Y', {}, { infer: on.matmulTo('int32') }),
  op(
    'QLinearMatMul',
    'matmul',
    'a a_scale a_zero_point b b_scale b_zero_point y_scale y_zero_point',
    'y',
    {},
    { infer: on.qlinearMatmul },
  ),
]
