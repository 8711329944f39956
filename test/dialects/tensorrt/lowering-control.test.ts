/** If, Loop and Scan in TensorRT's loops and conditionals and back: which layers, the same numbers, and what has no counterpart. */
import { describe, expect, test } from 'vitest'
import { exportBody, exportOnnx, importOnnx } from '../../../src/dialects/onnx'
import { lowerOnnx, raiseToOnnx } from '../../../src/dialects/tensorrt'
import { snapshotOf, verifyNetwork } from '../../../src/engine'
import type { Attributes, DType, NetworkSnapshot, Shape } from '../../../src/engine'
import { verifyNetworks } from '../../../src/verify'
import { nodeRuntime } from '../../../src/verify/node'
import { net } from '../../patterns/notation'

const runtime = nodeRuntime()

interface Case {
  /** The network around it. */
  readonly around: string
  readonly kind: 'If' | 'Loop' | 'Scan'
  /** By their names; `-` for one that is not given. */
  readonly operands: string
  /** Bodies by their names. Their inputs are their own, then what they capture. */
  readonly bodies: Readonly<Record<string, string | Case>>
  /** So many of the inputs are their own. */
  readonly own: number
  readonly gives: readonly (readonly [DType, Shape | null])[]
  readonly attributes?: Attributes
}

function networkOf({ around, kind, operands, bodies, own, gives, attributes }: Case): NetworkSnapshot {
  const network = net(around, 21)
  const values = new Map(network.getTensors().map((t) => [t.name, t]))
  for (const { name, tensor } of network.outputs) values.set(name, network.getTensor(tensor)!)
  const named = (name: string) => (name === '-' ? null : (values.get(name) ?? expect.fail(`there is no ${name}`)))
  const written = Object.entries(bodies).map(
    ([name, text]) =>
      [name, exportBody(typeof text === 'string' ? snapshotOf(net(text, 21)) : networkOf(text), own)] as const,
  )
  const captures = written[0]![1].captures
  const layer = network.addLayer({
    kind,
    name: 'control',
    inputs: [...operands.split(' ').filter((o) => o !== ''), ...captures].map(named),
    attributes: { ...attributes, ...Object.fromEntries(written) },
    outputs: gives.map(([dtype, shape]) => ({ dtype, shape })),
  })
  layer.getOutputs().forEach((t, i) => network.markOutput(t, `result_${i}`))
  return snapshotOf(network)
}

/** As a file has it: types that follow from nothing are gone. */
const onnxOf = (given: Case): NetworkSnapshot => importOnnx(exportOnnx(networkOf(given)).bytes).snapshot

const AROUND =
  'in x float32[2,3];in c bool[];const m int64[] = 4;const k float32[3] = 0.5;sum = Add(x, k);m2 = Add(m, m);out sum, m2'.replaceAll(
    ';',
    '\n',
  )
const lines = (text: string): string => text.replaceAll(';', '\n')
const BRANCHED = { around: AROUND, kind: 'If', operands: 'c', own: 0 } as const
const LOOPED = { around: AROUND, kind: 'Loop', own: 3, gives: [['float32', [2, 3]]] } as const
const turn = (text: string): { readonly body: string } => ({
  body: lines(`in i int64[];in go bool[];in s float32[2,3];${text}`),
})
const again = 'go2 = Identity(go)'

const cases: Readonly<Record<string, readonly [Case, kinds: string]>> = {
  'an If of two branches': [
    {
      ...BRANCHED,
      bodies: {
        then_branch: lines('in x float32[2,3];y = Relu(x);out y'),
        else_branch: lines('in x float32[2,3];y = Neg(x);out y'),
      },
      gives: [['float32', [2, 3]]],
    },
    'SHUFFLE ELEMENTWISE ELEMENTWISE CONDITION CONDITIONAL_INPUT ACTIVATION UNARY CONDITIONAL_OUTPUT',
  ],
  'a Loop that is counted': [
    { ...LOOPED, operands: 'm - x', bodies: turn(`${again};n = Mul(s, s);out go2, n`) },
    'SHUFFLE ELEMENTWISE ELEMENTWISE TRIP_LIMIT RECURRENCE ELEMENTWISE LOOP_OUTPUT',
  ],
  'a Loop that asks for its turn and takes a value from outside': [
    {
      ...LOOPED,
      operands: 'm - x',
      bodies: turn(`in sum float32[2,3];${again};f = Cast<to=1>(i);p = Mul(sum, f);n = Add(s, p);out go2, n`),
    },
    'SHUFFLE ELEMENTWISE ELEMENTWISE TRIP_LIMIT RECURRENCE RECURRENCE CAST SHUFFLE ELEMENTWISE ELEMENTWISE ELEMENTWISE LOOP_OUTPUT',
  ],
  'a Loop that gives the values of its turns': [
    {
      ...LOOPED,
      operands: 'm - x',
      bodies: turn(`${again};h = Mul(s, 0.5);out go2, h, s`),
      gives: [
        ['float32', [2, 3]],
        ['float32', [null, 2, 3]],
      ],
    },
    'SHUFFLE ELEMENTWISE ELEMENTWISE TRIP_LIMIT RECURRENCE SHUFFLE ELEMENTWISE LOOP_OUTPUT LOOP_OUTPUT',
  ],
  'a Loop that ends by its values': [
    {
      ...LOOPED,
      operands: '- c x',
      bodies: turn('h = Mul(s, 0.5);a = Abs(h);t = ReduceMax<keepdims=0>(a);go2 = Greater(t, 0.25);out go2, h'),
    },
    '',
  ],
  'a Loop that ends by its values or its count': [
    {
      ...LOOPED,
      operands: 'm c x',
      bodies: turn('h = Mul(s, 0.5);a = Abs(h);t = ReduceMax<keepdims=0>(a);go2 = Greater(t, 0.25);out go2, h'),
    },
    '',
  ],
  'a Loop with an If in it, which takes values of the turn and from outside of both': [
    {
      ...LOOPED,
      operands: 'm - x',
      bodies: {
        body: {
          around: lines(
            'in i int64[];in go bool[];in s float32[2,3];in sum float32[2,3];const t int64[] = 2;go2 = Identity(go);early = Less(i, t);out go2',
          ),
          kind: 'If',
          operands: 'Less_1_output',
          own: 0,
          bodies: {
            then_branch: lines('in s float32[2,3];in sum float32[2,3];y = Add(s, sum);out y'),
            else_branch: lines('in s float32[2,3];in sum float32[2,3];p = Mul(s, 0.5);y = Sub(p, sum);out y'),
          },
          gives: [['float32', [2, 3]]],
        },
      },
    },
    '',
  ],
  'a Loop in a Loop of the same name': [
    {
      ...LOOPED,
      operands: 'm - x',
      bodies: {
        body: {
          ...LOOPED,
          around: lines(
            'in i int64[];in go bool[];in s float32[2,3];const k int64[] = 2;go2 = Identity(go);k2 = Add(k, k);z = Mul(s, 0.5);out go2',
          ),
          operands: 'k - Mul_2_output',
          bodies: turn(`${again};n = Add(s, 0.25);out go2, n`),
        },
      },
    },
    '',
  ],
  'an If with a Loop in a branch': [
    {
      ...BRANCHED,
      bodies: {
        then_branch: {
          ...LOOPED,
          around: lines('in x float32[2,3];in m int64[];z = Neg(x);out z'),
          operands: 'm - z',
          bodies: turn(`${again};n = Mul(s, s);out go2, n`),
        },
        else_branch: lines('in x float32[2,3];in m int64[];y = Neg(x);w = Relu(x);out y, w'),
      },
      gives: [
        ['float32', [2, 3]],
        ['float32', [2, 3]],
      ],
    },
    '',
  ],
  'a Loop that gives what is the same in each turn': [
    {
      ...LOOPED,
      operands: 'm - x',
      bodies: turn(`in sum float32[2,3];${again};n = Mul(s, 0.5);r = Relu(sum);out go2, n, r`),
      gives: [
        ['float32', [2, 3]],
        ['float32', [null, 2, 3]],
      ],
    },
    '',
  ],
  'a Scan': [
    {
      around: lines('in x float32[4,3];in s float32[3]\nz = Relu(x)'),
      kind: 'Scan',
      operands: 's x',
      own: 2,
      bodies: { body: lines('in s float32[3];in e float32[3];n = Add(s, e);o = Mul(n, 2.0);out n, o') },
      attributes: { num_scan_inputs: 1 },
      gives: [
        ['float32', [3]],
        ['float32', [4, 3]],
      ],
    },
    'ACTIVATION TRIP_LIMIT RECURRENCE ITERATOR ELEMENTWISE SHUFFLE ELEMENTWISE LOOP_OUTPUT LOOP_OUTPUT',
  ],
  'a Scan backwards, along another axis': [
    {
      around: lines('in x float32[3,N];in s float32[3]\nz = Relu(x)'),
      kind: 'Scan',
      operands: 's x',
      own: 2,
      bodies: { body: lines('in s float32[3];in e float32[3];n = Add(s, e);o = Mul(n, 2.0);out n, o') },
      attributes: {
        num_scan_inputs: 1,
        scan_input_axes: [-1],
        scan_input_directions: [1],
        scan_output_axes: [1],
        scan_output_directions: [1],
      },
      gives: [
        ['float32', [3]],
        ['float32', [3, null]],
      ],
    },
    '',
  ],
}

describe('control flow is lowered, and gives the same numbers', () => {
  test.each(Object.entries(cases))('%s', async (_, [given, kinds]) => {
    const onnx = onnxOf(given)
    const { network, plugins } = lowerOnnx(onnx)
    expect(plugins).toEqual([])
    expect(verifyNetwork(network)).toEqual([])
    const made = network.getLayers().map((l) => l.kind).filter((k) => k !== 'CONSTANT').join(' ') // prettier-ignore
    if (kinds !== '') expect(made).toBe(kinds)
    const back = raiseToOnnx(snapshotOf(network))
    expect(await verifyNetworks(onnx, back, await runtime, { seeds: [1, 2, 3] })).toMatchObject({ verdict: 'equal' })
  })
})

test('a size that has no name has none in a loop either', () => {
  const around = lines(
    'in x float32[2,N];in c bool[];const m int64[] = 4;z = NonZero(x);w = Cast<to=1>(z);m2 = Add(m, m);out w, m2',
  )
  const given: Case = {
    ...LOOPED,
    around,
    operands: 'm - w',
    bodies: { body: lines(`in i int64[];in go bool[];in s float32[R,K];${again};n = Mul(s, 0.5);out go2, n`) },
    gives: [['float32', [2, null]]],
  }
  const { network, plugins } = lowerOnnx(onnxOf(given))
  expect(plugins).toEqual([])
  expect(network.layersOfKind('RECURRENCE').map((l) => l.output()!.shape)).toEqual([[2, null]])
  const named = network.getTensors().flatMap((t) => (t.shape ?? []).filter((d) => typeof d === 'string'))
  expect(new Set(named)).toEqual(new Set(['N']))
  expect(verifyNetwork(network)).toEqual([])
})

const twins: Readonly<Record<string, readonly [Case, reason: string]>> = {
  'branches of different rank': [
    {
      ...BRANCHED,
      bodies: {
        then_branch: lines('in x float32[2,3];y = Relu(x);out y'),
        else_branch: lines('in x float32[2,3];y = ReduceSum<keepdims=0>(x);out y'),
      },
      gives: [['float32', null]],
    },
    'its branches give values of rank 2 and 0',
  ],
  'a value that grows from turn to turn': [
    {
      ...LOOPED,
      operands: 'm - x',
      bodies: turn(`${again};n = Concat<axis=0>(s, s);out go2, n`),
      gives: [['float32', [null, 3]]],
    },
    'is not known to keep its shape',
  ],
  'a body that says of a value that grows that it does not': [
    {
      ...LOOPED,
      around: lines('in x float32[N,3];in c bool[];const m int64[] = 4;z = Relu(x);m2 = Add(m, m);out z, m2'),
      operands: 'm - x',
      bodies: {
        body: lines(`in i int64[];in go bool[];in s float32[N,3];${again};n = Concat<axis=0>(s, s);out go2, n`),
      },
    },
    'is not known to keep its shape',
  ],
  'the values of turns of a loop that may end early': [
    {
      ...LOOPED,
      operands: 'm c x',
      bodies: turn('h = Mul(s, 0.5);t = ReduceMax<keepdims=0>(h);go2 = Greater(t, 0.25);out go2, h, s'),
      gives: [
        ['float32', [2, 3]],
        ['float32', [null, 2, 3]],
      ],
    },
    'may end before its count',
  ],
  'a loop without an end': [
    { ...LOOPED, operands: '- - x', bodies: turn(`${again};n = Mul(s, s);out go2, n`) },
    'neither a count that TensorRT takes nor a condition',
  ],
}

describe('what TensorRT cannot do is a plugin layer that says why', () => {
  test.each(Object.entries(twins))('%s', (_, [given, reason]) => {
    const { network, plugins } = lowerOnnx(onnxOf(given))
    expect(plugins).toMatchObject([{ layer: 'control', operator: given.kind, reason: expect.stringContaining(reason) }])
    expect(network.kinds().filter((k) => /LOOP|RECURRENCE|TRIP|CONDITION/.test(k))).toEqual([])
  })
})
