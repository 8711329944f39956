import type { ConstantValue, InferenceContext, KindSchema } from '../../../engine'
import { constantOfShape, range, shape, size } from './creation'
import * as on from './elementwise'
import type { Evaluate } from './elementwise'
import { sizeOf } from './elements'
import * as move from './movement'
import * as over from './reduction'

/** Results with more elements than this are not computed unless asked for. */
export const MAX_ELEMENTS = 2 ** 24

const POINTWISE: Readonly<Record<string, Evaluate>> = {
  Add: on.add,
  Sub: on.sub,
  Mul: on.mul,
  Div: on.div,
  Mod: on.mod,
  Pow: on.pow,
  Max: on.max,
  Min: on.min,
  Sum: on.add,
  // Not ===: one side may hold bigints where the other holds numbers.
  Equal: on.comparison((a, b) => a <= b && a >= b),
  Less: on.comparison((a, b) => a < b),
  Greater: on.comparison((a, b) => a > b),
  LessOrEqual: on.comparison((a, b) => a <= b),
  GreaterOrEqual: on.comparison((a, b) => a >= b),
  And: on.comparison((a, b) => !!a && !!b),
  Or: on.comparison((a, b) => !!a || !!b),
  Xor: on.comparison((a, b) => !!a !== !!b),
  Not: on.unary((x) => Number(x === 0), { integers: true }),
  Where: on.where,
  Cast: on.cast,
  CastLike: on.castLike,
  Clip: on.clip,
  Neg: on.unary((x) => -x, { integers: true }),
  Abs: on.unary(Math.abs, { integers: true }),
  Sign: on.unary(Math.sign, { integers: true }),
  Floor: on.unary(Math.floor),
  Ceil: on.unary(Math.ceil),
  Round: on.unary(on.roundHalfEven),
  Sqrt: on.unary(Math.sqrt),
  Reciprocal: on.unary((x) => 1 / x),
  Exp: on.unary(Math.exp),
  Log: on.unary(Math.log),
  Sin: on.unary(Math.sin),
  Cos: on.unary(Math.cos),
  Tan: on.unary(Math.tan),
  Tanh: on.unary(Math.tanh),
  Sigmoid: on.unary((x) => 1 / (1 + Math.exp(-x))),
  Relu: on.unary((x) => (x < 0 ? 0 : x), { integers: true }),
  IsNaN: on.unary((x) => Number(Number.isNaN(x)), { dtype: 'bool' }),
}

const OTHERS: Readonly<Record<string, Evaluate>> = {
  Shape: shape,
  Size: size,
  ConstantOfShape: constantOfShape,
  Range: range,
  Transpose: move.transpose,
  Concat: move.concat,
  Slice: move.slice,
  Gather: move.gather,
  GatherElements: move.gatherElements,
  GatherND: move.gatherND,
  ScatterND: move.scatterND,
  Expand: move.expand,
  Tile: move.tile,
  Trilu: move.trilu,
  ReduceSum: over.reduceSum,
  ReduceProd: over.reduceProd,
  ReduceMax: over.reduceMax,
  ReduceMin: over.reduceMin,
  ReduceMean: over.reduceMean,
  ReduceSumSquare: over.reduceSumSquare,
  ReduceL1: over.reduceL1,
  ReduceL2: over.reduceL2,
  CumSum: over.cumSum,
  MatMul: over.matmul,
}

/**
 * What the operator gives on its constant operands, computed in float64 and rounded once to the dtype, integers exact.
 * Null where an operand it needs is no constant, where the operator is not among those we evaluate, where its result is
 * undefined (integer division by zero, a float out of the integer's range), or where it has more than MAX_ELEMENTS.
 */
export function evaluatorOf(schema: KindSchema): Evaluate | undefined {
  const byInference: Readonly<Record<string, Evaluate>> = {
    Reshape: move.reshaped((c) => staticResult(schema, c, 0)),
    Flatten: move.reshaped((c) => staticResult(schema, c, 0)),
    Squeeze: move.reshaped((c) => staticResult(schema, c, 0)),
    Unsqueeze: move.reshaped((c) => staticResult(schema, c, 0)),
    Identity: move.reshaped((c) => staticResult(schema, c, 0)),
    Split: move.split((c) => splitSizes(schema, c)),
  }
  const { kind } = schema
  const evaluate = [POINTWISE, OTHERS, byInference]
    .map((t) => (Object.hasOwn(t, kind) ? t[kind] : undefined))
    .find(Boolean)
  return evaluate && ((c) => evaluateWithin(schema, evaluate, c, MAX_ELEMENTS))
}

function evaluateWithin(
  schema: KindSchema,
  evaluate: Evaluate,
  c: InferenceContext,
  maxElements: number,
): readonly ConstantValue[] | null {
  let total = 0
  for (const result of schema.infer?.(c) ?? []) {
    if (result?.shape?.some((d) => typeof d === 'number' && d < 0)) return null
    total += (result && sizeOf(result.shape)) ?? 0
  }
  return total > maxElements ? null : evaluate(c)
}

function staticResult(schema: KindSchema, c: InferenceContext, i: number): readonly number[] | null {
  const shape = schema.infer?.(c)[i]?.shape
  return shape?.every((d): d is number => typeof d === 'number') ? shape : null
}

function splitSizes(schema: KindSchema, c: InferenceContext): number[] | null {
  const axis = typeof c.attributes['axis'] === 'number' ? c.attributes['axis'] : 0
  const sizes: number[] = []
  for (let i = 0; i < c.outputCount; i++) {
    const size = staticResult(schema, c, i)?.at(axis)
    if (size === undefined) return null
    sizes.push(size)
  }
  return sizes
}
