/** The networks that the cases of damaged traces and sessions were made on, as far as their edits tell. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { importOnnx, onnxDialect, upgradeOpset } from '../../src/dialects/onnx'
import { ConstantValue, networkFromSnapshot } from '../../src/engine'
import type { LayerRecord, Network, NetworkSnapshot, TensorRecord } from '../../src/engine'

export const caseFile = (name: string): string => `test/cases/sessions/${name}`

export function readCase(name: string): unknown {
  return JSON.parse(readFileSync(caseFile(name), 'utf8'))
}

function layer(id: number, kind: string, inputs: number[], output: number, attributes = {}): LayerRecord {
  const name = `${kind}_${id}`
  return { id, kind, name, scope: '', inputs, outputs: [output], attributes, origin: [], removed: false, flayer: null }
}

function tensor(id: number, name: string, shape: readonly number[], producer = -1): TensorRecord {
  return { id, name, dtype: 'float32', shape, producer }
}

function constant(id: number, name: string, shape: readonly number[], base64: string): TensorRecord {
  const value = new ConstantValue('float32', shape, new Uint8Array(Buffer.from(base64, 'base64')))
  return { ...tensor(id, name, shape), value }
}

const WHOLE = { name: 'g', dialect: 'onnx', opsets: { '': 17, 'com.microsoft': 1 }, properties: {} }

/** Relu(Transpose(Transpose(x))). */
function transposes(): NetworkSnapshot {
  const perm = { perm: [1, 0] }
  return {
    ...WHOLE,
    layers: [
      layer(2, 'Relu', [0], 8),
      layer(3, 'Transpose', [8], 9, perm),
      layer(4, 'Transpose', [9], 10, perm),
      layer(5, 'Relu', [10], 11),
    ],
    tensors: [
      tensor(0, 'x', [2, 4]),
      tensor(8, 's', [2, 4], 2),
      tensor(9, 't', [4, 2], 3),
      tensor(10, 'u', [2, 4], 4),
      tensor(11, 'out', [2, 4], 5),
    ],
    inputs: [0],
    outputs: [{ name: 'out', tensor: 11 }],
    nextLayerId: 6,
    nextTensorId: 12,
  }
}

/** Relu(BatchNormalization(Conv(x))), beside another output. */
function convolution(): NetworkSnapshot {
  const scale = 'AAAAPwAAwD8='
  const weights = 'AAAAAM3MzD3NzEw+mpmZPs3MzD4AAAA/mpkZPzMzMz/NzEw/ZmZmPwAAgD/NzIw/mpmZP2Zmpj8zM7M/AADAP83MzD+amdk/'
  const window = { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }
  return {
    ...WHOLE,
    layers: [
      layer(5, 'Relu', [0], 20),
      layer(6, 'Conv', [2, 10], 21, window),
      layer(7, 'BatchNormalization', [21, 11, 12, 13, 14], 22, { epsilon: 0.000009999999747378752 }),
      layer(8, 'Relu', [22], 23),
    ],
    tensors: [
      tensor(0, 'x', [4]),
      tensor(2, 'image', [1, 1, 5, 5]),
      constant(10, 'cw', [2, 1, 3, 3], weights),
      ...['bs', 'bb', 'bm', 'bv'].map((name, i) => constant(11 + i, name, [2], scale)),
      tensor(20, 'out1', [4], 5),
      tensor(21, 'cv', [1, 2, 5, 5], 6),
      tensor(22, 'bn', [1, 2, 5, 5], 7),
      tensor(23, 'out2', [1, 2, 5, 5], 8),
    ],
    inputs: [0, 2],
    outputs: [
      { name: 'out1', tensor: 20 },
      { name: 'out2', tensor: 23 },
    ],
    nextLayerId: 10,
    nextTensorId: 25,
  }
}

/** Gelu and LayerNormalization in pieces: the model that `hang.graft` holds. */
function embedded(): NetworkSnapshot {
  const whole = gunzipSync(readFileSync(caseFile('hang.graft')))
  return upgradeOpset(importOnnx(new Uint8Array(whole.subarray(whole.length - 485))).snapshot, 18)
}

function gallery(): NetworkSnapshot {
  return importOnnx(new Uint8Array(readFileSync('public/models/resnet-50.torchscript.onnx'))).snapshot
}

export const CASE_NETWORKS = { transposes, convolution, embedded, gallery }

export function caseNetwork(of: keyof typeof CASE_NETWORKS): Network {
  return networkFromSnapshot(CASE_NETWORKS[of](), onnxDialect)
}
