import { describe, expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { ConstantValue, networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Network, Transaction } from '../../src/engine'
import { cutStep, verifyModels, verifyNetworks, verifyStep } from '../../src/verify'
import type { Runtime, Verdict } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { net } from '../patterns/notation'

const ort = await nodeRuntime()
const whole = (a: string, b: string): Promise<Verdict> => verifyNetworks(snapshotOf(net(a)), snapshotOf(net(b)), ort)

describe('two networks', () => {
  const X = 'in x float32[2,N]'
  test.each([
    ['equal', 'y = Mul(x, 2)', 'y = Add(x, x)'],
    ['different', 'y = Mul(x, 2)', 'y = Mul(x, 2.01)'],
    ['different', 'y = Relu(x)', 'y = LeakyRelu<alpha=0.01>(x)'],
    ['different', 'y = Softmax<axis=0>(x)', 'y = Softmax<axis=1>(x)'],
    ['equal', 'y = Log(x)', 'y = Neg(Log(Reciprocal(x)))'],
    ['equal', 'y = Sqrt(Sub(x, 10))', 'y = Sqrt(Sub(x, 10))'],
  ])('%s: %s and %s', async (verdict, a, b) => {
    const found = await whole(`${X}\n${a}\nout y`, `${X}\n${b}\nout y`)
    if (a.includes('10')) expect(found).toMatchObject({ verdict: 'cannot-run', reason: /no output has a finite/ })
    else expect(found.verdict).toBe(verdict)
  })

  test('a NaN in the place of a number is a difference', async () => {
    const found = await whole(`${X}\ny = Exp(x)\nout y`, `${X}\ny = Mul(Exp(x), Div(Sub(x, x), Sub(x, x)))\nout y`)
    expect(found).toMatchObject({ verdict: 'different', maxAbsolute: Infinity })
  })

  test('the tolerance is that of the type; integers and booleans agree exactly', async () => {
    const half = 'in x float16[64]\nconst k float16[] = 1.001'
    expect(await whole(`${half}\ny = Mul(x, k)\nout y`, `${half}\ny = Identity(x)\nout y`)).toMatchObject({
      verdict: 'equal',
      tolerance: 0.02,
    })
    const whole64 = 'in i int64[64]\nconst k int64[] = 1'
    expect(await whole(`${whole64}\ny = Add(i, k)\nout y`, `${whole64}\ny = Identity(i)\nout y`)).toMatchObject({
      verdict: 'different',
      maxAbsolute: 1,
    })
  })

  test.each([
    ['in x float32[1000000000]\ny = Relu(x)\nout y', 'it claims a value of 1e+9 elements'],
    ['in x float32[1]\nconst n int64[1] = 1000000000\ny = Expand(x, n)\nout y', 'it claims a value of 1e+9 elements'],
    ['in x float32[1,0,4]\nin w float32[3,0,2]\ny = Conv<pads=[0,1]>(x, w)\nout y', /sums over nothing/],
    ['in x float32[3,0]\nin w float32[2,0,4]\ny = MatMul(x, w)\nout y', /sums over nothing/],
    ['in x float32[1,0,4]\nconst k int64[1] = 1\nv, i = TopK<axis=2>(x, k)\nout v', /takes no elements/],
    ['in x float32[20000,20000]\ny = Relu(x)\nout y', /20000×20000 elements is too large to make numbers for/],
  ])('sizes that nothing has room for cannot be run: %s', async (text, reason) => {
    expect(await whole(text, text)).toMatchObject({ verdict: 'cannot-run', reason })
  })

  test('a sum of nothing, of which ONNX Runtime gives other sizes, cannot be run where they differ', async () => {
    const last = 'in x float32[0,3,4]\nconst a int64[1] = -1\ny = ReduceSum(x, a)\nout y'
    const plain = last.replace('-1', '2')
    expect(await whole(last, plain)).toMatchObject({ verdict: 'cannot-run', reason: /other sizes/ })
    expect(await whole(last, last)).toMatchObject({ verdict: 'equal' })
    const first = plain.replace('= 2', '= 1')
    expect(await whole(plain, first)).toMatchObject({ verdict: 'different', reason: /float32\[0,3,1\] before/ })
  })

  test('results of 4 bits cannot be run', async () => {
    const text = 'in x float32[4]\ny = Cast<to=22>(x)\nout y'
    const four = snapshotOf(net(text, 21))
    const verdict = await verifyNetworks(four, four, ort)
    expect(verdict).toMatchObject({ verdict: 'cannot-run', reason: /y has type int4, which cannot be compared/ })
  })

  test('another type or shape is a difference, and says which', async () => {
    const five = 'in x float32[2,5]'
    const found = await whole(`${five}\ny = Transpose(x)\nout y`, `${five}\ny = Identity(x)\nout y`)
    expect(found.verdict).toBe('different')
    expect(found.reason).toMatch(/y is float32\[5,2\] before, float32\[2,5\] after/)
  })

  test('what cannot be run is a verdict of its own, with the side and the reason', async () => {
    const odd = `${X}\ny = com.example.Odd(x)\nout y`
    const fine = `${X}\ny = Relu(x)\nout y`
    expect(await whole(fine, odd)).toMatchObject({
      verdict: 'cannot-run',
      reason: expect.stringMatching(/^the rewritten network.*Odd/s),
    })
    expect((await whole(odd, fine)).reason).toMatch(/^the original network cannot be loaded/)
    const failing: Runtime = {
      load: async () => ({ run: () => Promise.reject(new Error('out of memory')), release: async () => undefined }),
    }
    const found = await verifyNetworks(snapshotOf(net(fine)), snapshotOf(net(fine)), failing)
    expect(found).toMatchObject({ verdict: 'cannot-run', reason: 'the original network cannot be run: out of memory' })
  })

  test('the same seeds give the same numbers', async () => {
    const run = (): Promise<Verdict> =>
      whole(`${X}\ny = Exp(x)\nout y`, `${X}\ny = Mul(Exp(Mul(x, 0.5)), Exp(Mul(x, 0.5)))\nout y`)
    expect(await run()).toEqual(await run())
  })

  test('two models as bytes', async () => {
    const bytes = (text: string): Uint8Array => exportOnnx(snapshotOf(net(text))).bytes
    const [a, b] = [bytes(`${X}\ny = Neg(x)\nout y`), bytes(`${X}\ny = Sub(0, x)\nout y`)]
    expect(await verifyModels({ bytes: a }, { bytes: b }, ort)).toMatchObject({ verdict: 'equal' })
  })
})

describe('inputs', () => {
  /** The values that each network input was given, in every run. */
  async function given(text: string): Promise<Map<string, ConstantValue[]>> {
    const seen = new Map<string, ConstantValue[]>()
    const spy: Runtime = {
      load: async () => ({
        run: async (feeds) => {
          for (const [name, v] of feeds) seen.set(name, [...(seen.get(name) ?? []), v])
          return new Map([['y', ConstantValue.scalarOf('float32', 1)]])
        },
        release: async () => undefined,
      }),
    }
    await verifyNetworks(snapshotOf(net(text)), snapshotOf(net(text)), spy)
    return seen
  }

  const rowsOf = (v: ConstantValue): number[][] =>
    Array.from({ length: v.shape[0]! }, (_, r) => Array.from(v.numbers()).slice(r * v.shape[1]!, (r + 1) * v.shape[1]!))

  test('indices stay below the smallest table that they index into, through casts and reshapes', async () => {
    const text =
      'in ids int32[2,16]\nconst big float32[9,4]\nconst small float32[3,4]\nconst s int64[1] = -1\ni = Cast<to=7>(ids)\ny = Add(Gather(big, i), Gather(small, Reshape(i, s)))\nout y'
    const ids = (await given(text)).get('ids')!
    for (const v of ids) expect(Math.max(...Array.from(v.numbers()))).toBeLessThan(3)
    expect(new Set(ids.flatMap((v) => Array.from(v.numbers()))).size).toBe(3)
  })

  test('masks are 0 and 1: one run attends everywhere, one pads on the right, one leaves a row no position', async () => {
    const text = 'in attention_mask int64[4,8]\ny = Cast<to=1>(attention_mask)\nout y'
    // Each run feeds both sides.
    const runs = (await given(text))
      .get('attention_mask')!
      .filter((_, i) => i % 2 === 0)
      .map(rowsOf)
    expect(runs[0]!.flat().every((x) => x === 1)).toBe(true)
    for (const row of runs[1]!) expect(row).toEqual([...row].sort((a, b) => b - a))
    for (const row of runs[1]!) expect(row[0]).toBe(1)
    expect(runs[2]!.at(-1)).toEqual(Array(8).fill(0))
    expect(runs[2]!.slice(0, -1).flat()).toContain(1)
  })

  test('no row of half floats is masked as a whole: what it gives is how a runtime rounds', async () => {
    const text = 'in attention_mask int64[4,8]\ny = Cast<to=10>(attention_mask)\nout y'
    for (const v of (await given(text)).get('attention_mask')!) for (const row of rowsOf(v)) expect(row[0]).toBe(1)
  })

  test('what is cast to a boolean is a mask whatever its name', async () => {
    const text = 'in m int64[2,8]\nin x float32[2,8]\ny = Where(Cast<to=9>(m), x, 0)\nout y'
    for (const v of (await given(text)).get('m')!) for (const x of Array.from(v.numbers())) expect([0, 1]).toContain(x)
  })

  test('symbolic sizes: equal names are equal, expressions come to what they say', async () => {
    const seen = await given('in x float32[batch,seq]\nin z float32[seq,batch]\ny = MatMul(x, z)\nout y')
    const [x, z] = [seen.get('x')![0]!, seen.get('z')![0]!]
    expect([...z.shape].reverse()).toEqual(x.shape)
    expect(x.shape[0]).not.toBe(x.shape[1])
  })

  test.each(['in x float32[batch,samples]', 'in x float32[2,samples]', 'in x float32[samples,samples]'])(
    'a model that wants more samples than most gets them: %s',
    async (input) => {
      const text = `${input}\nconst p int64[4] = 0 100 0 100\ny = Pad<mode="reflect">(x, p)\nout y`
      const network = snapshotOf(net(text))
      expect(await verifyNetworks(network, network, ort)).toMatchObject({ verdict: 'equal' })
    },
  )

  test('an input that would be larger than anybody waits for is not made: the reason is that of usual sizes', async () => {
    const text = 'in x float32[a,b,c]\nconst p int64[6] = 0 0 1000 0 0 1000\ny = Pad<mode="reflect">(x, p)\nout y'
    const network = snapshotOf(net(text))
    const { verdict, reason } = await verifyNetworks(network, network, ort)
    expect([verdict, reason]).toEqual(['cannot-run', expect.stringMatching(/Pad reflect.*16/) as string])
  })
})

test.each(['RandomNormalLike(v)', 'Bernoulli(Sigmoid(v))', 'Dropout(v, 0.5, t)'])(
  'a network that draws random numbers is not said to differ, and no pass: %s',
  async (drawn) => {
    const drawing = (v: string) =>
      snapshotOf(net(`in x float32[64]\nconst t bool[] = 1\nv = ${v}\ny = ${drawn}\nout y`, 20))
    const { verdict, reason } = await verifyNetworks(drawing('Neg(Neg(x))'), drawing('Identity(x)'), ort)
    expect([verdict, reason]).toEqual(['cannot-run', expect.stringContaining('draws random numbers') as string])
  },
)

test('one that draws random numbers is another than one that does not', async () => {
  const network = (y: string) => snapshotOf(net(`in x float32[64]\nconst t bool[] = 1\ny = ${y}\nout y`, 20))
  const { verdict, reason } = await verifyNetworks(network('Dropout(x, 0.5, t)'), network('Identity(x)'), ort)
  expect([verdict, reason]).toEqual(['different', expect.stringMatching(/draws random numbers.*does not/) as string])
})

describe('one step', () => {
  /** Cuts out what `change` does to a network, and runs it. */
  function step(text: string, change: (n: Network) => void): { network: Network; region: ReturnType<typeof cutStep> } {
    const network = networkFromSnapshot(snapshotOf(net(text)), net(text).dialect)
    const transaction = network.transact({ label: 'test' }, () => change(network)) as Transaction
    return { network, region: cutStep(network, transaction) }
  }
  const replace = (n: Network, kind: string, made: string, inputs = n.layersOfKind(kind)[0]!.getInputs()): void => {
    const old = n.layersOfKind(kind)[0]!
    const layer = n.addLayer({ kind: made, inputs, before: old })
    old.output()!.replaceAllUsesWith(layer.output()!)
    old.markAsRemoved()
  }
  const LONG = 'in x float32[8]\na = Exp(x)\nb = Neg(a)\nc = Abs(b)\nd = Sin(c)\ny = Cos(d)\nout y'

  test('the region holds what was touched and no more', async () => {
    const { region } = step(LONG, (n) => replace(n, 'Abs', 'Relu'))
    expect(region).toMatchObject({ before: { layers: [{ kind: 'Abs' }] }, after: { layers: [{ kind: 'Relu' }] } })
    expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'different' })
  })

  test('values that only one side uses are traced back to common ones', async () => {
    const { region } = step(LONG, (n) => replace(n, 'Abs', 'Abs', [n.layersOfKind('Exp')[0]!.output()!]))
    expect(region).toMatchObject({ before: { layers: [{}, {}] }, after: { layers: [{}] } })
    expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'equal' })
  })

  test('an attribute that changes alters its layer', async () => {
    const { region } = step('in x float32[4,4]\ny = Softmax<axis=0>(x)\nout y', (n) =>
      n.setAttribute(n.layersOfKind('Softmax')[0]!, 'axis', 1),
    )
    expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'different' })
  })

  test('two operands that change at once are judged by the result', async () => {
    const { region } = step('in x float32[4]\nin z float32[4]\ny = Add(x, z)\nout y', (n) => {
      const add = n.layersOfKind('Add')[0]!
      const [x, z] = add.getInputs()
      n.setInput(add, 0, z!)
      n.setInput(add, 1, x!)
    })
    expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'equal' })
  })

  test('integers are computed rather than invented', async () => {
    const text =
      'in x float32[2,N,4]\ns = Shape(x)\nconst m int64[1] = -1\nconst i int64[1] = 0\ny = Reshape(x, Concat<axis=0>(Gather(s, i), m))\nout y'
    const { region } = step(text, (n) => {
      const reshape = n.layersOfKind('Reshape')[0]!
      const made = n.addLayer({
        kind: 'Reshape',
        inputs: [reshape.input(0), n.addConstant(ConstantValue.of('int64', [2], [0, -1]))],
        before: reshape,
      })
      reshape.output()!.replaceAllUsesWith(made.output()!)
      reshape.markAsRemoved()
    })
    expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'equal' })
  })

  describe('far from all common inputs', () => {
    const TOO_FAR = 'the two sides have no common inputs within 400 layers'

    /** `t = Abs(x)` stands for 450 of them. */
    function deep(text: string, change: (n: Network) => void, mayBeStricter = false): ReturnType<typeof cutStep> {
      const network = net(`in x float32[N,4]\nt = Abs(x)\n${text}\nout y`)
      const last = network.layersOfKind('Abs')[0]!
      let at = network.getInputs()[0]!
      for (let i = 1; i < 450; i++) at = network.addLayer({ kind: 'Abs', inputs: [at], before: last }).output()!
      network.setInput(last, 0, at)
      const transaction = network.transact({ label: 'test' }, () => change(network)) as Transaction
      return cutStep(network, transaction, mayBeStricter)
    }
    const bySine = (kind: string) => (n: Network) => replace(n, kind, 'Identity', [n.layersOfKind('Sin')[0]!.output()!])

    test('sizes are known by their names', async () => {
      const region = deep('y = Shape(t)', (n) => replace(n, 'Shape', 'Shape', [n.getInputs()[0]!]))
      expect(region).toMatchObject({ before: { layers: [{ kind: 'Shape' }] } })
      expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'equal' })
    })

    test('what is equal for any values of one side is equal', async () => {
      const text =
        'const s int64[2] = 4 0\nu = Neg(t)\np, e = Split<axis=1>(t, s)\nw = Sin(u)\ny = Concat<axis=1>(w, e)'
      expect(deep(text, bySine('Concat'))).toBe(TOO_FAR)
      const region = deep(text, bySine('Concat'), true)
      expect(region).toMatchObject({ isStricter: true })
      expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'equal' })
    })

    test('what is different for some says nothing', async () => {
      const region = deep('u = Neg(t)\nw = Sin(u)\ny = Add(w, t)', bySine('Add'), true)
      expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'cannot-run', reason: TOO_FAR })
    })
  })

  test('a step that changes no value needs no run', async () => {
    const { region } = step(LONG, (n) => n.renameLayer(n.layersOfKind('Abs')[0]!, 'renamed'))
    expect(region).toBeNull()
    expect(await verifyStep(region, ort)).toMatchObject({ verdict: 'equal', maxAbsolute: 0 })
  })

  test('the network is as it was, and the region stays when it changes', async () => {
    const { network, region } = step(LONG, (n) => replace(n, 'Abs', 'Relu'))
    const copy = JSON.stringify(region)
    replace(network, 'Sin', 'Cos')
    expect(JSON.stringify(region)).toBe(copy)
  })
})
