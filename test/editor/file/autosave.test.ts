import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { keepSession } from '../../../src/editor'
import { runPattern } from '../../../src/editor/commands/run/play'
import { applyAt, stepBack } from '../../../src/editor/commands/run/steps'
import { keptHere, keptOf } from '../../../src/editor/commands/file/kept'
import type { KeptSession } from '../../../src/editor/commands/file/kept'
import { Documents, MOST_DOCUMENTS } from '../../../src/editor/file/documents'
import type { ModelSource } from '../../../src/editor/state/model-slice'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { restoreSteps } from '../../../src/editor/engine-worker/session-steps'
import { Browser, editorRig } from '../rig'

const { snapshot } = importOnnx(new Uint8Array(readFileSync('public/models/bert-12.torchscript.onnx')))

/** Steps of a document that has none yet. */
const added = (steps = new Uint8Array()) => ({ there: [], kept: [], added: steps })

const BERT = { type: 'gallery', id: 'bert' } as const

/** An editor in a tab of a browser, and the way to the moment when its session was written. */
async function kept(browser = new Browser(), source: ModelSource = BERT, memory: string | null = null) {
  const tab = browser.tab(memory)
  const rig = await editorRig(snapshot, tab)
  const { editor } = rig
  const facts = {
    name: 'bert',
    fileName: 'bert',
    dialect: 'onnx',
    exporter: '',
    opset: [17, 17] as const,
    warnings: [],
    missing: [],
  }
  const totals = { layers: 0, byCategory: new Map() }
  editor.set({ model: { ...facts, totals, source } })
  keepSession(editor)
  /** What was said that is not kept. */
  const said: string[] = []
  editor.store.subscribe(({ notice }, before) => {
    if (notice && notice !== before.notice && notice.title.includes('cannot be kept')) said.push(notice.title)
  })
  /** Does something, and waits until it is written down and what is not needed any more is gone. */
  const written = async (act: () => Promise<unknown> | void) => {
    await act()
    editor.viewMoved()
    await editor.keepNow()
  }
  const choose = () => {
    const matches = [...rig.home.matches('Gelu (erf)')]
    const patterns = [
      { label: 'Gelu (erf)', type: 'rewriter', on: true, benefit: 1 },
    ] as unknown as typeof editor.state.patterns
    editor.set({ matches, patterns, chosen: 'Gelu (erf)' })
  }
  const apply = () => {
    choose()
    return applyAt(editor, 0)
  }
  /** Works out all steps of the pattern, and goes to their end. */
  const applyEach = () => {
    choose()
    return runPattern(editor)
  }
  const documents = new Documents(tab)
  const { stored } = browser
  const chunks = () => [...stored.keys()].filter((k) => k.includes('-steps-'))
  const key = () => `document-${editor.document!.name}`
  return { ...rig, browser, documents, said, stored, written, apply, applyEach, chunks, key }
}

/** How many steps a session brings back. */
const stepsOf = (session: KeptSession | null) =>
  session ? new TextDecoder().decode(session.kept.steps).trim().split('\n').filter(Boolean).length : null

const full = () => Object.assign(new Error('no room'), { name: 'QuotaExceededError' })

test('each step is written once, and all of it comes back', async () => {
  const { editor, home, written, apply, chunks } = await kept()
  await written(apply)
  const [first] = chunks()
  await written(apply)
  await written(() => stepBack(editor))
  expect(chunks()).toHaveLength(2)
  expect(chunks()[0]).toBe(first)
  const { kept: back } = (await keptOf(editor, BERT))!
  const again = Workspace.ofSnapshot(snapshot)
  restoreSteps(again, { tree: back.head.history, base: back.head.model.base, steps: back.steps })
  expect(again.timeline()).toEqual(home.timeline())
  expect(again.history.cursor).toBe(1)
})

test('where another page has written meanwhile, all is written anew and stands by itself', async () => {
  const { editor, stored, written, apply, chunks, key } = await kept()
  await written(apply)
  const other = { head: structuredClone((stored.get(key()) as { head: unknown }).head), chunks: ['steps-other'] }
  stored.set(key(), other)
  for (const chunk of chunks()) stored.delete(chunk)
  await written(apply)
  const back = await keptOf(editor, BERT)
  expect(back!.kept.head.history.points).toHaveLength(3)
  expect(stepsOf(back)).toBe(2)
})

test('a step is told when it is kept, and not before', async () => {
  const { browser, editor, apply, written } = await kept()
  await written(() => undefined)
  const { scene } = editor.state
  let wasShown: number | null = null
  browser.slow = async () => {
    // Longer than the picture of the step takes.
    await vi.waitFor(() => expect(editor.state.scene).not.toBe(scene))
    wasShown ??= editor.state.timeline.steps.length
  }
  await apply()
  expect(wasShown).toBe(0)
  expect(editor.state.timeline.steps).toHaveLength(1)
})

test('a run is kept before its steps are told, and goes when they are written', async () => {
  const { browser, editor, written, apply, applyEach } = await kept()
  await written(apply)
  await written(() => stepBack(editor))
  browser.refuse = (key) => (key.includes('-steps-') ? full() : null)
  await written(applyEach)
  expect(editor.state.timeline.steps).toHaveLength(12)
  const wanted = [{ label: 'Gelu (erf)', benefit: 1 }]
  const lost = await keptOf(editor, BERT)
  expect(lost!.kept.run).toEqual({ request: { wanted, whole: false, scope: '' }, at: 0, after: 1 })
  expect(stepsOf(lost)).toBe(1)
  browser.refuse = () => null
  await written(() => undefined)
  const there = await keptOf(editor, BERT)
  expect(there!.kept.run).toBeUndefined()
  expect(stepsOf(there)).toBe(12)
})

test('a run that finds nothing is not asked for again', async () => {
  const { editor, written, applyEach } = await kept()
  await written(applyEach)
  await written(applyEach)
  expect((await keptOf(editor, BERT))!.kept.run).toBeUndefined()
})

test('a damaged description is refused with its place', async () => {
  const { editor, stored, written, apply, key } = await kept()
  await written(apply)
  const { head, chunks } = stored.get(key()) as { head: object; chunks: string[] }
  stored.set(key(), { head: { ...head, target: 7 }, chunks })
  await expect(keptOf(editor, BERT)).rejects.toThrow(/session\.target: expected "ort" or "onnx", found number 7/)
})

test('two tabs on one model each keep a document of their own, whichever writes last', async () => {
  const first = await kept()
  const second = await kept(first.browser)
  await first.written(first.apply)
  await second.written(second.apply)
  await second.written(second.apply)
  await first.written(() => undefined)
  expect(first.editor.document!.name).not.toBe(second.editor.document!.name)
  first.editor.document!.release()
  second.editor.document!.release()
  const again = async (memory: string | null) =>
    stepsOf(await keptHere((await kept(first.browser, BERT, memory)).editor, null))
  expect(await again(first.editor.document!.name)).toBe(1)
  expect(await again(second.editor.document!.name)).toBe(2)
})

test('a new tab goes on with the newest document that no tab holds, a duplicated one begins its own', async () => {
  const one = await kept()
  await one.written(one.apply)
  const fresh = (await kept(one.browser)).editor
  expect(await keptHere(fresh, null)).toBeNull()
  const twin = await keptHere((await kept(one.browser, BERT, one.editor.document!.name)).editor, null)
  expect(twin!.document).toBeNull()
  expect(stepsOf(twin)).toBe(1)
  one.editor.document!.release()
  const next = await keptHere(fresh, null)
  expect(next!.document!.name).toBe(one.editor.document!.name)
  expect(await keptHere(one.editor, { type: 'gallery', id: 'other' })).toBeNull()
})

test('the oldest documents without steps beyond thirty are dropped, but none that a tab holds', async () => {
  const held = await kept()
  await held.written(() => undefined)
  const { documents, stored, key } = held
  const empty = (await documents.read(held.editor.document!.name))!
  const other = await kept()
  await other.written(other.apply)
  const withStep = (await other.documents.read(other.editor.document!.name))!
  await documents.write('work', withStep.head, added(withStep.steps))
  for (let i = 0; i < MOST_DOCUMENTS - 1; i++) await documents.write(`old${i}`, empty.head, added(new Uint8Array(1)))
  const ids = (await documents.index.list()).map((e) => e.id)
  expect(ids).toHaveLength(MOST_DOCUMENTS)
  expect(ids).toContain('work')
  expect(ids).toContain(held.editor.document!.name)
  expect(ids).not.toContain('old0')
  expect([...stored.keys()].filter((k) => k.startsWith('document-old0'))).toEqual([])
  expect(stored.has(key())).toBe(true)
})

test('a full storage gives up documents without steps, then models, and no steps', async () => {
  const { browser, documents, editor, said, stored, written, apply } = await kept()
  await written(() => undefined)
  const { head: empty } = (await documents.read(editor.document!.name))!
  await written(apply)
  const { head, steps } = (await documents.read(editor.document!.name))!
  await documents.write('empty', empty, added())
  await documents.write('work', head, added(steps))
  await documents.writeFile('work', new File(['abc'], 'mine.onnx'))
  const there = () => ['document-empty', 'document-work-file'].filter((k) => stored.has(k))
  const left: (readonly string[])[] = []
  browser.refuse = () => {
    left.push(there())
    return there().length > 0 ? full() : null
  }
  await written(apply)
  expect(left[0]).toEqual(['document-empty', 'document-work-file'])
  expect(left).toContainEqual(['document-work-file'])
  expect(there()).toEqual([])
  expect((await documents.read('work'))!.steps).toEqual(steps)
  expect(said).toEqual([])
})

test('a storage that takes nothing is said once, and tried again until it does', async () => {
  const { browser, editor, said, written, apply } = await kept()
  await written(apply)
  await written(apply)
  browser.refuse = full
  await written(apply)
  await written(apply)
  expect(editor.state.saved).toBe('nothing')
  expect(said).toEqual(['This session cannot be kept'])
  expect(editor.state.timeline.steps).toHaveLength(4)

  browser.refuse = () => null
  await vi.waitFor(() => expect(editor.state.saved).toBe('all'), { timeout: 10_000 })
  expect(editor.state.notice?.title).not.toContain('cannot be kept')
  expect(stepsOf(await keptOf(editor, BERT))).toBe(4)
})

test('a model that there is no room for leaves its steps, costs no other document, and is not called saved', async () => {
  const source = { type: 'file', name: 'mine.onnx', size: 3 } as const
  const { browser, documents, editor, said, written, apply } = await kept(undefined, source)
  editor.file = new File(['abc'], 'mine.onnx')
  browser.refuse = (key) => (key.endsWith('-file') ? full() : null)
  await written(apply)
  const { head } = (await documents.read(editor.document!.name))!
  await documents.write('other', { ...head, model: { ...head.model, source: BERT } }, added())
  await written(apply)
  expect(editor.state.saved).toBe('steps')
  expect(said).toEqual(['mine.onnx cannot be kept'])
  expect(await documents.index.list()).toHaveLength(2)
  const back = await keptOf(editor, source)
  expect(stepsOf(back)).toBe(2)
  expect(back!.file).toBeUndefined()
})

test('what an older version kept is taken over once', async () => {
  const { browser, editor, stored, written, apply, key, chunks } = await kept()
  await written(apply)
  const { head } = stored.get(key()) as { head: { model: object } }
  const steps = stored.get(chunks()[0]!)
  stored.clear()
  const source = { type: 'file', name: 'mine.onnx', size: 3 }
  stored.set('session', { head: { ...head, model: { ...head.model, source } }, chunks: ['steps-a'] })
  stored.set('steps-a', steps)
  stored.set('file', new File(['abc'], 'mine.onnx'))
  editor.document!.release()
  const back = await keptHere((await kept(browser)).editor, null)
  expect(stepsOf(back)).toBe(1)
  expect(back!.file!.size).toBe(3)
  expect([stored.has('session'), stored.has('file')]).toEqual([false, false])
})
