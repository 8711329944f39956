/** Arguments of functionals: as their callers give them, with tensors as handles, and as records keep them, with ids. */
import type { TensorNode } from '../store/nodes'
import type { FArg, TensorId } from '../store/records'

/** An argument of a functional as its caller gave it. */
export type RawArgOf<T> =
  null | undefined | number | string | boolean | T | readonly RawArgOf<T>[] | { readonly [name: string]: RawArgOf<T> }

/** @internal told by what no plain argument has: a place among a tensor's uses */
export function isTensorNode(x: unknown): x is TensorNode {
  return typeof x === 'object' && x !== null && 'firstUse' in x && 'record' in x
}

/** An argument as it is recorded: tensors by id, undefined as null. */
export function toFArg(arg: RawArgOf<TensorNode>): FArg {
  if (arg === null || arg === undefined) return null
  if (isTensorNode(arg)) return { tensor: arg.id }
  if (Array.isArray(arg)) return arg.map(toFArg)
  if (typeof arg === 'object') return Object.fromEntries(Object.entries(arg).map(([k, v]) => [k, toFArg(v)]))
  return arg as number | string | boolean
}

/** A tensor that is gone becomes null. */
export function fromFArg<T>(arg: FArg, tensorOf: (id: TensorId) => T | undefined): RawArgOf<T> {
  if (arg === null || typeof arg !== 'object') return arg
  if (Array.isArray(arg)) return arg.map((x: FArg) => fromFArg(x, tensorOf))
  if (isTensorArg(arg)) return tensorOf(arg.tensor) ?? null
  return Object.fromEntries(Object.entries(arg as Record<string, FArg>).map(([k, v]) => [k, fromFArg(v, tensorOf)]))
}

/** Whether a recorded argument is one tensor. */
export function isTensorArg(arg: FArg): arg is { readonly tensor: TensorId } {
  return typeof arg === 'object' && arg !== null && 'tensor' in arg && typeof arg.tensor === 'number'
}

/** The arguments with tensor `from` replaced by `to` (null: not given); the same object where it does not occur. */
export function replaceInFArgs<A extends Readonly<Record<string, FArg>>>(
  args: A,
  from: TensorId,
  to: TensorId | null,
): A {
  let changed = false
  const replace = (arg: FArg): FArg => {
    if (arg === null || typeof arg !== 'object') return arg
    if (isTensorArg(arg)) {
      if (arg.tensor !== from) return arg
      changed = true
      return to === null ? null : { tensor: to }
    }
    if (Array.isArray(arg)) return arg.map(replace)
    return Object.fromEntries(Object.entries(arg as Record<string, FArg>).map(([k, v]) => [k, replace(v)]))
  }
  const next = Object.fromEntries(Object.entries(args).map(([k, v]) => [k, replace(v)])) as unknown as A
  return changed ? next : args
}

/** Arguments with every tensor as one symbol: equal for calls that make the same kind of layer. */
export function symbols(arg: FArg): unknown {
  if (arg === null || typeof arg !== 'object') return arg
  if (isTensorArg(arg)) return 'Tensor'
  if (Array.isArray(arg)) return arg.map(symbols)
  return Object.fromEntries(Object.entries(arg).map(([k, v]) => [k, symbols(v as FArg)]))
}

/** The tensors of two structures that stand at the same places. @throws TypeError where the structures differ. */
export function pairUp<T extends TensorNode>(old: RawArgOf<T>, next: RawArgOf<T>, where: string): [T, T][] {
  if (isTensorNode(old) && isTensorNode(next)) return [[old, next]]
  if (Array.isArray(old) && Array.isArray(next) && lastOf(old) === lastOf(next))
    return old.flatMap((x: RawArgOf<T>, i) => pairUp(x, next[i] as RawArgOf<T>, `${where}[${i}]`))
  if (isPlain(old) && isPlain(next) && sameKeys(old, next))
    return Object.keys(old).flatMap((k) => pairUp(old[k], next[k], `${where}.${k}`))
  if ((old ?? null) === null && (next ?? null) === null) return []
  throw new TypeError(`the new ${where} have another structure than the old ones`)
}

/** Where the last is that there is: results that a call leaves out are None at the end, or not there. */
const lastOf = (list: readonly unknown[]): number => list.findLastIndex((x) => (x ?? null) !== null)

function sameKeys(a: object, b: object): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((k) => k in b)
}

function isPlain<T>(x: RawArgOf<T>): x is { readonly [name: string]: RawArgOf<T> } {
  return typeof x === 'object' && x !== null && !Array.isArray(x) && !isTensorNode(x)
}
