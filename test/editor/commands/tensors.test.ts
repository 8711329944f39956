/** Tensors are selected, and followed to both of their ends. */
import { expect, test } from 'vitest'
import { inspect, inspectTensor, litOf } from '../../../src/editor'
import { followDown, followUp, nextTensor, selectTensor } from '../../../src/editor/commands/view/tensors'
import { select } from '../../../src/editor/commands/view/select'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

const text = 'in x float32[4]\ny = Relu(x)\nz = Add(y, 2.0)\nw = Mul(y, z)\nout w'
const { editor, replica } = await editorRig(snapshotOf(net(text)))
const [relu, add, mul] = replica.getLayers().map((l) => `L${l.id}`)
const ids = new Map([
  ['x', replica.getInputs()[0]!.id],
  ...replica.getLayers().map((l, i) => ['yzw'[i]!, l.getOutputs()[0]!.id] as const),
])
const named = (name: string) => ids.get(name)!

test('a tensor tells its type, what makes it and every use of it', () => {
  const told = inspectTensor(replica, named('y'))!
  expect(told.type).toBe('f32[4]')
  expect(told.producer).toMatchObject({ key: relu, title: 'Relu' })
  expect(told.users.map((u) => [u.key, u.port])).toEqual([
    [add, 'A'],
    [mul, 'A'],
  ])
})

test('an input of the network comes from that input, an output goes to it, and a constant from nowhere', () => {
  expect(inspectTensor(replica, named('x'))!.producer).toMatchObject({ key: `I${named('x')}`, name: 'network input' })
  expect(inspectTensor(replica, named('w'))!.users).toMatchObject([{ key: 'O0', name: 'network output' }])
  const constant = replica.getTensors().find((t) => t.isConstant)!
  expect(inspectTensor(replica, constant.id)).toMatchObject({ producer: null, value: '2', bytes: 4 })
})

test('a layer says its inputs and outputs by name, each type once', () => {
  const { inputs, outputs } = inspect(replica, undefined, add!)!
  expect(inputs.map((r) => [r.label, r.type, r.value])).toEqual([
    ['A', 'f32[4]', ''],
    ['B', 'f32[]', '2'],
  ])
  expect(inputs[0]).toMatchObject({ tensor: named('y'), name: replica.getTensor(named('y'))!.name })
  expect(outputs).toMatchObject([{ label: 'C', tensor: named('z'), type: 'f32[4]' }])
})

test('a selected tensor lights what it comes from and what it goes to', () => {
  const lit = litOf(replica, editor.state.scene, { selected: `T${named('y')}`, several: null, light: null })!
  expect(lit.nodes).toEqual(new Set([relu, add, mul]))
  expect(litOf(replica, editor.state.scene, { selected: relu!, several: null, light: null })).toBeNull()
})

test('a tensor is followed up to what makes it, and down to each of its uses in turn', async () => {
  selectTensor(editor, named('y'))
  await followDown(editor)
  expect(editor.state.selected).toBe(add)
  await followDown(editor)
  expect(editor.state.selected).toBe(mul)
  await followDown(editor)
  expect(editor.state.selected).toBe(add)
  selectTensor(editor, named('y'))
  await followUp(editor)
  expect(editor.state.selected).toBe(relu)
  await followUp(editor)
  expect(editor.state.selected).toBe(`I${named('x')}`)
  await followUp(editor)
  expect(editor.state.selected).toBe(`I${named('x')}`)
  expect(editor.state.announcement).toBe('Nothing is computed before this')
})

test('the tensors of a layer are walked round: outputs first', () => {
  select(editor, mul!)
  const walked = [1, 2, 3, 4].map(() => (nextTensor(editor, 1), editor.state.selected))
  expect(walked).toEqual(['w', 'y', 'z', 'w'].map((name) => `T${named(name)}`))
})

test('a tensor that is not there is not selected', () => {
  select(editor, null)
  selectTensor(editor, 9999)
  expect(editor.state.selected).toBeNull()
  expect(inspectTensor(replica, 9999)).toBeNull()
})
