/**
 * ONNX's backend models against the outputs that come with them: opened and written untouched, rewritten for both targets, and in TensorRT's
 * layers.
 *
 *     node scripts/run.mjs test/proof/backend-models.ts <onnx/backend/test/data> [set ..]
 *
 * The folder is that of the onnx repository; without sets simple, pytorch-converted, pytorch-operator and light. Every model that ONNX
 * Runtime itself runs and gets right has to stay right. Exit code 1 where one does not.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { exportOnnx, importOnnx, onnxDialect } from '../../src/dialects/onnx'
import { constantOf } from '../../src/dialects/onnx/import/tensor'
import { decodeMessage } from '../../src/dialects/onnx/proto/decode'
import { lowerOnnx, raiseToOnnx } from '../../src/dialects/tensorrt'
import { ConstantValue, networkFromSnapshot, snapshotOf, verifyNetwork } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { managerOf, onnxLibrary, tensorrtLibrary, upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'
import type { Runtime, Values } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'

/** As ONNX's own runner compares. */
const [RELATIVE, ABSOLUTE] = [1e-3, 1e-7]
const SETS = ['simple', 'pytorch-converted', 'pytorch-operator', 'light']

interface Case {
  readonly name: string
  readonly bytes: Uint8Array
  /** Inputs and outputs by position. */
  readonly data: readonly { readonly inputs: readonly ConstantValue[]; readonly outputs: readonly ConstantValue[] }[]
}

const [root, ...sets] = process.argv.slice(2)
if (root === undefined) throw new Error('which folder? It is onnx/backend/test/data of the onnx repository')
const runtime = await nodeRuntime()
let failures = 0
for (const set of sets.length > 0 ? sets : SETS) await proveSet(set)
process.exitCode = failures > 0 ? 1 : 0

async function proveSet(set: string): Promise<void> {
  const notRun: string[] = []
  let [right, byRaising] = [0, 0]
  for (const c of casesOf(path.join(root!, set))) {
    const asItIs = await whyWrong(c, c.bytes, runtime)
    if (asItIs !== null) {
      const raised = await faultsOf(c)
      if (raised.some((line) => line.startsWith('for'))) notRun.push(`${c.name}: ${asItIs}`)
      else byRaising++
      continue
    }
    const wrong = await faultsOf(c)
    for (const line of wrong) console.log(`  ${c.name}, ${line}`)
    failures += wrong.length
    if (wrong.length === 0) right++
  }
  const more = byRaising > 0 ? `, ${byRaising} that ONNX Runtime runs only as they were rewritten` : ''
  console.log(`${set}: ${right} right${more}, ${notRun.length} that ONNX Runtime does not run`)
  for (const line of notRun) console.log(`  not run: ${line.slice(0, 200)}`)
}

function casesOf(folder: string): Case[] {
  return readdirSync(folder).flatMap((name) => {
    const at = path.join(folder, name)
    if (name.endsWith('.onnx')) return [lightCase(name, at)]
    const model = path.join(at, 'model.onnx')
    if (!existsSync(model)) return []
    try {
      const data = readdirSync(at)
        .filter((d) => d.startsWith('test_data_set'))
        .map((d) => ({ inputs: valuesIn(path.join(at, d), 'input'), outputs: valuesIn(path.join(at, d), 'output') }))
      return [{ name, bytes: new Uint8Array(readFileSync(model)), data }]
    } catch (error) {
      console.log(`  left out: ${name}: ${messageOf(error)}`)
      return []
    }
  })
}

/** Their outputs lie beside them; their inputs are made as ONNX's runner makes them. */
function lightCase(name: string, file: string): Case {
  const bytes = new Uint8Array(readFileSync(file))
  const { snapshot } = importOnnx(bytes)
  const inputs = snapshot.inputs.map((id) => {
    const { shape } = snapshot.tensors.find((t) => t.id === id)!
    const dims = shape!.map((d) => (typeof d === 'number' ? d : 1))
    const size = dims.reduce((a, b) => a * b, 1)
    return ConstantValue.of(
      'float32',
      dims,
      Array.from({ length: size }, (_, i) => i / size),
    )
  })
  return { name, bytes, data: [{ inputs, outputs: [valueIn(file.replace(/\.onnx$/, '_output_0.pb'))] }] }
}

function valuesIn(folder: string, what: string): ConstantValue[] {
  const count = readdirSync(folder).filter((f) => f.startsWith(`${what}_`) && f.endsWith('.pb')).length
  return Array.from({ length: count }, (_, i) => valueIn(path.join(folder, `${what}_${i}.pb`)))
}

function valueIn(file: string): ConstantValue {
  return constantOf(decodeMessage('TensorProto', new Uint8Array(readFileSync(file))), file, new Map(), () => {})
}

/** What goes wrong with a model that ONNX Runtime gets right, in words. */
async function faultsOf(c: Case): Promise<string[]> {
  const found: string[] = []
  const attempt = async (what: string, make: () => Uint8Array): Promise<void> => {
    try {
      const why = await whyWrong(c, make(), runtime)
      if (why !== null) found.push(`${what}: ${why}`)
    } catch (error) {
      found.push(`${what}: ${messageOf(error)}`)
    }
  }
  await attempt('untouched', () => exportOnnx(importOnnx(c.bytes).snapshot).bytes)
  for (const target of ['ort', 'onnx'] as const)
    await attempt(`for ${target}`, () => exportOnnx(rewritten(importOnnx(c.bytes).snapshot, target)).bytes)
  // TensorRT has no float64: there such values are float32, and so is what comes out.
  if (c.data.some(({ inputs, outputs }) => [...inputs, ...outputs].some((v) => v.dtype === 'float64'))) return found
  await attempt("in TensorRT's layers", () => exportOnnx(inLayers(importOnnx(c.bytes).snapshot, false)).bytes)
  await attempt("in TensorRT's layers, rewritten", () => exportOnnx(inLayers(importOnnx(c.bytes).snapshot, true)).bytes)
  return found
}

function rewritten(snapshot: NetworkSnapshot, target: Target): NetworkSnapshot {
  const network = networkFromSnapshot(upgradeForTarget(snapshot, target).snapshot, onnxDialect)
  managerOf(
    onnxLibrary(target).filter((e) => !e.optIn),
    target,
  ).rewrite(network)
  return snapshotOf(network)
}

/** Lowered into TensorRT's layers, and raised again. */
function inLayers(snapshot: NetworkSnapshot, isRewritten: boolean): NetworkSnapshot {
  const { network } = lowerOnnx(snapshot)
  const [fault] = verifyNetwork(network)
  if (fault) throw new Error(`invalid: ${fault.layer ?? ''} ${fault.message}`)
  if (isRewritten) managerOf(tensorrtLibrary.filter((e) => !e.optIn), 'ort').rewrite(network) // prettier-ignore
  return raiseToOnnx(snapshotOf(network))
}

/** null where a model gives what it should on each of its data sets. */
async function whyWrong(c: Case, bytes: Uint8Array, ort: Runtime): Promise<string | null> {
  try {
    const { snapshot } = importOnnx(c.bytes)
    const names = snapshot.inputs.map((id) => snapshot.tensors.find((t) => t.id === id)!.name)
    const session = await ort.load(bytes)
    try {
      for (const { inputs, outputs } of c.data) {
        const feeds: Values = new Map(names.flatMap((name, i) => (inputs[i] ? [[name, inputs[i]] as const] : [])))
        const results = await session.run(feeds)
        for (const [i, expected] of outputs.entries()) {
          const why = difference(expected, results.get(snapshot.outputs[i]!.name))
          if (why !== null) return `output ${i} ${why}`
        }
      }
    } finally {
      await session.release()
    }
    return null
  } catch (error) {
    return messageOf(error)
  }
}

function difference(expected: ConstantValue, found: ConstantValue | undefined): string | null {
  if (!found) return 'is missing'
  const typed = (v: ConstantValue): string => `${v.dtype}[${v.shape.join(',')}]`
  if (typed(expected) !== typed(found)) return `is ${typed(found)}, and should be ${typed(expected)}`
  if (expected.strings)
    return expected.equals(found) ? null : `is ${found.strings?.join()}, and should be ${expected.strings.join()}`
  const [x, y] = [expected.numbers(), found.numbers()]
  for (let i = 0; i < x.length; i++) {
    if (Object.is(x[i], y[i]) || x[i] === y[i]) continue
    if (!(Math.abs(x[i]! - y[i]!) <= ABSOLUTE + RELATIVE * Math.abs(x[i]!)))
      return `has ${y[i]} at ${i}, and should have ${x[i]}`
  }
  return null
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
