import { describe, expect, test } from 'vitest'
import {
  AnalysisPatternManager,
  History,
  LockedError,
  Match,
  MatchFailure,
  PatternAnalyzer,
  PatternError,
  PatternRewriter,
  RewritePatternManager,
  snapshotOf,
  verifyNetwork,
} from '../../src/engine'
import type { DriverEvent, Layer, MatchResult, Subgraph, Network, Tensor } from '../../src/engine'
import { chain, F32 } from './support'

/** Turns one kind into another, in two parts. */
class Turn extends PatternRewriter {
  constructor(
    private readonly from: string,
    private readonly to: string,
  ) {
    super(`${from} to ${to}`, { separateMatchRewrite: true })
  }
  override match(layer: Layer): MatchResult {
    return layer.kind === this.from || new MatchFailure(layer, 'root', layer, this.from, layer.kind)
  }
  override rewrite(layer: Layer): boolean | void {
    const made = layer.network.addLayer({ kind: this.to, inputs: layer.getInputs(), outputs: F32 })
    layer.output()!.replaceAllUsesWith(made.output()!)
    if (this.args === 'give up') return false
    if (this.args === 'throw') throw new Error('asked to')
  }
}

/** Shows what it is given; gives whatever `found` says. */
class Look extends PatternAnalyzer {
  readonly seen: [Subgraph, Layer][] = []
  constructor(private readonly found: (layer: Layer) => Subgraph | MatchFailure | false) {
    super('look', { rootLayer: ['B'] })
  }
  override match(layer: Layer): Subgraph | MatchFailure | false {
    return this.found(layer)
  }
  override analyze(subgraph: Subgraph, layer: Layer): void {
    this.seen.push([subgraph, layer])
  }
}

const kindsOf = (network: Network): string[] => network.getLayers().map((l) => l.kind)

describe('RewritePatternManager', () => {
  test('a match with a part that is none is an error of the pattern, by name', () => {
    const odd = new (class extends Turn {
      override match = (layer: Layer): MatchResult =>
        this.matched(layer, { root: layer }, { x: undefined as unknown as Tensor })
    })('A', 'B')
    const run = () => new RewritePatternManager().add('odd', odd).rewrite(chain('A'))
    expect(run).toThrow(PatternError)
    expect(run).toThrow('part x of the match is undefined')
  })

  test('patterns are listed by label with their benefit and stage, and each is found by its label', () => {
    const turn = new Turn('A', 'B')
    const manager = new RewritePatternManager().add('turn', turn, 7, 2)
    expect([...manager.patterns]).toEqual([['turn', { label: 'turn', pattern: turn, benefit: 7, stage: 2 }]])
    expect(manager.get('turn')).toBe(turn)
    expect(() => manager.get('other')).toThrow('there is no pattern labelled other: there are turn')
    expect(() => manager.add('turn', turn)).toThrow('a pattern labelled turn exists already')
  })

  test('args reach every pattern; without them each keeps its own', () => {
    const [one, two] = [new Turn('X', 'Y'), new Turn('Y', 'Z')]
    const manager = new RewritePatternManager().add('one', one).add('two', two)
    manager.rewrite(chain('A'), 'shared')
    expect([one.args, two.args]).toEqual(['shared', 'shared'])
    one.args = 'own'
    manager.rewrite(chain('A'))
    expect([one.args, two.args]).toEqual(['own', 'shared'])
  })

  test('E6: a pattern of a later stage waits until the earlier ones have nothing left to do', () => {
    const network = chain('A', 'A')
    const steps: string[] = []
    new RewritePatternManager()
      .add('late', new Turn('A', 'C'), 100, 2)
      .add('early', new Turn('A', 'B'), 1, 1)
      .add('after', new Turn('B', 'D'), 1, 2)
      .rewrite(network, undefined, { watch: (e) => void (e.type === 'rewritten' && steps.push(e.entry.label)) })
    expect(steps).toEqual(['early', 'early', 'after', 'after'])
    expect(kindsOf(network)).toEqual(['D', 'D'])
  })

  test('a run is a generator: left at any event the network is sound, and another run takes it up', () => {
    const network = chain('A', 'A', 'A')
    const manager = new RewritePatternManager().add('turn', new Turn('A', 'B'))
    const run = manager.rewriting(network)
    run.next()
    run.return({ rewrites: 0, byLabel: new Map() })
    expect(verifyNetwork(network)).toEqual([])
    expect(manager.rewrite(network).rewrites).toBe(2)
    expect(kindsOf(network)).toEqual(['B', 'B', 'B'])
  })

  test('layers that are not admitted are left alone', () => {
    const network = chain('A', 'A')
    const first = network.getLayers()[0]
    new RewritePatternManager()
      .add('turn', new Turn('A', 'B'))
      .rewrite(network, undefined, { admits: (layer) => layer !== first })
    expect(kindsOf(network)).toEqual(['A', 'B'])
  })

  test('E10: with a history every step is kept before it is told of, and pruning is the last of them', () => {
    const network = chain('A', 'A')
    const history = new History(network)
    const told: (readonly [DriverEvent['type'], number])[] = []
    new RewritePatternManager()
      .add('turn', new Turn('A', 'B'))
      .rewrite(network, undefined, { history, watch: (e) => void told.push([e.type, history.cursor]) })
    expect(told).toEqual([
      ['rewritten', 1],
      ['rewritten', 2],
      ['pruned', 3],
    ])
    expect(history.nodes().map((n) => n.transaction?.annotations.label)).toEqual([undefined, 'turn', 'turn', 'Prune'])
  })

  test('E10: without pruning what was removed stays in the network, marked', () => {
    const network = chain('A')
    new RewritePatternManager().add('turn', new Turn('A', 'B')).rewrite(network, undefined, { prune: false })
    expect(network.removedLayers).toEqual(['A_0'])
  })

  test('E3: a pattern that throws is told of and rolled back; a run that goes on leaves that place alone', () => {
    const network = chain('A', 'C')
    const bad = new Turn('A', 'B')
    bad.args = 'throw'
    const manager = new RewritePatternManager().add('bad', bad, 2).add('good', new Turn('C', 'D'), 1)
    const events = [...manager.rewriting(network)].map((e) => e.type)
    expect(events).toEqual(['failed', 'rewritten'])
    expect(kindsOf(network)).toEqual(['A', 'D'])
    expect(() => manager.rewrite(network)).toThrow(PatternError)
  })
})

describe('matchAndRewrite', () => {
  test('every rewriter has it: true where it rewrote, the reason where it does not match', () => {
    const network = chain('A', 'C')
    const [a, c] = network.getLayers()
    const turn = new Turn('A', 'B')
    expect(turn.matchAndRewrite(a!)).toBe(true)
    expect(a!.output()!.getUsers()).toEqual([])
    expect(String(turn.matchAndRewrite(c!))).toBe(`root: expected A, found C at ${c!.name}`)
  })

  test.each(['give up', 'throw'])('E3: called by itself it is rolled back where it has to %s', (how) => {
    const network = chain('A')
    const before = snapshotOf(network)
    const turn = new Turn('A', 'B')
    turn.args = how
    const run = () => turn.matchAndRewrite(network.getLayers()[0]!)
    if (how === 'throw') expect(run).toThrow('asked to')
    else expect(run()).toBe(false)
    expect(snapshotOf(network)).toEqual(before)
  })

  test('E2: its match cannot change the network', () => {
    class Bad extends Turn {
      override match(layer: Layer): MatchResult {
        layer.markAsRemoved()
        return true
      }
    }
    expect(() => new Bad('A', 'B').matchAndRewrite(chain('A').getLayers()[0]!)).toThrow(LockedError)
  })
})

describe('AnalysisPatternManager', () => {
  test('analyze is given exactly what match gave, and match runs once a layer', () => {
    const network = chain('A', 'B', 'B', 'C')
    const [, first, second] = network.getLayers()
    let runs = 0
    const subgraph = [second!, first!]
    const look = new Look((layer) => (runs++, layer === second ? subgraph : false))
    new AnalysisPatternManager().add('look', look).analyze(network)
    expect(look.seen).toEqual([[subgraph, second]])
    expect(look.seen[0]![0]).toBe(subgraph)
    expect(runs).toBe(2)
  })

  test('matches come one at a time, whatever form match gave them: a Match, a list of layers, or true', () => {
    const network = chain('B')
    const layer = network.getLayers()[0]!
    const forms: Subgraph[] = [Match.of(layer, { part: layer }), [layer], true]
    const parts = forms.map((form) => {
      const [one] = new AnalysisPatternManager().add('look', new Look(() => form)).analyzing(network)
      return [...one!.match.layers.keys()]
    })
    expect(parts).toEqual([['part'], [layer.name], ['root']])
  })

  test('a reason is no match', () => {
    const look = new Look((layer) => new MatchFailure(layer, 'x', null, 'a', 'b'))
    expect([...new AnalysisPatternManager().add('look', look).analyzing(chain('B'))]).toEqual([])
    expect(look.seen).toEqual([])
  })

  test('E2: an analyzer that changes the network is refused and named, in match and in analyze', () => {
    const network = chain('B')
    const before = snapshotOf(network)
    const inMatch = new Look((layer) => (layer.markAsRemoved(), true))
    expect(() => new AnalysisPatternManager().add('m', inMatch).analyze(network)).toThrow(
      'pattern m failed in its match',
    )
    class Marks extends Look {
      override analyze(_subgraph: Subgraph, layer: Layer): void {
        layer.markAsRemoved()
      }
    }
    const inAnalysis = new Marks(() => true)
    expect(() => new AnalysisPatternManager().add('a', inAnalysis).analyze(network)).toThrow(
      'pattern a failed in its analysis',
    )
    expect(snapshotOf(network)).toEqual(before)
  })
})

test('a root layer that is one kind is that kind, and not its letters', () => {
  class One extends PatternRewriter {}
  const pattern = new One('one', { rootLayer: 'Mul' })
  expect(['Mul', 'Relu', 'M'].map((kind) => pattern.accepts(kind))).toEqual([true, false, false])
})
