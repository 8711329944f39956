import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../../src/dialects/onnx'
import { snapshotOf, toPlain } from '../../../src/engine'
import type { Network, NetworkSnapshot } from '../../../src/engine'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { readHead, readSession, VERSION, writeSession } from '../../../src/editor/file/session-file'
import type { SessionHead } from '../../../src/editor/file/session-file'
import { restoreSteps, StepWriter } from '../../../src/editor/engine-worker/session-steps'

const BERT = 'bert-12.torchscript'
const read = new Map<string, NetworkSnapshot>()

function opened(id = BERT): Workspace {
  const known = read.get(id)
  const snapshot = known ?? importOnnx(new Uint8Array(readFileSync(`public/models/${id}.onnx`))).snapshot
  read.set(id, snapshot)
  return Workspace.ofSnapshot(snapshot)
}
const state = (network: Network) => JSON.stringify(toPlain(snapshotOf(network), { bytes: 'base64' }))

/** Two branches, one of them with dead constants cleared away, with names and bookmarks, standing on the older one. */
function worked(): Workspace {
  const home = opened()
  const [first, second] = [...home.matches('Gelu (erf)')]
  home.apply('Gelu (erf)', first!.root)
  home.prune()
  home.history.seek(1)
  home.apply('Gelu (erf)', second!.root)
  home.history.seek(0)
  home.apply('Gelu (erf)', second!.root)
  home.history.rename(2, 'clean')
  home.history.nameBranch(4, 'the other way')
  home.history.bookmark(3, true)
  home.history.seek(2)
  return home
}

function headOf(home: Workspace, steps: Uint8Array): SessionHead {
  return {
    format: 'graft-session',
    version: VERSION,
    model: { source: { type: 'gallery', id: BERT }, name: 'bert', base: home.base.fingerprint, bytes: 0 },
    target: 'ort',
    decisions: [{ label: 'Gelu (erf)', on: false, benefit: 7 }],
    rules: [{ label: 'mine', text: 'y = Erf(x)\n=>\ny = Relu(x)', language: 'rules' }],
    history: new StepWriter(home, 0).kept().tree,
    steps: steps.length,
    breakpoints: [{ type: 'scope', path: 'encoder' }, { type: 'verdict' }],
    view: {
      camera: { x: 1, y: -2.5, zoom: 0.3 },
      folded: [],
      open: ['encoder'],
      selected: 'L4',
      columns: ['G:encoder/layer.4'],
      direction: 'right',
    },
    verdicts: { steps: [], whole: null },
    sizes: [{ name: 'batch', size: 4 }],
  }
}

async function file(home: Workspace, change: (head: SessionHead) => unknown = (h) => h, model: Blob | null = null) {
  const { steps } = new StepWriter(home, 0).kept()
  return writeSession({ head: change(headOf(home, steps)) as SessionHead, steps, model })
}

describe('a session in a file', () => {
  test('brings back every branch, name, bookmark and state', async () => {
    const before = worked()
    const { head, steps, model } = await readSession(await file(before))
    expect(model).toBeNull()
    const after = opened()
    restoreSteps(after, { tree: head.history, base: head.model.base, steps })
    expect(after.timeline()).toEqual(before.timeline())
    expect(state(after.network)).toBe(state(before.network))
    for (const { id } of before.history.nodes()) {
      before.history.seek(id)
      after.history.seek(id)
      expect(state(after.network)).toBe(state(before.network))
    }
    expect(after.history.nodes().map((n) => after.evidence.of(n.id) !== null)).toEqual(
      before.history.nodes().map((n) => before.evidence.of(n.id) !== null),
    )
  })

  test('brings back what was deleted as deleted: it can still be undone, one deletion after the other', async () => {
    const before = worked()
    const whole = before.timeline()
    before.tree.drop(3, 'a step of its own')
    before.tree.drop(4, 'the other way')
    const { head, steps } = await readSession(await file(before))
    const after = opened()
    restoreSteps(after, { tree: head.history, base: head.model.base, steps })
    expect(after.timeline()).toEqual(before.timeline())
    expect(after.timeline().deleted).toBe('the other way')
    after.tree.restore()
    expect(after.timeline().deleted).toBe('a step of its own')
    after.tree.restore()
    expect(after.timeline()).toEqual(whole)
  })

  test('from before deletions were kept is read as it is', async () => {
    const home = worked()
    const older = ({ history: { deleted: _, ...history }, ...rest }: SessionHead) => ({ ...rest, history })
    const { head } = await readSession(await file(home, older))
    expect(head.history).toEqual({ ...headOf(home, new Uint8Array()).history, deleted: [] })
  })

  test('brings back patterns, rules, breakpoints and the view', async () => {
    const home = worked()
    const { head } = await readSession(await file(home))
    expect(head).toEqual(headOf(home, new StepWriter(home, 0).kept().steps))
  })

  test('holds the bytes of an embedded model as they are', async () => {
    const bytes = new Uint8Array([8, 1, 10, 0, 255])
    const { model, head } = await readSession(await file(worked(), (h) => h, new Blob([bytes])))
    expect(head.model.bytes).toBe(5)
    expect(new Uint8Array(await model!.arrayBuffer())).toEqual(bytes)
  })

  test('does not repeat the weights that the model has', () => {
    const { steps } = new StepWriter(worked(), 0).kept()
    expect(new TextDecoder().decode(steps)).toContain('$held')
  })

  test('writes only what was not known', () => {
    const home = worked()
    const some = new StepWriter(home, 2).kept()
    expect(new TextDecoder().decode(some.steps).trim().split('\n')).toHaveLength(2)
    expect(new StepWriter(home, some.upTo).kept().steps).toHaveLength(0)
  })
})

describe('a session file is refused with what is wrong and where', () => {
  const damaged: readonly [what: string, change: (head: SessionHead) => unknown, reason: RegExp][] = [
    ['a newer one', (h) => ({ ...h, version: 9 }), /newer Graft.*format 9/],
    ['an unknown kind', (h) => ({ ...h, format: 'graft-trace' }), /not a Graft session/],
    ['no target', (h) => ({ ...h, target: 'tpu' }), /session\.target: expected "ort" or "onnx", found the text "tpu"/],
    ['a decision half written', (h) => ({ ...h, decisions: [{ label: 'x' }] }), /session\.decisions\[0\]\.on/],
    [
      'a breakpoint that there is not',
      (h) => ({ ...h, breakpoints: [{ type: 'moon' }] }),
      /session\.breakpoints\[0\]\.type/,
    ],
    [
      'a cursor that is nowhere',
      (h) => ({ ...h, history: { ...h.history, cursor: 99 } }),
      /session\.history\.cursor: expected a point/,
    ],
    [
      'an orphan',
      (h) => ({ ...h, history: { ...h.history, points: h.history.points.map((p) => ({ ...p, parent: p.id && 77 })) } }),
      /session\.history\.points\[0\]\.parent/,
    ],
    ['a wrong length', (h) => h, /should hold \d+ bytes and has/],
  ]
  test.each(damaged)('%s', async (what, change, reason) => {
    const home = worked()
    const { steps } = new StepWriter(home, 0).kept()
    const head = change(headOf(home, steps)) as SessionHead
    const line = JSON.stringify({ ...head, steps: what === 'a wrong length' ? 3 : steps.length })
    const packed = new Blob([`${line}\n`, steps]).stream().pipeThrough(new CompressionStream('gzip'))
    await expect(readSession(await new Response(packed).blob())).rejects.toThrow(reason)
  })

  test('a file of another kind', async () => {
    await expect(readSession(new Blob(['\x08\x07onnx']))).rejects.toThrow(/not a Graft session/)
    const other = new Blob(['a text\n']).stream().pipeThrough(new CompressionStream('gzip'))
    await expect(readSession(await new Response(other).blob())).rejects.toThrow(/not a Graft session/)
  })

  test('one that is cut off, or has a byte changed', async () => {
    const whole = new Uint8Array(await (await file(worked())).arrayBuffer())
    await expect(readSession(new Blob([whole.subarray(0, whole.length - 40)]))).rejects.toThrow(/ends early/)
    whole[whole.length >> 1]! ^= 0x10
    await expect(readSession(new Blob([whole]))).rejects.toThrow(/damaged/)
  })

  test('a head without steps names the step that is missing', () => {
    const { history, model } = headOf(worked(), new Uint8Array())
    const restore = () => restoreSteps(opened(), { tree: history, base: model.base, steps: new Uint8Array() })
    expect(restore).toThrow(/damaged at step 1 of 4: step 1 is missing/)
  })

  test('another model', () => {
    const home = worked()
    const { tree, base, steps } = new StepWriter(home, 0).kept()
    const restore = () => restoreSteps(opened('gpt2-12.torchscript'), { tree, base, steps })
    expect(restore).toThrow(/made on another model/)
  })

  const edited: readonly [what: string, from: RegExp, to: string, reason: RegExp][] = [
    ['an edit of an unknown kind', /"type":"setInput"/, '"type":"explode"', /steps\[0\]\.edits\[\d+\]\.type/],
    ['a layer without a kind', /"kind":"[^"]*",/, '', /steps\[0\]\.edits\[\d+\]\.layer\.kind/],
    ['an edit of another state', /"from":\d+/, '"from":3', /damaged at step 1 of 4/],
    ['a constant that the model has not', /"\$held":\d+/, '"$held":1000000', /constant 1000000/],
    ['half a line', /"edits":/, '"edits', /line 2/],
  ]
  test.each(edited)('%s', (_, from, to, reason) => {
    const { tree, base, steps } = new StepWriter(worked(), 0).kept()
    const text = new TextDecoder().decode(steps)
    expect(text).toMatch(from)
    const restore = () =>
      restoreSteps(opened(), { tree, base, steps: new TextEncoder().encode(text.replace(from, to)) })
    expect(restore).toThrow(reason)
  })

  test('what is no description at all', () => {
    for (const json of [null, 3, 'text', [], {}]) expect(() => readHead(json)).toThrow(/not a Graft session/)
  })
})
