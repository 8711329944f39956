/** What comes out of a sandbox is not believed: answers that nobody could have meant end it, and leave the network as it was. */
import { afterEach, describe, expect, test } from 'vitest'
import { CodeChannel, CodeError } from '../../src/code'
import type { CodeCalls } from '../../src/code/calls'
import { codeErrorOf } from '../../src/code/code-error'
import { CodeDesk } from '../../src/code/desk'
import { loadCode } from '../../src/code/load'
import { Codes } from '../../src/editor/engine-worker/codes'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { CODE_TEMPLATES } from '../../src/editor/view/code-templates'
import {
  findMatches,
  Match,
  networkFromSnapshot,
  PatternRewriter,
  RewritePatternManager,
  snapshotOf,
  verifyNetwork,
} from '../../src/engine'
import { onnxLibrary } from '../../src/patterns'
import type { Network } from '../../src/engine'
import { cutOut } from '../../src/verify'
import { net } from '../patterns/notation'

const ports: MessagePort[] = []
afterEach(() => ports.splice(0).forEach((p) => p.close()))

type Answer = (request: { id: number; name: keyof CodeCalls; args: unknown }) => unknown

/** A port to somebody who answers so. */
function sandboxThat(answer: Answer): MessagePort {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  port2.onmessage = ({ data }) => {
    const reply = answer(data as Parameters<Answer>[0])
    if (reply !== undefined) port2.postMessage(reply)
  }
  return port1
}

/** A real desk; what it answers may be changed on the way. */
function honest(change: (name: string, value: unknown) => unknown = (_, value) => value): MessagePort {
  const desk = new CodeDesk(() => new Uint8Array())
  return sandboxThat(({ id, name, args }) => {
    try {
      const value = (desk[name] as (args: unknown) => unknown)(args)
      return { type: 'result', id, value: change(name, value), log: desk.log() }
    } catch (error) {
      const { reason, place } = codeErrorOf(error)
      return { type: 'error', id, reason, place, log: [] }
    }
  })
}

/** Work in one slice. */
const atOnce = (work: Iterable<unknown>): Promise<void> => {
  for (const _ of work);
  return Promise.resolve()
}

const TEMPLATE = CODE_TEMPLATES[0].text
const silu = (): Network => net('in x float32[2,3]\ny = Mul(x, Sigmoid(x))\nz = Neg(Neg(Neg(y)))\nout z', 20)

async function started(network: Network, port: MessagePort, text = TEMPLATE) {
  const home = new Workspace(network)
  const failed: string[] = []
  const codes = new Codes(() => home, {
    said: () => undefined,
    busy: () => undefined,
    failed: (_, reason) => failed.push(reason),
  })
  const report = await codes.start(home, 'mine', text, port)
  home.offer('ort', [{ label: 'mine', text, language: 'ts' }])
  return { home, codes, failed, report }
}

describe('a sandbox that does what it should', () => {
  test('matches, is shown, applied, undone and planned like any other pattern', async () => {
    const { home, codes, report } = await started(silu(), honest())
    expect(report).toMatchObject({ type: 'good', name: 'SiLU, my own' })
    const before = snapshotOf(home.network)
    await codes.refresh(['mine'])
    expect([...home.matches('mine')]).toMatchObject([
      {
        rootName: 'Mul_1',
        parts: [
          ['mul', 1],
          ['sigmoid', 0],
        ],
      },
    ])
    await codes.prime('mine', 1)
    expect(home.apply('mine', 1).steps).toHaveLength(1)
    expect(home.network.getLayers().some((l) => l.kind === 'com.microsoft.QuickGelu')).toBe(true)
    expect([...home.matches('mine')]).toEqual([])
    home.seek(0)
    expect(snapshotOf(home.network)).toEqual(before)
    await codes.plan(
      { wanted: [{ label: 'mine', benefit: 1 }], whole: false },
      () => Promise.resolve(),
      () => false,
      atOnce,
    )
    expect(home.timeline().steps.map((s) => s.label)).toEqual(['mine'])
    expect(snapshotOf(home.network)).toEqual(before)
  })

  const takesOut = (benefit: number): string => `import { PatternRewriter } from 'graft/engine'
export class A extends PatternRewriter {
  static benefit = ${benefit}
  constructor() { super('a', { rootLayer: ['Relu'] }) }
  matchAndRewrite(relu) {
    if (relu.input(0).parent?.kind !== 'Sigmoid') return false
    relu.output().replaceAllUsesWith(relu.input(0)); relu.markAsRemoved(); return true
  }
}`
  const mixed = () => net('in x float32[4]\ny = Neg(Neg(Relu(Sigmoid(x))))\nz = Relu(Relu(y))\nout z', 20)
  /** Everything that is offered, as the page asks for it. */
  const everything = (home: Workspace) =>
    home.catalogue.flatMap((o) => (o.type === 'rewriter' ? [{ label: o.label, benefit: o.benefit }] : []))
  const kinds = (network: Network) =>
    network
      .getLayers()
      .filter((l) => !l.isRemoved())
      .map((l) => l.kind)
  const never = () => Promise.reject(new Error('the others are not asked by themselves'))

  test.each([1, 1000])(
    'with the library by benefit, %i here: the same steps as on the command line',
    async (benefit) => {
      const text = takesOut(benefit)
      const { home, codes } = await started(mixed(), honest(), text)
      await codes.plan({ wanted: everything(home), whole: true }, never, () => false, atOnce)
      const network = mixed()
      const manager = new RewritePatternManager()
      const [code] = loadCode(text)
      manager.add('mine', code!.pattern as PatternRewriter, code!.benefit)
      for (const { label, make, benefit, stage } of onnxLibrary('ort')) manager.add(label, make('ort'), benefit, stage)
      const steps: string[] = []
      manager.rewrite(network, undefined, {
        watch: (e) => void (e.type === 'rewritten' && steps.push(`${e.entry.label} ${e.root.id}`)),
        prune: false,
      })
      const done = home.timeline().steps.filter((s) => s.label !== 'Prune')
      expect(done.map((s) => `${s.label} ${s.root}`)).toEqual(steps)
      expect(steps.some((s) => s.startsWith('mine'))).toBe(true)
      home.seek(home.reached)
      expect(kinds(home.network)).toEqual(kinds(network))
    },
  )

  test('code of others is kept apart: in turns, what the one makes the other goes on with', async () => {
    const text = takesOut(1)
    const { home, codes } = await started(mixed(), honest(), text)
    home.offer('ort', [{ label: 'mine', text, language: 'ts', foreign: true }])
    const others = async (rest: Parameters<Workspace['plan']>[0]) => void home.plan(rest)
    await codes.plan({ wanted: everything(home), whole: true }, others, () => false, atOnce)
    home.seek(home.reached)
    expect(kinds(home.network)).toEqual(['Sigmoid'])
  })

  test('a sandbox that tells of steps of the library that it does not do here is not believed', async () => {
    const text = takesOut(1)
    const lies = honest((name, v) =>
      name === 'plan' && (v as unknown[]).length > 3 ? [{ root: 0, transaction: null, by: 'Gelu (erf)' }] : v,
    )
    const { home, codes } = await started(mixed(), lies, text)
    const others = async (rest: Parameters<Workspace['plan']>[0]) => void home.plan(rest)
    await codes.plan({ wanted: everything(home), whole: true }, others, () => false, atOnce)
    expect(home.timeline().steps.map((s) => s.label)).not.toContain('Gelu (erf)')
    expect(verifyNetwork(home.network)).toEqual([])
  })
})

describe('a sandbox that lies', () => {
  const tampered: [string, (name: string, value: unknown) => unknown][] = [
    [
      'edits of a network that is not ours',
      (name, v) =>
        name === 'rewrite'
          ? bent(v, (t) => ({ ...t, edits: [{ type: 'setRemoved', layer: 99, from: false, to: true }] }))
          : v,
    ],
    ['no edits at all', (name, v) => (name === 'rewrite' ? bent(v, () => ({ edits: 'all of them' })) : v)],
    [
      'edits that leave a value without a producer',
      (name, v) => (name === 'rewrite' ? bent(v, (t) => ({ ...t, edits: t.edits.slice(-1) })) : v),
    ],
  ]
  test.each(tampered)('%s: nothing changes', async (_, change) => {
    const { home, codes } = await started(silu(), honest(change))
    const before = snapshotOf(home.network)
    await codes.prime('mine', 1).catch(() => undefined)
    try {
      home.apply('mine', 1)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
    }
    expect(snapshotOf(home.network)).toEqual(before)
  })

  test('a match of layers that are not there is no match', async () => {
    const match = { root: 1e6, parts: [['x', 1e7]], tensors: [], value: null }
    const { home, codes } = await started(
      silu(),
      honest((name, v) => (name === 'look' ? { matches: [match], misses: [] } : v)),
    )
    await codes.refresh(['mine'])
    expect([...home.matches('mine')]).toEqual([])
  })

  const rubbish: [string, Answer][] = [
    ['nothing that is a reply', () => null],
    ['another number', ({ id }) => ({ type: 'result', id: id + 7, value: null, log: [] })],
    ['a match without a root', ({ id }) => ({ type: 'result', id, value: { matches: [{}], misses: [] }, log: [] })],
    [
      'a million matches',
      ({ id }) => ({ type: 'result', id, value: { matches: new Array(1e6), misses: [] }, log: [] }),
    ],
    ['an error that is none', ({ id }) => ({ type: 'error', id, reason: { toString: 1 }, place: null, log: [] })],
  ]
  test.each(rubbish)('%s: it is given up', async (_, answer) => {
    const ends: CodeError[] = []
    const channel = new CodeChannel(
      sandboxThat(answer),
      () => undefined,
      (why) => ends.push(why),
      1000,
    )
    await expect(channel.ask('look', null)).rejects.toThrow(/answer cannot be read/)
    expect(ends).toHaveLength(1)
    await expect(channel.ask('look', null)).rejects.toBeInstanceOf(CodeError)
  })

  test('one that never answers is given up after a while', async () => {
    const channel = new CodeChannel(
      sandboxThat(() => undefined),
      () => undefined,
      () => undefined,
      5,
    )
    await expect(channel.ask('look', null)).rejects.toThrow(/could not be started/)
  })
})

describe('templates', () => {
  test.each(CODE_TEMPLATES)('$title: runs as it stands', ({ text }) => {
    const [{ pattern } = { pattern: null }] = loadCode(text)
    if (!(pattern instanceof PatternRewriter)) return
    const network = net(
      'in x float32[2,3]\nconst w float32[3,3]\nconst s float32[]\na = Mul(x, Sigmoid(x))\nb = Neg(Neg(a))\ny = Mul(MatMul(b, w), s)\nout y',
      20,
    )
    const entry = { label: 'a', pattern, benefit: 1 }
    expect([...findMatches(network, entry)].filter((f) => f instanceof Match)).toHaveLength(1)
    const parts = cutOut(pattern, snapshotOf(network), network.dialect)
    expect(parts).toHaveLength(1)
    expect(verifyNetwork(networkFromSnapshot(parts[0]!, network.dialect))).toEqual([])
  })
})

interface Told {
  readonly edits: readonly unknown[]
}
const bent = (step: unknown, how: (t: Told) => unknown): unknown => {
  const { root, transaction } = step as { root: number; transaction: Told }
  return { root, transaction: how(transaction) }
}
