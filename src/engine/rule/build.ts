import { ConstantValue } from '../store/constant'
import type { Dialect } from '../network/dialect'
import { operandFault } from '../network/verify'
import { ImpossibleError, NotKnownError } from './not-known'
import type { Layer } from '../network/network'
import type { Network } from '../network/network'
import type { NewLayer, ResultType } from '../network/new-layer'
import type { Attributes, DType } from '../store/records'
import type { Tensor } from '../network/network'

/** Makes the layers of a rewrite in front of its root. What a rule that computes writes its right side with. */
export class Builder {
  constructor(
    readonly network: Network,
    readonly match: { readonly root: Layer },
  ) {}

  /** A layer with one result. Types are inferred from the kind's schema. */
  call(kind: string, inputs: readonly (Tensor | null)[], attributes: Attributes = {}, type?: ResultType): Tensor {
    return this.layer(kind, inputs, attributes, type ? [type] : 1).result()
  }

  /**
   * A layer; `outputs` says how many results it has, or which (false for one that is left out), or of what types. Trailing absent
   * operands are left out.
   * @throws NotKnownError, which gives up, for a kind that the network's operator set does not have, or has with fewer operands, or
   *   that takes none of such types or ranks
   */
  layer(
    kind: string,
    inputs: readonly (Tensor | null)[],
    attributes: Attributes = {},
    outputs: number | readonly boolean[] | readonly (ResultType | null)[] = 1,
  ): Layer {
    const given = inputs.slice(0, inputs.findLastIndex((t) => t !== null) + 1)
    this.checkKnown(kind, hasBody(attributes) ? 0 : given.length)
    this.checkAttributes(kind, attributes)
    const layer = this.network.addLayer({ kind, inputs: given, attributes, ...resultsAs(outputs) })
    const fault = operandFault(layer)
    if (fault !== null) throw new ImpossibleError(`what it makes of it cannot be: ${fault}`)
    return layer
  }

  private checkKnown(kind: string, operands: number): void {
    const schema = this.network.schemaOf(kind)
    const version = this.network.opsetOf(kind)
    if (!schema && this.network.dialect.kinds?.includes(kind))
      throw new NotKnownError(`${kind} is not in operator set ${version}`)
    if (schema && operands > schema.inputs.length && !schema.inputs.at(-1)?.variadic)
      throw new NotKnownError(
        `${kind} of operator set ${version} takes ${schema.inputs.length} operands, not ${operands}`,
      )
  }

  /** An attribute that came with a newer operator set, or went with one, is none of this network's. */
  private checkAttributes(kind: string, attributes: Attributes): void {
    const { dialect } = this.network
    const known = this.network.schemaOf(kind)?.attributes
    if (!known || dialect.kinds?.includes(kind) !== true) return
    const version = this.network.opsetOf(kind)
    for (const name in attributes) {
      if (name in known || !isOfSomeVersion(dialect, kind, name)) continue
      throw new NotKnownError(`${kind} of operator set ${version} has no attribute ${name}`)
    }
  }

  /** A constant from numbers, each rounded once to `dtype`. */
  constant(dtype: DType, shape: readonly number[], values: ArrayLike<number>, name?: string): Tensor {
    return this.keep(ConstantValue.of(dtype, shape, values), name)
  }
  /** A constant of rank 0. */
  scalar(dtype: DType, value: number): Tensor {
    return this.keep(ConstantValue.scalarOf(dtype, value))
  }
  /** A constant of one dimension, of int64, as axes and shapes are. */
  ints(...values: number[]): Tensor {
    return this.keep(ConstantValue.of('int64', [values.length], values))
  }
  /** A constant tensor of this value, beside the match. */
  keep(value: ConstantValue, name?: string): Tensor {
    return this.network.addConstant(value, name && `${name}_${this.network.counters.nextTensorId}`)
  }
}

function resultsAs(
  outputs: number | readonly boolean[] | readonly (ResultType | null)[],
): Pick<NewLayer, 'outputs' | 'outputCount' | 'given'> {
  if (typeof outputs === 'number') return { outputCount: outputs }
  return isChoice(outputs) ? { given: outputs } : { outputs }
}

const isChoice = (outputs: readonly boolean[] | readonly (ResultType | null)[]): outputs is readonly boolean[] =>
  typeof outputs[0] === 'boolean'

/** Whether a kind has an attribute of this name in the oldest or the newest operator set; others are somebody's own. */
function isOfSomeVersion(dialect: Dialect, kind: string, name: string): boolean {
  return [1, Infinity].some((version) => name in (dialect.schema(kind, version)?.attributes ?? {}))
}

/** What a body captures stands among the operands, behind those of the kind. */
function hasBody(attributes: Attributes): boolean {
  for (const name in attributes) {
    const value = attributes[name]
    if (typeof value === 'object' && 'graph' in value) return true
  }
  return false
}
