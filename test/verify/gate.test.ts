/** Whether a model can be opened, said before it is written; where that says nothing, why. */
import { expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import type { TensorRecord } from '../../src/engine'
import { gate } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { net } from '../patterns/notation'

const snapshot = snapshotOf(net('in x float32[4]\ny = Relu(x)\nout y', 17))
const bytes = exportOnnx(snapshot).bytes
const noModel = new Uint8Array([8, 1])

test('a model that opens, and one that does not where the original did', async () => {
  const runtime = await nodeRuntime()
  expect(await gate({ bytes }, snapshot.tensors, { bytes }, runtime)).toEqual({ status: 'opens', reason: '' })
  expect(await gate({ bytes: noModel }, snapshot.tensors, { bytes }, runtime)).toMatchObject({ status: 'fails' })
})

test('what does not open because the original does not, or was not tried, is not checked', async () => {
  const runtime = await nodeRuntime()
  const neither = await gate({ bytes: noModel }, snapshot.tensors, { bytes: noModel }, runtime)
  expect(neither).toMatchObject({ status: 'unchecked', reason: expect.stringMatching(/the original either/) })
  const missing = await gate({ bytes }, snapshot.tensors, { bytes }, 'there is none')
  expect(missing).toEqual({ status: 'unchecked', reason: 'there is none' })
})

test("an operator of somebody's own is for another runtime to open, one of ONNX Runtime's domain that it lacks is a fault", async () => {
  const runtime = await nodeRuntime()
  const opened = (kind: string) => {
    const made = exportOnnx(snapshotOf(net(`in x float32[4]\ny = ${kind}(x)\nout y`, 17))).bytes
    return gate({ bytes: made }, snapshot.tensors, { bytes }, runtime)
  }
  const reason = 'ONNX Runtime has no operator com.mine.Twice'
  expect(await opened('com.mine.Twice')).toEqual({ status: 'unchecked', reason })
  expect(await opened('com.microsoft.Gelo')).toMatchObject({ status: 'fails' })
})

test('a graph of 200,000 values would take it minutes, a file larger than half of the memory has no room', async () => {
  const runtime = { ...(await nodeRuntime()), load: () => Promise.reject(new Error('it was tried')) }
  const many = Array.from({ length: 200_000 }, (_, id): TensorRecord => ({ ...snapshot.tensors[0]!, id }))
  expect(await gate({ bytes }, many, { bytes }, runtime)).toEqual({
    status: 'unchecked',
    reason: '200,000 values take ONNX Runtime too long to open',
  })
  const little = { ...runtime, room: () => bytes.length }
  expect(await gate({ bytes, path: 'here.onnx' }, snapshot.tensors, { bytes }, little)).toMatchObject({
    status: 'unchecked',
    reason: expect.stringMatching(/GB are too much/),
  })
})
