/** Operators and methods of TensorRT-LLM's Tensor, as methods of every tensor: each calls the functional of its name. */
import { Tensor } from '../../../engine'
import type { Dim, DType, Shape } from '../../../engine'
import { axisOf, rankOf } from './core'
import type { Operand } from './core'
import * as elements from './elementwise'
import { repeat, select } from './indexing'
import { max, mean } from './reduction'
import * as shapes from './shape'

interface Methods {
  add(b: Operand): Tensor
  sub(b: Operand): Tensor
  mul(b: Operand): Tensor
  div(b: Operand): Tensor
  floordiv(b: Operand): Tensor
  modulo(b: Operand): Tensor
  lt(b: Operand): Tensor
  gt(b: Operand): Tensor
  eq(b: Operand): Tensor
  /** Greater or equal: GREATER, EQUAL, OR. */
  ge(b: Operand): Tensor
  xor(b: Operand): Tensor
  le(b: Operand): Tensor
  view(shape: readonly number[] | Tensor, zeroIsPlaceholder?: boolean): Tensor
  flatten(startDim?: number, endDim?: number): Tensor
  permute(dims: readonly number[]): Tensor
  transpose(dim0: number, dim1: number): Tensor
  mean(dim: number | readonly number[], keepdim?: boolean): Tensor
  max(dim: number | readonly number[], keepdim?: boolean): Tensor
  abs(): Tensor
  sqrt(): Tensor
  log(): Tensor
  cast(dtype: DType): Tensor
  squeeze(dim?: number | readonly number[] | null, zeroIsPlaceholder?: boolean): Tensor
  unsqueeze(dim: number): Tensor
  split(splitSizeOrSections: number | readonly number[], dim?: number): Tensor[]
  select(dim: number, index: number | Tensor): Tensor
  unbind(dim?: number): Tensor[]
  repeat(sizes: readonly number[]): Tensor
  ndim(): number
  /** The shape, or one size of it; null where it is not known. */
  size(): Shape | null
  size(dim: number): Dim
  /** A network output; of another type where one is asked for, which makes a CAST. */
  markOutput(name?: string, dtype?: DType | null): void
  /** Whether a size is not a number; without `dim` any but the first, which usually is the batch. */
  isDynamic(dim?: number): boolean
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface GraftTensorMethods extends Methods {}
}

function sizeOf(this: Tensor): Shape | null
function sizeOf(this: Tensor, dim: number): Dim
function sizeOf(this: Tensor, dim?: number): Shape | Dim {
  return dim === undefined ? this.shape : (this.shape?.[axisOf(dim, rankOf(this))] ?? null)
}

const METHODS: Methods & ThisType<Tensor> = {
  add(b) {
    return elements.add(this, b)
  },
  sub(b) {
    return elements.sub(this, b)
  },
  mul(b) {
    return elements.mul(this, b)
  },
  div(b) {
    return elements.div(this, b)
  },
  floordiv(b) {
    return elements.floordiv(this, b)
  },
  modulo(b) {
    return elements.modulo(this, b)
  },
  lt(b) {
    return elements.lt(this, b)
  },
  gt(b) {
    return elements.gt(this, b)
  },
  eq(b) {
    return elements.eq(this, b)
  },
  ge(b) {
    return elements.opOr(elements.gt(this, b), elements.eq(this, b))
  },
  le(b) {
    return elements.opOr(elements.lt(this, b), elements.eq(this, b))
  },
  xor(b) {
    return elements.opXor(this, b)
  },
  view(shape, zeroIsPlaceholder = true) {
    return shapes.view(this, shape, zeroIsPlaceholder)
  },
  flatten(startDim = 0, endDim = -1) {
    return shapes.flatten(this, startDim, endDim)
  },
  permute(dims) {
    return shapes.permute(this, dims)
  },
  transpose(dim0, dim1) {
    return shapes.transpose(this, dim0, dim1)
  },
  mean(dim, keepdim = false) {
    return mean(this, dim, keepdim)
  },
  max(dim, keepdim = false) {
    return max(this, dim, keepdim)
  },
  abs() {
    return elements.abs(this)
  },
  sqrt() {
    return elements.sqrt(this)
  },
  log() {
    return elements.log(this)
  },
  cast(dtype) {
    return elements.cast(this, dtype)
  },
  squeeze(dim = null, zeroIsPlaceholder = false) {
    return shapes.squeeze(this, dim, zeroIsPlaceholder)
  },
  unsqueeze(dim) {
    return shapes.unsqueeze(this, dim)
  },
  split(sections, dim = 0) {
    return shapes.split(this, sections, dim)
  },
  select(dim, index) {
    return select(this, dim, index)
  },
  unbind(dim = 0) {
    return shapes.unbind(this, dim)
  },
  repeat(sizes) {
    return repeat(this, sizes)
  },
  ndim() {
    return rankOf(this)
  },
  size: sizeOf,
  markOutput(name, dtype = null) {
    this.network.markOutput(dtype ? elements.cast(this, dtype) : this, name ?? this.name)
  },
  isDynamic(dim) {
    const sizes = this.shape ?? [null]
    if (dim !== undefined) return typeof sizes.at(dim) !== 'number'
    return sizes.some((d, i) => i !== 0 && typeof d !== 'number')
  },
}

for (const [name, value] of Object.entries(METHODS))
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true })
