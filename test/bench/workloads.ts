/** The engine's workloads, W1 to W4 and W12: networks, patterns, and the check that the result is right. */
import { genericDialect, Network, PatternRewriter, RewritePatternManager } from '../../src/engine'
import type { Layer, Tensor } from '../../src/engine'
import type { Workload } from './measure'
import { MLIR } from './mlir'

const F32 = [{ dtype: 'float32', shape: [8] }] as const

function chain(n: number, kinds: readonly string[]): Network {
  const network = new Network(genericDialect)
  let x = network.addInput('x', 'float32', [8])
  const y = network.addInput('y', 'float32', [8])
  for (let i = 0; i < n; i++) {
    x = network.addLayer({ kind: kinds[i % kinds.length]!, inputs: [x, y], outputs: F32 }).output()!
  }
  network.markOutput(x, 'out')
  return network
}

class AddToSub extends PatternRewriter {
  constructor() {
    super('add to sub', { rootLayer: ['Add'], separateMatchRewrite: true })
  }
  override match(): boolean {
    return true
  }
  override rewrite(layer: Layer): void {
    const sub = layer.network.addLayer({ kind: 'Sub', inputs: [layer.input(0), layer.input(1)], outputs: F32 })
    layer.output()!.replaceAllUsesWith(sub.output()!)
    layer.markAsRemoved()
  }
}

class Fma extends PatternRewriter {
  constructor() {
    super('fma', { rootLayer: ['Add'], separateMatchRewrite: true })
  }
  override match(layer: Layer): boolean {
    const mul = layer.input(0)?.parent
    return mul?.kind === 'Mul' && mul.output()!.liveUses === 1 && !mul.output()!.isNetworkOutput()
  }
  override rewrite(layer: Layer): void {
    const mul = layer.input(0)!.parent!
    const fma = layer.network.addLayer({
      kind: 'Fma',
      inputs: [mul.input(0), mul.input(1), layer.input(1)],
      outputs: F32,
    })
    layer.output()!.replaceAllUsesWith(fma.output()!)
    layer.markAsRemoved()
    mul.markAsRemoved()
  }
}

/** The inverse of each `g:level`. */
const INVERSE = new Map(Array.from({ length: 8 }, (_, level) => [`g:${level}`, `f:${level}`]))

class CancelPair extends PatternRewriter {
  constructor() {
    super('cancel pair', { rootLayer: INVERSE.keys(), separateMatchRewrite: true })
  }
  override match(layer: Layer): boolean {
    return layer.input(0)?.parent?.kind === INVERSE.get(layer.kind)
  }
  override rewrite(layer: Layer): void {
    const f = layer.input(0)!.parent!
    layer.output()!.replaceAllUsesWith(f.input(0)!)
    layer.markAsRemoved()
  }
}

/** Kinds recur every eight levels, as inverse operator pairs do. */
function nested(n: number): Network {
  const network = new Network(genericDialect)
  let x: Tensor = network.addInput('x', 'float32', [8])
  const half = n / 2
  for (let i = 0; i < half; i++) x = network.addLayer({ kind: `f:${i % 8}`, inputs: [x], outputs: F32 }).output()!
  for (let i = half - 1; i >= 0; i--) x = network.addLayer({ kind: `g:${i % 8}`, inputs: [x], outputs: F32 }).output()!
  network.markOutput(x, 'out')
  return network
}

function hub(n: number): Network {
  const network = new Network(genericDialect)
  const x = network.addInput('x', 'float32', [8])
  const h = network.addLayer({ kind: 'Hub', inputs: [x], outputs: F32 }).output()!
  let last = h
  for (let i = 0; i < n; i++) last = network.addLayer({ kind: 'User', inputs: [h], outputs: F32 }).output()!
  network.markOutput(last, 'out')
  return network
}

class ReplaceHub extends PatternRewriter {
  constructor() {
    super('replace hub', { rootLayer: ['Hub'], separateMatchRewrite: true })
  }
  override match(): boolean {
    return true
  }
  override rewrite(layer: Layer): void {
    const other = layer.network.addLayer({ kind: 'Other', inputs: [layer.input(0)], outputs: F32 })
    layer.output()!.replaceAllUsesWith(other.output()!)
  }
}

const SIZES = [1_000, 10_000, 100_000]

function rewriting(pattern: () => PatternRewriter): Workload['run'] {
  return (network, options) => void new RewritePatternManager().add('p', pattern()).rewrite(network, null, options)
}

function expectKinds(network: Network, expected: Record<string, number>): void {
  const found = Object.fromEntries(network.kinds().map((k) => [k, network.countOfKind(k)]))
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`)
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'W1 addsub',
    sizes: SIZES,
    mlir: MLIR.addsub,
    build: (n) => chain(n, ['Add']),
    run: rewriting(() => new AddToSub()),
    check: (w, n) => expectKinds(w, { Sub: n }),
  },
  {
    name: 'W2 fma',
    sizes: SIZES,
    mlir: MLIR.fma,
    build: (n) => chain(n, ['Mul', 'Add']),
    run: rewriting(() => new Fma()),
    check: (w, n) => expectKinds(w, { Fma: n / 2 }),
  },
  {
    name: 'W3 noop',
    sizes: SIZES,
    mlir: MLIR.noop,
    build: (n) => chain(n, ['Add']),
    run: rewriting(() => new Fma()),
    check: (w, n) => expectKinds(w, { Add: n }),
  },
  {
    name: 'W4 nested',
    sizes: SIZES,
    mlir: MLIR.nested,
    build: nested,
    run: rewriting(() => new CancelPair()),
    check: (w) => expectKinds(w, {}),
  },
  {
    name: 'W12 hub',
    sizes: SIZES,
    build: hub,
    run: rewriting(() => new ReplaceHub()),
    check: (w, n) => expectKinds(w, { Other: 1, User: n }),
  },
]
