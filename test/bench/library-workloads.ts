/** W5 to W11 and W13 to W15: the library and rules on networks of a given size. */
import { exportOnnx, onnxDialect } from '../../src/dialects/onnx'
import {
  ConstantValue,
  markDangling,
  Network,
  prune,
  RewritePatternManager,
  RulePattern,
  snapshotOf,
} from '../../src/engine'
import type { Tensor } from '../../src/engine'
import { managerOf, onnxLibrary } from '../../src/patterns'
import { random } from '../engine/support'
import type { Workload } from './measure'

const SIZES = [1_000, 10_000, 100_000]
const SHAPE = [2, 8]

class Graph {
  readonly network = new Network(onnxDialect, { name: 'bench', opsets: { '': 18 } })
  readonly x = this.network.addInput('x', 'float32', SHAPE)

  call(kind: string, ...inputs: Tensor[]): Tensor {
    return this.network.addLayer({ kind, inputs, outputs: [{ dtype: 'float32', shape: SHAPE }] }).output()!
  }
  number(v: number): Tensor {
    return this.network.addConstant(ConstantValue.scalarOf('float32', v))
  }
  done(...outputs: Tensor[]): Network {
    outputs.forEach((t, i) => this.network.markOutput(t, `out${i}`))
    return this.network
  }
}

/** Runs patterns of the library by label; all that are on without one. */
function library(...labels: string[]): Workload['run'] {
  return (network, options) => {
    const all = onnxLibrary('ort')
    const chosen = labels.length > 0 ? all.filter((e) => labels.includes(e.label)) : all.filter((e) => !e.optIn)
    managerOf(chosen, 'ort').rewrite(network, undefined, options)
  }
}

function expectCounts(network: Network, counts: Readonly<Record<string, number>>): void {
  for (const [kind, n] of Object.entries(counts))
    if (network.countOfKind(kind) !== n) throw new Error(`expected ${n} ${kind}, got ${network.countOfKind(kind)}`)
}

function tower(n: number): Network {
  const g = new Graph()
  let x = g.x
  for (let i = 0; i < n; i++) x = g.call('Add', x, g.number(1))
  return g.done(x)
}

function constantTree(n: number): Network {
  const g = new Graph()
  let level = Array.from({ length: n + 1 }, () => g.number(1))
  while (level.length > 1) {
    const next: Tensor[] = []
    for (let i = 0; i + 1 < level.length; i += 2)
      next.push(
        g.network
          .addLayer({ kind: 'Add', inputs: [level[i]!, level[i + 1]!], outputs: [{ dtype: 'float32', shape: [] }] })
          .output()!,
      )
    if (level.length % 2) next.push(level.at(-1)!)
    level = next
  }
  return g.done(g.call('Mul', g.x, level[0]!))
}

function deadCone(n: number): Network {
  const g = new Graph()
  let x = g.call('Relu', g.x)
  for (let i = 0; i < n; i++) x = g.call('Add', x, x)
  return g.done(g.call('Neg', g.x))
}

function twoChains(n: number): Network {
  const g = new Graph()
  let [a, b] = [g.x, g.x]
  for (let i = 0; i < n / 2; i++) {
    a = g.call(i % 2 ? 'Sin' : 'Cos', a)
    b = g.call(i % 2 ? 'Sin' : 'Cos', b)
  }
  return g.done(g.call('Add', a, b))
}

function gelus(n: number): Network {
  const g = new Graph()
  let x = g.x
  for (let i = 0; i < n / 5; i++) {
    const e = g.call('Erf', g.call('Div', x, g.number(Math.SQRT2)))
    x = g.call('Mul', g.call('Mul', x, g.call('Add', e, g.number(1))), g.number(0.5))
  }
  return g.done(x)
}

function layerNorms(n: number): Network {
  const g = new Graph()
  const [scale, bias] = [0.9, 0.5].map((v) => g.network.addConstant(ConstantValue.of('float32', [8], Array(8).fill(v))))
  const axis = g.network.addConstant(ConstantValue.of('int64', [1], [-1]))
  const mean = (t: Tensor): Tensor =>
    g.network
      .addLayer({ kind: 'ReduceMean', inputs: [t, axis], outputs: [{ dtype: 'float32', shape: [2, 1] }] })
      .output()!
  let x = g.x
  for (let i = 0; i < n / 9; i++) {
    const d = g.call('Sub', x, mean(x))
    const root = g.call('Sqrt', g.call('Add', mean(g.call('Pow', d, g.number(2))), g.number(1e-5)))
    x = g.call('Add', g.call('Mul', g.call('Div', d, root), scale!), bias!)
  }
  return g.done(x)
}

const FMA = 'rule "fma"\ny = Add(Mul(a, b), c)\n=>\ny = Fma(a, b, c)'

function sharedFma(n: number): Network {
  const g = new Graph()
  let x = g.x
  for (let i = 0; i < n / 2; i++) {
    const m = g.call('Mul', x, g.x)
    x = g.call('Add', m, i % 2 ? g.call('Abs', m) : g.x)
  }
  return g.done(x)
}

function rule(text: string): Workload['run'] {
  return (network, options) =>
    void new RewritePatternManager().add('rule', new RulePattern(text)).rewrite(network, null, options)
}

function pairs(n: number): Network {
  const g = new Graph()
  let x = g.x
  for (let i = 0; i < n; i++) x = g.call('Add', g.call('Sin', x), g.call('Cos', x))
  return g.done(x)
}

const LEAVES = ['Abs', 'Neg', 'Exp', 'Log', 'Sin', 'Cos', 'Tan', 'Sqrt', 'Relu', 'Sigmoid']
const TREE = LEAVES.map((k) => `${k}(x)`).reduce((sum, leaf) => `Add(${sum}, ${leaf})`)

function trees(n: number): Network {
  const g = new Graph()
  const r = random(5)
  let x = g.x
  for (let i = 0; i < n; i++) {
    const at = x
    x = LEAVES.map((k) => g.call(k, at)).reduce((a, b) => (r() < 0.5 ? g.call('Add', a, b) : g.call('Add', b, a)))
  }
  return g.done(x)
}

function randomDag(n: number): Network {
  const g = new Graph()
  const r = random(11)
  const values = [g.x]
  const pick = (): Tensor => values[Math.max(0, values.length - 1 - Math.floor(r() * r() * 40))]!
  const unary = ['Relu', 'Neg', 'Abs', 'Sigmoid', 'Identity', 'Tanh']
  const binary = ['Add', 'Mul', 'Sub', 'Div']
  for (let i = 0; i < n; i++) {
    const kind = r()
    if (kind < 0.4) values.push(g.call(unary[Math.floor(r() * unary.length)]!, pick()))
    else {
      const other = r() < 0.3 ? g.number(Math.floor(r() * 3)) : pick()
      values.push(g.call(binary[Math.floor(r() * binary.length)]!, pick(), other))
    }
  }
  const ends = values.filter((t) => t.liveUses === 0)
  return g.done(...ends)
}

export const LIBRARY_WORKLOADS: readonly Workload[] = [
  {
    name: 'W5 tower',
    sizes: SIZES,
    build: tower,
    run: library('Constants in a chain'),
    check: (w) => expectCounts(w, { Add: 1 }),
  },
  {
    name: 'W6 fold',
    sizes: SIZES,
    build: constantTree,
    run: library('Constant folding'),
    check: (w) => expectCounts(w, { Add: 0 }),
  },
  {
    name: 'W7 dead',
    sizes: SIZES,
    build: deadCone,
    run: (network) => {
      for (const layer of network.getLayers().reverse()) markDangling(network, layer)
      prune(network)
    },
    check: (w) => expectCounts(w, { Add: 0, Neg: 1 }),
  },
  {
    name: 'W8 cse',
    sizes: SIZES,
    build: twoChains,
    run: library('Duplicate layer'),
    check: (w, n) => expectCounts(w, { Sin: n / 4, Cos: n / 4 }),
  },
  {
    name: 'W9 gelu',
    sizes: [10_000, 30_000],
    build: gelus,
    run: library(),
    check: (w, n) => expectCounts(w, { 'com.microsoft.Gelu': n / 5, Erf: 0 }),
  },
  {
    name: 'W10 layernorm',
    sizes: [9_000, 27_000],
    build: layerNorms,
    run: library(),
    check: (w, n) => expectCounts(w, { LayerNormalization: n / 9, Sqrt: 0 }),
  },
  {
    name: 'W11 shared',
    sizes: [10_000, 100_000],
    build: sharedFma,
    run: rule(FMA),
    check: (w, n) => expectCounts(w, { Fma: n / 4, Mul: n / 4 }),
  },
  {
    name: 'W13 pairs',
    sizes: [1_000, 10_000],
    build: pairs,
    run: rule('rule "pairs"\na = Sin(x)\nb = Cos(x)\n=>\na, b = SinCos(x)'),
    check: (w, n) => expectCounts(w, { SinCos: n, Sin: 0 }),
  },
  {
    name: 'W14 tree',
    sizes: [1, 1_000],
    build: trees,
    run: rule(`rule "tree"\ny = ${TREE}\n=>\ny = Tree(x)`),
    check: (w, n) => expectCounts(w, { Tree: n, Add: 0 }),
  },
  { name: 'W15 library', sizes: [10_000, 100_000], build: randomDag, run: library(), check: () => {} },
]

/** The same networks as files, for a runtime to optimise. */
export function workloadFile(name: string, n: number): Uint8Array {
  return exportOnnx(snapshotOf(LIBRARY_WORKLOADS.find((w) => w.name === name)!.build(n))).bytes
}
