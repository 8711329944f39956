/** Weights of more than 2 GiB stay in their file: what is not asked for is not read, and goes from file to file in pieces. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main'
import { readModel } from '../../src/cli/files'
import { sparseModel } from './large'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-large-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => path.join(folder, name)

let [out, err] = ['', '']
vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
beforeEach(() => void ([out, err] = ['', '']))

test('2.4 GB of weights are rewritten, in memory that has nothing to do with their size', async () => {
  const model = sparseModel(folder, 9, 8192)
  expect(statSync(at('weights.bin')).size).toBeGreaterThan(2 ** 31)
  const before = process.resourceUsage().maxRSS
  expect([await main(['rewrite', model, '-o', at('out.onnx'), '--json']), err]).toEqual([0, ''])
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(600_000)
  expect(JSON.parse(out)).toMatchObject({ nodesBefore: 11, nodesAfter: 10 })
  expect(statSync(at('out.onnx.data')).size).toBeGreaterThan(2 ** 31)

  const { snapshot } = readModel(at('out.onnx'))
  const weights = snapshot.tensors.flatMap((t) => (t.value && t.value.shape.length === 2 ? [t.value] : []))
  expect(weights.map((w) => new Float32Array(w.head(8)!.slice().buffer))).toEqual(
    Array.from({ length: 9 }, (_, i) => Float32Array.of(i + 1, 0)),
  )
  expect(readdirSync(folder).filter((f) => f.startsWith('.graft-'))).toEqual([])
})

test('a weight file that is too short is said, with the bytes that are missing', async () => {
  sparseModel(folder, 2, 512)
  truncateSync(at('weights.bin'), 512 * 512 * 4 + 100)
  expect(await main(['rewrite', at('large.onnx'), '-o', at('short.onnx')])).toBe(2)
  expect(err).toMatch(/weights\.bin has 1048676 bytes, but bytes 1048576 to 2097152 are needed/)
})

test('weights over 2 GB do not go to the standard output', async () => {
  const model = sparseModel(folder, 9, 8192)
  expect(await main(['rewrite', model, '-o', '-'])).toBe(2)
  expect(err).toMatch(/2\.4 GB of weights do not fit into one model/)
})

test('large weights inside the model stay there too, and what is written says the same', async () => {
  sparseModel(folder, 3, 1024)
  expect(await main(['rewrite', at('large.onnx'), '-o', at('inline.onnx')])).toBe(0)
  expect(statSync(at('inline.onnx')).size).toBeGreaterThan(3 * 1024 * 1024 * 4)
  expect(await main(['rewrite', at('inline.onnx'), '-o', at('again.onnx'), '--verify'])).toBe(0)
  expect(readFileSync(at('again.onnx')).equals(readFileSync(at('inline.onnx')))).toBe(true)
})
