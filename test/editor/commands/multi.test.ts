/** Several things are selected together, and what they depend on is lit. */
import { expect, test } from 'vitest'
import { commands, layersOf, litLayers, litOf, selectedKeys, selectedPart } from '../../../src/editor'
import {
  selectAll,
  selectCategory,
  selectFound,
  selectLit,
  selectSameKind,
  setLight,
  toggleSelected,
} from '../../../src/editor/commands/view/multi'
import { layersToTake } from '../../../src/editor/commands/match/rule-of-selection'
import { goToLayer, select } from '../../../src/editor/commands/view/select'
import { snapshotOf } from '../../../src/engine'
import { net } from '../../patterns/notation'
import { editorRig } from '../rig'

//  x → a → b → d → e      c beside
const text = 'in x float32[4]\na = Relu(x)\nb = Exp(a)\nc = Neg(a)\nd = Add(b, 1.0)\ne = Relu(d)\nout e, c'
const { editor, replica } = await editorRig(snapshotOf(net(text)))
const [a, b, c, d, e] = replica.getLayers().map((l) => `L${l.id}`) as [string, string, string, string, string]
const selected = () => selectedKeys(editor.state)
const lit = () => (litLayers(replica, editor.state) ?? []).map((id) => `L${id}`).sort()

test('what is clicked with Shift comes to what is selected, and goes again', () => {
  select(editor, a)
  toggleSelected(editor, b)
  toggleSelected(editor, c)
  expect(selected()).toEqual([c, b, a])
  toggleSelected(editor, b)
  expect(new Set(selected())).toEqual(new Set([a, c]))
  toggleSelected(editor, a)
  toggleSelected(editor, c)
  expect(selected()).toEqual([])
})

test('a category of the legend is selected, and another added to it', () => {
  selectCategory(editor, 'activation', false)
  expect(new Set(selected())).toEqual(new Set([a, e]))
  selectCategory(editor, 'elementwise', true)
  expect(new Set(selected())).toEqual(new Set([a, b, c, d, e]))
  selectCategory(editor, 'pooling', false)
  expect(selected()).toEqual([])
})

test('whoever goes elsewhere has selected one thing', async () => {
  selectAll(editor, [a, b, c])
  await goToLayer(editor, Number(d.slice(1)))
  expect(selected()).toEqual([d])
  selectAll(editor, [a, b])
  select(editor, a)
  expect(selected()).toEqual([a])
})

test('all of a kind are selected, and all that a search finds', () => {
  select(editor, a)
  selectSameKind(editor)
  expect(new Set(selected())).toEqual(new Set([a, e]))
  selectFound(editor, 'relu')
  expect(new Set(selected())).toEqual(new Set([a, e]))
  selectFound(editor, 'nothing is called that')
  expect(selected()).toEqual([])
})

test('what it depends on is lit, what depends on it, both, to a depth, and becomes the selection', () => {
  select(editor, d)
  setLight(editor, { way: 'up', depth: null })
  expect(lit()).toEqual([a, b, d].sort())
  setLight(editor, { way: 'up', depth: 1 })
  expect(lit()).toEqual([b, d].sort())
  setLight(editor, { way: 'down', depth: null })
  expect(lit()).toEqual([d, e].sort())
  setLight(editor, { way: 'both', depth: null })
  expect(lit()).toEqual([a, b, d, e].sort())
  selectLit(editor)
  expect(selected()).toHaveLength(4)
})

test('a tensor lights from its ends on', () => {
  const tensor = replica.getLayer(Number(b.slice(1)))!.output()!
  select(editor, `T${tensor.id}`)
  setLight(editor, { way: 'up', depth: 1 })
  expect(lit()).toEqual([b])
  setLight(editor, { way: 'down', depth: 1 })
  expect(lit()).toEqual([d])
})

test('the paths between two, whichever was selected first; none where there is none', () => {
  for (const two of [
    [e, a],
    [a, e],
  ]) {
    selectAll(editor, two)
    setLight(editor, { way: 'path', depth: null })
    expect(lit()).toEqual([a, b, d, e].sort())
  }
  selectAll(editor, [c, e])
  expect(lit()).toEqual([])
  expect(litOf(replica, editor.state.scene, editor.state)!.dims).toBe(true)
})

test('Escape puts the light out first, then lets go of the selection', () => {
  selectAll(editor, [a, e])
  setLight(editor, { way: 'up', depth: null })
  const escape = commands.find((x) => x.id === 'deselect')!
  escape.run(editor)
  expect([editor.state.light, selected().length]).toEqual([null, 2])
  escape.run(editor)
  expect(selected()).toEqual([])
})

test('a rule is made of all that is selected', () => {
  selectAll(editor, [d, b])
  expect(layersToTake(editor).map((id) => `L${id}`)).toEqual([b, d])
})

test('what is selected tells what enters and leaves it, and what it is made of', () => {
  const layers = layersOf(replica, editor.state.scene, new Set([b, d, e]))
  const part = selectedPart(replica, layers)
  expect(part.inputs.map((v) => v.tensor)).toEqual([replica.getLayer(Number(a.slice(1)))!.output()!.id])
  expect(part.outputs.map((v) => v.tensor)).toEqual([replica.getOutputs()[0]!.id])
  expect(part.operators).toEqual([['Add', 1], ['Exp', 1], ['Relu', 1]]) // prettier-ignore
  expect(part.constants).toBe(1)
})
