import type { NetworkSnapshot, Transaction } from '../engine'
import { fromPlain, toPlain } from '../engine'
import type { Plain } from './protocol'

/** Constants of more bytes than this stay in the engine worker: the page shows their type and shape only. */
const INLINE = 512

export function packed(value: unknown): Plain {
  return { plain: toPlain(value, { bytes: 'array', inlineUpTo: INLINE }) }
}

/** With all constants, for a worker that computes with them. */
export function packedWhole(value: unknown): Plain {
  return { plain: toPlain(value, { bytes: 'array' }) }
}

export const unpackedSnapshot = (p: Plain): NetworkSnapshot => fromPlain(p.plain) as NetworkSnapshot
export const unpackedTransaction = (p: Plain): Transaction => fromPlain(p.plain) as Transaction

const SLICE = 1500

/** Lets whatever waits on this thread come first. */
export const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** As `unpackedSnapshot`, a slice at a time. */
export async function unpackedInSlices(p: Plain): Promise<NetworkSnapshot> {
  const whole = p.plain as NetworkSnapshot
  const { layers, tensors, ...rest } = whole
  const slices = async (items: readonly unknown[]): Promise<unknown[]> => {
    const out: unknown[] = []
    for (let from = 0; from < items.length; from += SLICE) {
      out.push(...(fromPlain(items.slice(from, from + SLICE)) as unknown[]))
      await breath()
    }
    return out
  }
  const small = fromPlain({ ...rest, layers: [], tensors: [] }) as NetworkSnapshot
  return {
    ...small,
    layers: (await slices(layers)) as NetworkSnapshot['layers'],
    tensors: (await slices(tensors)) as NetworkSnapshot['tensors'],
  }
}
