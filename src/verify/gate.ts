import type { ModelFile } from './verify'
import type { TensorRecord } from '../engine'
import { hugeClaim } from './standstill'
import { ownOperatorIn } from './ort-message'
import { loadable } from './verify'
import type { Runtime } from './runtime'

/** Whether a model that is about to be written can be opened in ONNX Runtime. `unchecked` where that says nothing about it. */
export interface GateResult {
  readonly status: 'opens' | 'fails' | 'unchecked'
  /** Why it fails, or why it was not checked; empty where it opens. */
  readonly reason: string
}

/** Models of more bytes are not opened from memory: they would be there three times. */
const LARGEST = 1.5e9
/** How many times its size a model takes that a runtime opens from its file. */
const TIMES = 2

/**
 * Opens a model before it is written. Where it cannot be opened and the one that it was made of cannot either, that is no fault
 * of the rewrite.
 * @param tensors of the network that was written
 * @param runtime a text where there is none, which says why
 */
export async function gate(
  made: ModelFile,
  tensors: readonly TensorRecord[],
  original: ModelFile,
  runtime: Runtime | string,
): Promise<GateResult> {
  if (typeof runtime === 'string') return { status: 'unchecked', reason: runtime }
  if (made.unchecked) return { status: 'unchecked', reason: made.unchecked }
  const size = made.bytes.length + [...(made.external?.values() ?? [])].reduce((n, f) => n + f.length, 0)
  const largest = made.path && runtime.opensFiles ? (runtime.room?.() ?? Infinity) / TIMES : LARGEST
  if (size > largest)
    return { status: 'unchecked', reason: `${(size / 1e9).toFixed(1)} GB are too much to open it in memory` }
  const values = tensors.reduce((n, { value }) => (value ? n : n + 1), 0)
  if (values > MOST_VALUES)
    return { status: 'unchecked', reason: `${values.toLocaleString('en')} values take ONNX Runtime too long to open` }
  const claim = hugeClaim(tensors)
  if (claim) return { status: 'unchecked', reason: claim }
  const fails = await whyNot(made, runtime)
  if (fails === null) return { status: 'opens', reason: '' }
  // Whoever rewrote to an operator of their own runs it where it is known.
  if (ownOperatorIn(fails) !== null) return { status: 'unchecked', reason: fails }
  const before = await whyNot(original, runtime)
  return before === null
    ? { status: 'fails', reason: fails }
    : { status: 'unchecked', reason: `ONNX Runtime does not open the original either: ${before}` }
}

/** It opens twice as many in four times as long. */
const MOST_VALUES = 100_000

async function whyNot(model: ModelFile, runtime: Runtime): Promise<string | null> {
  try {
    const session = await runtime.load(loadable(model, runtime))
    await session.release()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
