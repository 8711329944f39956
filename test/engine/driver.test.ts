import { describe, expect, test } from 'vitest'
import {
  ConstantValue,
  drive,
  faultsOf,
  findMatches,
  genericDialect,
  History,
  Match,
  MatchFailure,
  Network,
  PatternError,
  PatternRewriter,
  RewriteLimitError,
  RewritePatternManager,
  snapshotOf,
  verifyNetwork,
} from '../../src/engine'
import type { Dialect, Layer, MatchResult, RewriterOptions } from '../../src/engine'
import { chain, F32 } from './support'

/** A pattern from two functions. */
class Rule extends PatternRewriter {
  constructor(
    root: string[],
    private readonly when: (l: Layer) => MatchResult,
    private readonly then: (l: Layer, m: Match) => boolean | void,
    options: RewriterOptions = {},
  ) {
    super('rule', { rootLayer: root, separateMatchRewrite: true, ...options })
  }
  override match(layer: Layer): MatchResult {
    return this.when(layer)
  }
  override rewrite(layer: Layer, match: Match): boolean | void {
    return this.then(layer, match)
  }
}

function become(kind: string) {
  return (layer: Layer): void => {
    const made = layer.network.addLayer({ kind, inputs: layer.getInputs(), outputs: F32 })
    layer.output()!.replaceAllUsesWith(made.output()!)
  }
}

const turn = (from: string, to: string): Rule => new Rule([from], () => true, become(to))
const kindsOf = (network: Network): string[] =>
  network
    .getLayers()
    .filter((l) => !l.isRemoved())
    .map((l) => l.kind)

describe('matching', () => {
  test('E2: a match that changes the network is refused, and nothing has changed', () => {
    const network = chain('A')
    const before = snapshotOf(network)
    const pattern = new Rule(
      ['A'],
      (l) => (l.markAsRemoved(), true),
      () => {},
    )
    const run = () => new RewritePatternManager().add('bad', pattern).rewrite(network)
    expect(run).toThrow(PatternError)
    expect(run).toThrow('which a match must not do')
    expect(snapshotOf(network)).toEqual(before)
  })

  test('every match is listed in network order without changing anything', () => {
    const network = chain('A', 'B', 'A', 'B')
    const before = snapshotOf(network)
    const found = [...findMatches(network, { label: 'p', pattern: turn('B', 'C'), benefit: 0 })]
    expect(found.map((m) => m.root.name)).toEqual(['B_1', 'B_3'])
    expect(snapshotOf(network)).toEqual(before)
  })

  test('a pattern that matches and rewrites in one is listed by doing and undoing', () => {
    class Combined extends PatternRewriter {
      override matchAndRewrite(layer: Layer): boolean {
        if (layer.kind !== 'A') return false
        become('C')(layer)
        return true
      }
    }
    const network = chain('A', 'B', 'A')
    const before = snapshotOf(network)
    const found = [...findMatches(network, { label: 'p', pattern: new Combined('combined'), benefit: 0 })]
    expect(found.map((m) => m.root.kind)).toEqual(['A', 'A'])
    expect(snapshotOf(network)).toEqual(before)
  })

  test('misses carry their reason when asked for', () => {
    const network = chain('A', 'B')
    const pattern = new Rule(
      ['B'],
      (l) => new MatchFailure(l, 'bias', l.input(0)!.parent, 'a constant', 'A'),
      () => {},
    )
    const [miss] = findMatches(network, { label: 'p', pattern, benefit: 0 }, true)
    expect(String(miss)).toBe('bias: expected a constant, found A at A_0')
  })
})

describe('rewriting', () => {
  test('E3: a rewrite that throws is rolled back, and names pattern and layer', () => {
    const network = chain('A', 'B')
    const before = snapshotOf(network)
    const pattern = new Rule(
      ['B'],
      () => true,
      (l) => {
        become('C')(l)
        throw new Error('no weights')
      },
    )
    expect(() => new RewritePatternManager().add('fold', pattern).rewrite(network)).toThrow(
      'pattern fold failed in its rewrite on layer B_1: no weights',
    )
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E3: a rewrite that gives up is rolled back and counts as a miss', () => {
    const network = chain('A')
    const before = snapshotOf(network)
    const pattern = new Rule(
      ['A'],
      () => true,
      (l) => (become('C')(l), false),
    )
    expect(new RewritePatternManager().add('p', pattern).rewrite(network).rewrites).toBe(0)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E4: a rewrite that makes a cycle is rolled back with the reason', () => {
    const network = chain('A', 'B')
    const before = snapshotOf(network)
    const pattern = new Rule(
      ['A'],
      () => true,
      (l) => l.network.setInput(l, 0, l.network.getLayerByName('B_1')!.output()!),
    )
    expect(() => new RewritePatternManager().add('loop', pattern).rewrite(network)).toThrow(/cycle/)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E5: a removed layer whose value is still used is an error, not a hole in the network', () => {
    const network = chain('A', 'B')
    const before = snapshotOf(network)
    const pattern = new Rule(
      ['A'],
      () => true,
      (l) => l.markAsRemoved(),
    )
    expect(() => new RewritePatternManager().add('cut', pattern).rewrite(network)).toThrow(/still used/)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E6: the highest benefit is tried first, ties by order of adding, and nothing on a layer that is gone', () => {
    const network = chain('A')
    const tried: string[] = []
    const spy = (label: string, result: boolean) => new Rule(['A'], () => (tried.push(label), result), become('C'))
    new RewritePatternManager()
      .add('low', spy('low', true), 1)
      .add('tie 1', spy('tie 1', false), 5)
      .add('high', spy('high', false), 9)
      .add('tie 2', spy('tie 2', true), 5)
      .rewrite(network)
    expect(tried).toEqual(['high', 'tie 1', 'tie 2'])
  })

  test('E7: patterns that undo each other end in an error that names them', () => {
    const network = chain('A', 'B')
    const manager = new RewritePatternManager()
      .add('a to b', turn('A', 'B'))
      .add('b to a', turn('B', 'A'))
      .add('idle', turn('X', 'Y'))
    expect(() => manager.rewrite(network, null, { maxRewrites: 100 })).toThrow(RewriteLimitError)
    expect(() => manager.rewrite(network, null, { maxRewrites: 100 })).toThrow(
      'stopped after 100 rewrites: a to b and b to a undo each other',
    )
    expect(verifyNetwork(network)).toEqual([])
  })

  test('E7: a pattern that matches what it makes ends in an error', () => {
    expect(() =>
      new RewritePatternManager().add('again', turn('A', 'A')).rewrite(chain('A'), null, { maxRewrites: 50 }),
    ).toThrow('again keeps matching what it makes')
  })

  test('what a rewrite makes possible elsewhere is found', () => {
    const network = chain('A', 'B', 'C')
    const manager = new RewritePatternManager()
      .add('c after d', new Rule(['C'], (l) => l.input(0)!.parent!.kind === 'D', become('E')))
      .add('b to d', turn('B', 'D'))
    manager.rewrite(network)
    expect(kindsOf(network)).toEqual(['A', 'D', 'E'])
  })

  test('E10: layers left without users dangle, then are pruned with their constants, as a transaction', () => {
    const network = new Network(genericDialect)
    const x = network.addInput('x', 'float32', [4])
    const c = network.addConstant(ConstantValue.of('float32', [4], [1, 2, 3, 4]))
    const add = network.addLayer({ kind: 'Add', inputs: [x, c], outputs: F32 })
    const relu = network.addLayer({ kind: 'Relu', inputs: [add.output()], outputs: F32 })
    network.markOutput(relu.output()!, 'out')
    const history = new History(network)
    new RewritePatternManager()
      .add(
        'drop',
        new Rule(
          ['Relu'],
          () => true,
          (l) => l.output()!.replaceAllUsesWith(x),
        ),
      )
      .rewrite(network, null, { history })
    expect(network.getTensors().map((t) => t.name)).toEqual(['x'])
    history.undo()
    expect(network.removedLayers).toEqual([add.name, relu.name])
    expect(network.outputs).toEqual([{ name: 'out', tensor: x.id }])
  })

  test('E11: a new layer keeps the names of the layers it came from', () => {
    const network = chain('A', 'B')
    const pattern = new Rule(
      ['B'],
      (l) => Match.of(l, { a: l.input(0)!.parent!, b: l }),
      (l, m) => {
        const made = l.network.addLayer({ kind: 'AB', inputs: m.layer('a').getInputs(), outputs: F32 })
        l.output()!.replaceAllUsesWith(made.output()!)
      },
    )
    new RewritePatternManager().add('fuse', pattern).rewrite(network)
    expect(network.getLayers().map((l) => l.record.origin)).toEqual([['B_1', 'A_0']])
  })

  test('types are inferred anew behind a value that became more precise', () => {
    const same: Dialect = {
      name: 'test',
      schema: (kind) =>
        kind === 'Same'
          ? {
              kind,
              category: 'other' as const,
              inputs: [{ name: 'x' }],
              outputs: [],
              attributes: {},
              infer: (c) => [c.inputs[0] ?? null],
            }
          : undefined,
    }
    const network = new Network(same)
    const x = network.addInput('x', 'float32', [4])
    const vague = network.addLayer({ kind: 'A', inputs: [x], outputs: [{ dtype: 'float32', shape: [null] }] })
    const behind = network.addLayer({
      kind: 'Same',
      inputs: [vague.output()],
      outputs: [{ dtype: 'float32', shape: [null] }],
    })
    network.markOutput(behind.output()!, 'out')
    const history = new History(network)
    new RewritePatternManager().add('sharpen', turn('A', 'B')).rewrite(network, null, { history })
    expect(behind.output()!.shape).toEqual([4])
    history.seek(history.root)
    expect(network.getLayerByName(behind.name)!.output()!.shape).toEqual([null])
  })

  test('a run can be stepped, stopped at any event and taken up again', () => {
    const network = chain('A', 'A', 'A')
    const entries = [{ label: 'p', pattern: turn('A', 'B'), benefit: 0 }]
    const run = drive(network, entries)
    run.next()
    run.next()
    expect(kindsOf(network)).toEqual(['B', 'B', 'A'])
    expect(verifyNetwork(network)).toEqual([])
    expect([...drive(network, entries)].length).toBe(1)
  })
})

describe('a network that was invalid when it came', () => {
  const strict: Dialect = {
    ...genericDialect,
    schema: (kind) => {
      const inputs = [{ name: 'A' }, ...(kind === 'Pair' ? [{ name: 'B' }] : [])]
      return { kind, category: 'other', inputs, outputs: [{ name: 'C' }], attributes: {} }
    },
  }
  /** A => B => Pair without its second operand => A => out. */
  function invalid(): Network {
    const network = new Network(strict)
    let x = network.addInput('x', 'float32', [4])
    for (const kind of ['A', 'B', 'Pair', 'A'])
      x = network.addLayer({ kind, inputs: [x], outputs: F32, name: kind }).output()!
    network.markOutput(x, 'out')
    return network
  }
  const drop = (kind: string) =>
    new Rule(
      [kind],
      () => true,
      (l) => l.output()!.replaceAllUsesWith(l.input(0)!),
    )

  test('is said on opening, with its place', () => {
    expect(faultsOf(invalid())).toEqual(['invalid: Pair: operand B of Pair is not given'])
  })

  test('E3 E4: no pattern is blamed for it, and the rest is rewritten, beside the place too', () => {
    const network = invalid()
    const before = snapshotOf(network)
    const history = new History(network)
    const rewrites = new RewritePatternManager()
      .add('A', drop('A'))
      .add('B', drop('B'))
      .rewrite(network, null, { history })
    expect(rewrites.rewrites).toBe(3)
    expect(network.getLayers().map((l) => l.kind)).toEqual(['Pair'])
    expect(faultsOf(network)).toEqual(['invalid: Pair: operand B of Pair is not given'])
    history.seek(history.root)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E3: a problem that a pattern brings is its fault all the same, and is rolled back', () => {
    const network = invalid()
    const before = snapshotOf(network)
    const breaks = new Rule(
      ['B'],
      () => true,
      (l) => {
        const made = l.network.addLayer({ kind: 'Pair', inputs: [l.input(0)], outputs: F32 })
        l.output()!.replaceAllUsesWith(made.output()!)
      },
    )
    const manager = new RewritePatternManager().add('breaks', breaks)
    expect(() => manager.rewrite(network)).toThrow(
      /left the network unsound: Pair_\d+: operand B of Pair is not given$/,
    )
    expect(snapshotOf(network)).toEqual(before)
  })
})
