import { describe, expect, test } from 'vitest'
import { net, netLike } from './notation'
import { wiringDifference } from './wiring'

const X = 'in x float32[2,8]\nin z float32[2,8]\nconst w float32[8]'
const differs = (a: string, b: string) => wiringDifference(net(`${X}\n${a}`), net(`${X}\n${b}`))

describe('two networks are the same up to names', () => {
  test.each([
    ['other names of layers and values', 'y = Relu(Add(x, w))\nout y', 'h = Add(x, w)\ny = Relu(h)\nout y'],
    ['another order of layers', 'a = Relu(x)\nb = Abs(z)\nout a, b', 'b = Abs(z)\na = Relu(x)\nout a, b'],
    ['an attribute that is as by default', 'y = Softmax<axis=-1>(x)\nout y', 'y = Softmax(x)\nout y'],
  ])('%s', (_, a, b) => {
    expect(differs(a, b)).toBeNull()
  })

  test('a constant without data stands for any of its type', () => {
    const before = net(`${X}\ny = Add(x, w)\nout y`)
    expect(wiringDifference(netLike(before, 'const c float32[8] = ?\ny = Add(x, c)'), before)).toBeNull()
    expect(wiringDifference(netLike(before, 'const c float32[4] = ?\ny = Add(x, c)'), before)).toBe(
      'output y < operand 1 of Add: expected a constant float32[4], found a constant float32[8]',
    )
  })
})

describe('and differ by', () => {
  test.each([
    ['swapped operands', 'y = Sub(x, z)\nout y', 'y = Sub(z, x)\nout y', /operand 1 of Sub: expected network input z/],
    ['a kind', 'y = Relu(x)\nout y', 'y = Abs(x)\nout y', /output y: expected Relu, found Abs/],
    ['an attribute', 'y = Softmax<axis=0>(x)\nout y', 'y = Softmax(x)\nout y', /expected Softmax<.*0/],
    ['a constant', 'y = Add(x, 1)\nout y', 'y = Add(x, 2)\nout y', /another constant/],
    ['which result is used', 'a, y = Split<axis=0>(x)\nout y', 'y, a = Split<axis=0>(x)\nout y', /result 1 of Split/],
    ['what is shared', 'a = Relu(x)\ny = Add(a, a)\nout y', 'y = Add(Relu(x), Relu(x))\nout y', /shared/],
    ['an operand that is not given', 'y = Clip(x, 0, 1)\nout y', 'y = Clip(x, 0)\nout y', /found no operand/],
    ['the order of outputs', 'a = Relu(x)\nb = Abs(x)\nout a, b', 'a = Relu(x)\nb = Abs(x)\nout b, a', /outputs/],
    [
      'a layer that leads nowhere',
      'y = Relu(x)\nout y',
      'd = Abs(x)\ny = Relu(x)\nout y',
      /1 layers lead to no output/,
    ],
  ])('%s', (_, a, b, reason) => {
    expect(differs(a, b)).toMatch(reason)
  })
})
