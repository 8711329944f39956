/** Models on which a careless rewrite changes a result: ±Inf, NaN, −0, masks, random operators, shapes that are stated wrongly. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exportOnnx, importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { ConstantValue, networkFromSnapshot, snapshotOf, verifyNetwork } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary, upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import type { Values } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { random } from '../engine/support'

const FOLDER = 'test/cases/soundness'
const LOWEST = -3.4028234663852886e38
const SPECIAL = [NaN, Infinity, -Infinity, -0, 0, 1e-40, -1e-40, -LOWEST, LOWEST, 2, -2, 0.5, 1e20, -1e-20]
/** Rows of a mask: closed by -∞, by the lowest number, by both, and open here and there. */
const ROWS = [[-Infinity], [LOWEST], [-Infinity, LOWEST], [0, -Infinity, -10_000, LOWEST]]

const runtime = await nodeRuntime()

/** Values for every input: floats of all kinds, or only such as arithmetic usually meets. */
function feeds({ inputs, tensors }: NetworkSnapshot, seed: number, special: boolean): Values {
  const r = random(seed)
  const pick = (from: readonly number[]): number => from[Math.floor(r() * from.length)]!
  return new Map(
    inputs.map((id) => {
      const { name, dtype, shape } = tensors.find((t) => t.id === id)!
      const dims = shape as readonly number[]
      const width = dims.at(-1) ?? 1
      const numbers = Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => {
        const row = ROWS[(Math.floor(i / width) + seed) % ROWS.length]!
        if (name === 'mm') return row[i % row.length]!
        return dtype === 'bool' ? 1 : special ? pick(SPECIAL) : 2 * r() - 1
      })
      return [name, ConstantValue.of(dtype!, dims, numbers)]
    }),
  )
}

function rewritten(snapshot: NetworkSnapshot, target: Target): NetworkSnapshot {
  const network = networkFromSnapshot(upgradeForTarget(snapshot, target).snapshot, onnxDialect)
  const on = onnxLibrary(target).filter((e) => !e.optIn)
  managerOf(on, target).rewrite(network)
  expect(verifyNetwork(network)).toEqual([])
  return snapshotOf(network)
}

/** Equal: the same number to the bit, any NaN for any NaN; where it is rounded, up to that. */
function expectEqual(before: Values, after: Values): void {
  for (const [name, x] of before) {
    const [a, b] = [Array.from(x.numbers()), Array.from(after.get(name)!.numbers())]
    const close = (u: number, v: number): boolean => Object.is(u, v) || Math.abs(u - v) <= 1e-5 * Math.abs(u)
    expect(b.map((v, i) => (close(a[i]!, v) ? a[i] : v))).toEqual(a)
  }
}

const CASES = readdirSync(FOLDER).flatMap((file) => (['ort', 'onnx'] as const).map((target) => [file, target] as const))

describe('the library leaves every result as it was', () => {
  test.each(CASES)('%s, target %s', async (file, target) => {
    const bytes = new Uint8Array(readFileSync(`${FOLDER}/${file}`))
    const { snapshot } = importOnnx(bytes)
    const after = rewritten(snapshot, target)
    const [a, b] = [await runtime.load(bytes), await runtime.load(exportOnnx(after).bytes)]
    const isRandom = snapshot.layers.some((l) => /^Random|^Bernoulli/.test(l.kind))
    for (const seed of [1, 2, 3, 4])
      // Attention is equal up to rounding: of its queries, keys and values only ordinary numbers are asked, of its mask all.
      for (const special of file.startsWith('attn') ? [false] : [false, true]) {
        const given = feeds(snapshot, seed, special)
        const [before, now] = [await a.run(given), await b.run(given)]
        if (!isRandom || file.includes('cse')) expectEqual(before, now)
      }
    await Promise.all([a.release(), b.release()])
  })
})
