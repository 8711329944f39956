/** Damaged files of TensorRT's world: each opens as what it is or says what is wrong. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lengthOf, OnnxImportError } from '../../../src/dialects/onnx'
import {
  dialectNamed,
  EngineFileError,
  engineNetwork,
  GALLERY_NETWORKS,
  importModel,
  kernelsOf,
  NetworkFileError,
  RaiseError,
  raiseToOnnx,
  readLayerInformation,
  readProfile,
  writeNetwork,
  writePython,
} from '../../../src/dialects/tensorrt'
import { faultsOf, networkFromSnapshot, snapshotOf } from '../../../src/engine'
import type { NetworkSnapshot } from '../../../src/engine'
import { mutated } from '../../engine/mutate'
import { random } from '../../engine/random-networks'

const TIMES = 150

const utf8 = new TextEncoder()
const cases = new URL('../../cases/', import.meta.url)
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, cases)))
const jsonOf = (name: string): unknown => JSON.parse(readFileSync(new URL(name, cases), 'utf8'))

/** Cut off, or a few bytes of it others. */
function damaged(bytes: Uint8Array, seed: number): Uint8Array {
  const r = random(seed)
  const at = (n: number): number => Math.floor(r() * n)
  if (r() < 0.3) return bytes.subarray(0, at(bytes.length))
  const out = bytes.slice()
  for (let n = 1 + at(4); n > 0; n--) out[at(out.length)] = at(256)
  return out
}

/** Every fourth by its bytes, the others by their values. */
const damagedText = (json: unknown, seed: number): string =>
  seed % 4 === 3
    ? new TextDecoder().decode(damaged(utf8.encode(JSON.stringify(json)), seed))
    : JSON.stringify(mutated(json, seed).json)

const SAID = [OnnxImportError, EngineFileError, NetworkFileError, RaiseError]

/** Runs what may refuse, with a message of its own. */
function saidAtMost(what: string, act: () => unknown): void {
  try {
    act()
  } catch (error) {
    if (!SAID.some((kind) => error instanceof kind)) throw new Error(`${what}: ${String(error)}`, { cause: error })
  }
}

function goOver(snapshot: NetworkSnapshot, what: string): void {
  const network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
  faultsOf(network)
  if (snapshot.dialect !== 'tensorrt') return
  for (const act of [
    raiseToOnnx,
    (s: NetworkSnapshot) => writeNetwork(s, 'w'),
    (s: NetworkSnapshot) => writePython(s, 'w'),
  ])
    saidAtMost(what, () => act(snapshotOf(network)))
}

const seeds = Array.from({ length: TIMES }, (_, i) => i)

test.each(['gpt-attention', 'cnn-small'] as const)(`.graft-trt files of %s, seeds 0 to ${TIMES - 1}`, (id) => {
  const { text, weights } = writeNetwork(snapshotOf(GALLERY_NETWORKS[id]()), 'w')
  const external = new Map([['w', new Uint8Array(lengthOf(weights))]])
  const json: unknown = JSON.parse(text)
  let opened = 0
  for (const seed of seeds)
    saidAtMost(`seed ${seed}`, () => {
      const { snapshot } = importModel(utf8.encode(damagedText(json, seed)), { external })
      opened++
      expect(snapshot.dialect, `seed ${seed}`).toBe('tensorrt')
      goOver(snapshot, `seed ${seed}`)
    })
  expect(opened).toBeGreaterThan(0)
})

test.each(['gpt-2layer', 'llama-2layer'])(`dumps of %s, seeds 0 to ${TIMES - 1}`, (name) => {
  const bytes = bytesOf(`trtllm/${name}.plugin.network.onnx`)
  for (const seed of seeds)
    saidAtMost(`seed ${seed}`, () => {
      const { snapshot } = importModel(damaged(bytes, seed))
      expect(snapshot.dialect, `seed ${seed}`).toBe('tensorrt')
      goOver(snapshot, `seed ${seed}`)
    })
})

test(`engines and their profiles, seeds 0 to ${TIMES - 1}`, () => {
  const layers = ['notebook.layer_info', 'resnet-fp16.graph', 'resnet-qat.graph'].map((n) => jsonOf(`engine/${n}.json`))
  const profile = jsonOf('engine/resnet-fp16.profile.json')
  for (const seed of seeds)
    saidAtMost(`seed ${seed}`, () => {
      const own = layers[seed % layers.length]
      const information = readLayerInformation(seed % 2 ? damagedText(own, seed) : JSON.stringify(own))
      const times = seed % 2 ? undefined : readProfile(damagedText(profile, seed))
      kernelsOf(information, times)
      goOver(snapshotOf(engineNetwork(information, times, 'engine').network), `seed ${seed}`)
    })
})

test('a shape of more dimensions than there are is none', () => {
  const { text } = writeNetwork(snapshotOf(GALLERY_NETWORKS['cnn-small']()), 'w')
  const huge = text.replace(/"shape":\s*\[\s*4\s*\]/g, '"shape":[4000000000]')
  expect(huge).not.toBe(text)
  const { snapshot } = importModel(utf8.encode(huge))
  expect(faultsOf(networkFromSnapshot(snapshot, dialectNamed('tensorrt'))).length).toBeGreaterThan(0)
})

test.each(['null', 'true', ' 12 ', '"text"', '[]', '{"layers": []}'])('%s is JSON, no damaged ONNX', (text) => {
  expect(() => importModel(utf8.encode(text))).toThrow(/JSON text.*graft-trt/s)
})
