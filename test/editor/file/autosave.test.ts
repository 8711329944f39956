import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { keepSession } from '../../../src/editor'
import { applyAt, stepBack } from '../../../src/editor/commands/run/steps'
import { keptSession } from '../../../src/editor/commands/file/autosave'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { restoreSteps } from '../../../src/editor/engine-worker/session-steps'
import { editorRig } from '../rig'

const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx')))

/** An editor whose session is kept in a map, and the way to the moment when it was written. */
async function kept() {
  const stored = new Map<string, unknown>()
  let told: (() => void) | null = null
  const rig = await editorRig(snapshot, {
    get: (key) => Promise.resolve(stored.get(key)),
    set: (key, value) => {
      stored.set(key, structuredClone(value))
      if (key === 'session') told?.()
      return Promise.resolve()
    },
    del: (key) => {
      stored.delete(key)
      return Promise.resolve()
    },
  })
  const { editor } = rig
  const facts = {
    name: 'bert',
    fileName: 'bert',
    dialect: 'onnx',
    exporter: '',
    opset: [17, 17] as const,
    warnings: [],
  }
  const totals = { layers: 0, byCategory: new Map() }
  editor.set({ model: { ...facts, totals, source: { type: 'gallery', id: 'bert' } } })
  keepSession(editor)
  /** Does something, and waits until it is written down and what is not needed any more is gone. */
  const written = async (act: () => Promise<unknown> | void) => {
    const done = new Promise<void>((resolve) => (told = resolve))
    await act()
    editor.viewMoved()
    await done
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  const apply = () => {
    const matches = [...rig.home.matches('Gelu (erf)')]
    const patterns = [
      { label: 'Gelu (erf)', type: 'rewriter', on: true, benefit: 1 },
    ] as unknown as typeof editor.state.patterns
    editor.set({ matches, patterns, chosen: 'Gelu (erf)' })
    return applyAt(editor, 0)
  }
  const chunks = () => [...stored.keys()].filter((k) => k.startsWith('steps-'))
  return { ...rig, stored, written, apply, chunks }
}

test('each step is written once, and all of it comes back', async () => {
  const { editor, home, written, apply, chunks } = await kept()
  await written(apply)
  const [first] = chunks()
  await written(apply)
  await written(() => stepBack(editor))
  expect(chunks()).toHaveLength(2)
  expect(chunks()[0]).toBe(first)
  const back = await keptSession(editor)
  const again = Workspace.ofSnapshot(snapshot)
  restoreSteps(again, { tree: back!.head.history, base: back!.head.model.base, steps: back!.steps })
  expect(again.timeline()).toEqual(home.timeline())
  expect(again.history.cursor).toBe(1)
})

test('where another page has written meanwhile, all is written anew and stands by itself', async () => {
  const { editor, stored, written, apply, chunks } = await kept()
  await written(apply)
  const other = { head: structuredClone((stored.get('session') as { head: unknown }).head), chunks: ['steps-other'] }
  stored.set('session', other)
  for (const key of chunks()) stored.delete(key)
  await written(apply)
  const back = await keptSession(editor)
  expect(back!.head.history.points).toHaveLength(3)
  expect(new TextDecoder().decode(back!.steps).trim().split('\n')).toHaveLength(2)
})

test('a damaged description is refused with its place', async () => {
  const { editor, stored, written, apply } = await kept()
  await written(apply)
  const { head, chunks } = stored.get('session') as { head: object; chunks: string[] }
  stored.set('session', { head: { ...head, target: 7 }, chunks })
  await expect(keptSession(editor)).rejects.toThrow(/session\.target: expected "ort" or "onnx", found number 7/)
})
