/** What other engines get wrong (the letters are those of the list in the rules' notes), run through the whole library. */
import { describe, expect, test } from 'vitest'
import { networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { Network } from '../../src/engine'
import { managerOf, onnxLibrary } from '../../src/patterns'
import { verifyNetworks } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { expectNoMatch, kindsOf } from './expect-rewrite'
import { net } from './notation'

const runtime = nodeRuntime()

/** The network after the whole library, with equal numbers. */
async function rewritten(network: Network): Promise<Network> {
  const before = snapshotOf(network)
  const after = networkFromSnapshot(before, network.dialect)
  const on = onnxLibrary('ort').filter((e) => !e.optIn)
  managerOf(on, 'ort').rewrite(after)
  expect(await verifyNetworks(before, snapshotOf(after), await runtime)).toMatchObject({ verdict: 'equal' })
  return after
}

describe('rules that other engines ship and that change results', () => {
  test.each([
    [
      'slices [0:2] and [2:5] of 5 are no even split (onnxscript)',
      'in x float32[5,4]\nconst a int64[1] = 0\nconst b int64[1] = 2\nconst c int64[1] = 5\nconst k int64[1] = 0\np = Slice(x, a, b, k)\nq = Slice(x, b, c, k)\ny = Relu(p)\nz = Relu(q)\nout y, z',
    ],
    ['Relu(Clip(x, -3, -1)) is 0 (onnxscript: -1)', 'in x float32[8]\ny = Relu(Clip(x, -3, -1))\nout y'],
    ['Clip(Clip(x, 0, 1), 2, 3) is 2 (onnxscript: 1)', 'in x float32[8]\ny = Clip(Clip(x, 0, 1), 2, 3)\nout y'],
    [
      'C that enlarges a product stays an Add (onnxscript: invalid Gemm)',
      'in x float32[1,4]\nconst w float32[4,3]\nconst c float32[2,3]\ny = Add(MatMul(x, w), c)\nout y',
    ],
    [
      'C of rank 3 stays an Add (onnxscript: invalid Gemm)',
      'in x float32[2,4]\nconst w float32[4,3]\nconst c float32[1,2,3]\ny = Add(MatMul(x, w), c)\nout y',
    ],
    [
      'a scale of rank above the value (onnxscript: invalid LayerNormalization)',
      'in x float32[2,8]\nconst s float32[1,1,8]\nconst b float32[8]\nconst l int64[1] = -1\nd = Sub(x, ReduceMean(x, l))\nr = Sqrt(Add(ReduceMean(Mul(d, d), l), 0.00001))\ny = Add(Mul(Div(d, r), s), b)\nout y',
    ],
    [
      'an affine of rank 5 in front of Conv (onnxscript: rank error)',
      'in x float32[1,2,4,4]\nconst k float32[1,1,1,1,1] = 3\nconst w float32[3,2,3,3]\nconst s int64[4] = 1 2 4 4\ny = Conv(Reshape(Mul(x, k), s), w)\nout y',
    ],
    [
      'beta counted once behind Gemm (onnxscript: twice)',
      'in x float32[2,4]\nconst w float32[4,3]\nconst c float32[3]\nconst g float32[3]\nconst b float32[3]\nconst m float32[3]\nconst v float32[3]\ny = BatchNormalization(Gemm<beta=0.5>(x, w, c), g, b, m, v)\nout y',
    ],
    [
      'a reshape that copies a size of the one in between',
      'in x float32[2,12]\nconst s int64[2] = 8 3\nconst t int64[3] = 0 1 -1\ny = Reshape(Reshape(x, s), t)\nout y',
    ],
    ['float to half to float is no identity', 'in x float32[8]\ny = Cast<to=1>(Cast<to=10>(x))\nout y'],
    [
      'a mean over channels first is no LayerNormalization (ORT tools: weights as bias)',
      'in x float32[2,4,3,3]\nconst s float32[4,1,1]\nconst b float32[4,1,1]\nconst a int64[1] = 1\nd = Sub(x, ReduceMean(x, a))\nr = Sqrt(Add(ReduceMean(Pow(d, 2), a), 0.00001))\ny = Add(Mul(Div(d, r), s), b)\nout y',
    ],
    [
      'means that keep no axis (ORT tools: not looked at)',
      'in x float32[8,8]\nconst s float32[8]\nconst b float32[8]\nconst l int64[1] = 1\nd = Sub(x, ReduceMean<keepdims=0>(x, l))\nr = Sqrt(Add(ReduceMean<keepdims=0>(Pow(d, 2), l), 0.00001))\ny = Add(Mul(Div(d, r), s), b)\nout y',
    ],
    [
      'Mul(x, x) under a root (ORT tools: crash)',
      'in x float32[2,8]\nconst s float32[8]\nconst l int64[1] = -1\nr = Sqrt(Add(ReduceMean(Mul(x, x), l), 0.00001))\ny = Mul(s, Div(x, r))\nz = Relu(r)\nout y, z',
    ],
    [
      'a QuickGelu whose factor is computed (ORT tools: crash)',
      'in x float32[2,8]\nin a float32[]\ny = Mul(x, Sigmoid(Mul(x, a)))\nout y',
    ],
    [
      'a softmax weighted from outside',
      'in x float32[2,4,4]\nin m float32[4,1]\ny = Softmax<axis=-1>(Add(x, m))\nout y',
    ],
  ])('%s', async (_, text) => {
    await rewritten(net(text))
  })
})

describe('what engines leave undone or break', () => {
  test('e: nested inverse pairs all cancel (onnxscript: one)', async () => {
    const text = `in x float32[2,3,4]\ny = Relu(Neg(Transpose<perm=[1,2,0]>(Neg(Neg(Transpose<perm=[2,0,1]>(Neg(x)))))))\nout y`
    expect(kindsOf(await rewritten(net(text)))).toBe('1 Relu')
  })
  test('f: public names survive where an output becomes an input (onnxscript: the input is renamed)', async () => {
    const after = await rewritten(net('in x float32[4]\ny = Identity(Dropout(x))\nout y'))
    expect([after.getInputs()[0]!.name, after.outputs[0]!.name]).toEqual(['x', 'y'])
  })
  test('f: two outputs that come to be one value', async () => {
    const after = await rewritten(net('in x float32[4]\ny = Relu(x)\nz = Identity(y)\nout y, z'))
    expect(after.outputs.map((o) => o.name)).toEqual(['y', 'z'])
  })
  test('sums with swapped operands are one (ONNX Runtime: two)', async () => {
    const after = await rewritten(net('in a float32[4]\nin b float32[4]\ny = Mul(Exp(Add(a, b)), Add(b, a))\nout y'))
    expect(kindsOf(after)).toBe('1 Add, 1 Exp, 1 Mul')
  })
  test('MLIR: an interior value with another user is refused, not erased', () => {
    const text = 'in x float32[1,2,4,4]\nconst w float32[2,2,1,1]\nc = Conv(x, w)\ny = Relu(c)\nz = Exp(c)\nout y, z'
    expectNoMatch('Conv and activation', net(text), /one user/)
  })
  test('Gelu in the two forms that ONNX Runtime leaves, in one network', async () => {
    const text = `in x float32[4,8]\na = Mul(x, Mul(0.5, Add(1, Erf(Div(x, 1.4142135)))))\ny = Mul(Mul(a, 0.5), Add(1, Erf(Mul(a, 0.70710678))))\nout y`
    expect(kindsOf(await rewritten(net(text)))).toBe('2 com.microsoft.Gelu')
  })
})
