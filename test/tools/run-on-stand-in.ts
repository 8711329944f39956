import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { joined } from '../../src/dialects/onnx'
import { writePython } from '../../src/dialects/tensorrt'
import { dataTypeOf } from '../../src/dialects/tensorrt/data-type'
import { plainNetwork } from '../../src/dialects/tensorrt/file/plain-network'
import type { NetworkSnapshot } from '../../src/engine'

/** Whether there is what scripts need that build a network. */
export const hasPython = spawnSync('python3', ['-c', 'import numpy']).status === 0

/**
 * Writes a network as a script, runs the script on the stand-in for TensorRT's module, and dumps what it built.
 * @param dump the file `.graft-trt` that is dumped; its weights, and all else, lie beside it
 */
export function runOnStandIn(snapshot: NetworkSnapshot, dump: string): void {
  const at = (name: string): string => path.join(path.dirname(dump), name)
  const { text, weights } = writePython(snapshot, 'net.weights')
  writeFileSync(at('net.py'), text)
  writeFileSync(at('net.weights'), joined(weights))
  const { inputs, layers } = plainNetwork(snapshot)
  const tensors = [...inputs, ...layers.flatMap((l) => l.outputs)]
  const types = tensors.map((t) => [t.name, dataTypeOf(t.dtype), t.shape && t.shape.map((d) => d ?? -1)])
  const outputs = Object.fromEntries(layers.map((l) => [l.name, l.outputs.length]))
  writeFileSync(at('types.json'), JSON.stringify({ types, outputs }))
  execFileSync('python3', ['test/tools/round-trip.py', at('net.py'), at('types.json'), dump], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
