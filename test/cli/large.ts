/** Models with weights of any size, in files that take next to no room on disk. */
import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { modelBytes, node, tensorProto, value } from '../dialects/onnx/support'

/**
 * `y = Relu(Relu(MatMul(MatMul(x, w0), w1) …))` with a weight file of so many matrices of [size, size], zeros but for the first
 * element of each.
 * @returns the path of the model
 */
export function sparseModel(folder: string, matrices: number, size: number): string {
  const each = size * size * 4
  const weights = Array.from({ length: matrices }, (_, i) =>
    tensorProto(`w${i}`, 'float32', [size, size], {
      data_location: 1,
      external_data: [
        { key: 'location', value: 'weights.bin' },
        { key: 'offset', value: String(i * each) },
        { key: 'length', value: String(each) },
      ],
    }),
  )
  const products = weights.map((_, i) => node(`h${i + 1} = MatMul(h${i}, w${i})`))
  const graph = {
    input: [value('h0', 'float32', [1, size])],
    output: [value('y', 'float32', [1, size])],
    node: [...products, node(`r = Relu(h${matrices})`), node('y = Relu(r)')],
    initializer: weights,
  }
  const model = path.join(folder, 'large.onnx')
  writeFileSync(model, modelBytes(graph))
  const file = path.join(folder, 'weights.bin')
  writeFileSync(file, '')
  truncateSync(file, matrices * each)
  const opened = openSync(file, 'r+')
  for (let i = 0; i < matrices; i++) writeSync(opened, new Uint8Array(Float32Array.of(i + 1).buffer), 0, 4, i * each)
  closeSync(opened)
  return model
}

/** The same with weights that are all there: random numbers around 0, other ones in each matrix. It takes as much room as it says. */
export function denseModel(folder: string, matrices: number, size: number): string {
  const model = sparseModel(folder, matrices, size)
  const file = openSync(path.join(folder, 'weights.bin'), 'r+')
  const weights = new Float32Array(size * size)
  for (let i = 0, x = 1; i < matrices; i++) {
    for (let k = 0; k < weights.length; k++) {
      x = (Math.imul(x, 1664525) + 1013904223) | 0
      weights[k] = x / 2 ** 36
    }
    writeSync(file, new Uint8Array(weights.buffer), 0, weights.byteLength, i * weights.byteLength)
  }
  closeSync(file)
  return model
}
