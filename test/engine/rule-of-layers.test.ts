/** Rules that are made of layers of a network: they match where they came from, and what they are made for. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import { findMatches, Match, parseRule, printRule, ruleOfLayers, RulePattern, Schemas } from '../../src/engine'
import type { Kept, Layer, Network } from '../../src/engine'
import { net } from '../patterns/notation'

const NEWEST = Schemas.newest(onnxDialect)

function made(network: Network, layers: readonly Layer[], chosen: Readonly<Record<string, Kept>> = {}) {
  const { graph, parts } = ruleOfLayers(layers, new Map(Object.entries(chosen)))
  const text = printRule(graph)
  const pattern = new RulePattern(parseRule(text), { schemas: NEWEST })
  const roots = [...findMatches(network, { label: 'rule', pattern, benefit: 1 })].filter((m) => m instanceof Match)
  return {
    text,
    parts,
    matches: roots.length,
    sides: text.split('=>\n').map((s) => s.replace(/^rule .*\n/, '').trim()),
  }
}

const GELU = `in x float32[2,8]
const w float32[8]
y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)
z = Mul(y, Softmax<axis=1>(w))
out z`

describe('a rule of a selection', () => {
  test('nests what is used once, keeps numbers, and begins with the same right side', () => {
    const network = net(GELU)
    const layers = network.getLayers().slice(0, 5)
    const { sides, matches } = made(network, layers)
    expect(sides[0]).toBe('y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)')
    expect(sides[1]).toBe(sides[0])
    expect(matches).toBe(1)
  })
  test('an operator that a domain does not have is declared', () => {
    const network = net('in x float32[2]\ny = Relu(com.microsoft.Gellu(x))\nout y')
    const { text, matches } = made(network, network.getLayers())
    expect(text).toContain('operator com.microsoft.Gellu\ny = Relu(com.microsoft.Gellu(x))')
    expect(matches).toBe(1)
  })
  test('a constant within a tolerance, or any: the same key stays for the choice', () => {
    const network = net(GELU.replace('out z', 'v = Mul(Mul(z, Add(Erf(Div(z, 1.4142)), 1)), 0.5)\nout v'))
    const layers = network.getLayers().slice(0, 5)
    const { parts, matches } = made(network, layers)
    const key = parts.find((p) => p.title.startsWith('constant 1.4142'))!.key
    expect(matches).toBe(1)
    expect(made(network, layers, { [key]: 'tolerance' })).toMatchObject({ matches: 2 })
    const any = made(network, layers, { [key]: 'any' })
    expect(any.sides[0]).toContain('Div(x, @c)')
    expect(any.sides[1]).toContain('Div(x, c)')
    expect(any.parts.find((p) => p.key === key)?.kept).toBe('any')
  })
  test('operands that may be swapped match either way, or as they stand', () => {
    const network = net(
      'in x float32[2]\na = Mul(Sigmoid(x), x)\nb = Mul(x, Sigmoid(x))\nc = Sub(x, Neg(x))\nout a, b, c',
    )
    const either = made(network, network.getLayers().slice(0, 2))
    const order = either.parts.find((p) => p.title.startsWith('order of operands'))!
    expect([order.kept, order.choices, either.matches]).toEqual(['any', ['any', 'exact'], 2])
    const one = made(network, network.getLayers().slice(0, 2), { [order.key]: 'exact' })
    expect([one.sides, one.matches]).toEqual([['y = Mul!(Sigmoid(x), x)', 'y = Mul(Sigmoid(x), x)'], 1])
    const fixed = made(network, network.getLayers().slice(-2))
    expect(fixed.parts.some((p) => p.title.startsWith('order'))).toBe(false)
  })
  test('infinity is a number as others are, and what is no number is a constant of any value', () => {
    const network = net(
      'in x float32[2]\nin c bool[2]\nconst n float32[] = NaN\ny = Mul(Where(c, x, -inf), n)\nout y'.replace(
        '-inf',
        '-1e999',
      ),
    )
    const { sides, parts, matches } = made(network, network.getLayers())
    expect(sides[0]).toBe('y = Mul(Where(x, x2, -inf), @b)')
    expect(matches).toBe(1)
    expect(parts.find((p) => p.title.startsWith('constant'))?.choices).toEqual(['exact', 'any'])
  })
  test('attributes as they are or whatever they are, those that are not given by their defaults', () => {
    const network = net('in x float32[2,3]\ny = Softmax<axis=0>(x)\nz = Softmax(Neg(x))\nout y, z')
    const [first] = network.getLayers()
    const exact = made(network, [first!])
    expect(exact).toMatchObject({ matches: 1 })
    expect(exact.sides[0]).toBe('y = Softmax<axis=0>(x)')
    const any = made(network, [first!], { [exact.parts[0]!.key]: 'any' })
    expect(any.sides[0]).toBe('y = Softmax<...$at1>(x)')
    expect(any.matches).toBe(2)
  })
  test('values that are used twice or outside have names; several results have several', () => {
    const network = net('in x float32[2,3]\na = Relu(x)\nb = Neg(a)\nc = Abs(a)\ny = Add(b, c)\nz = Exp(c)\nout y, z')
    const layers = network.getLayers().slice(0, 4)
    const { sides, matches } = made(network, layers)
    expect(sides[0]).toBe('relu = Relu(x)\ny1 = Abs(relu)\ny2 = Add(Neg(relu), y1)')
    expect(matches).toBe(1)
  })
  test('weights are constants by the name of what they are, absent operands are none', () => {
    const network = net(
      'in x float32[1,2,5,5]\nconst k float32[3,2,3,3]\ny = Clip(Conv<pads=[1,1,1,1]>(x, k), none, 6)\nout y',
    )
    const { sides, matches } = made(network, network.getLayers())
    expect(sides[0]).toContain('(x, @w), none, 6)')
    expect(sides[0]).toContain('strides=none')
    expect(matches).toBe(1)
  })
  test('of nothing, and of too much, is said', () => {
    expect(() => ruleOfLayers([])).toThrow(/Nothing is selected/)
    const many = net(
      `in x float32[2]\n${Array.from({ length: 41 }, (_, i) => `a${i} = Neg(${i ? `a${i - 1}` : 'x'})`).join('\n')}\nout a40`,
    )
    expect(() => ruleOfLayers(many.getLayers())).toThrow(/41 layers are too many/)
  })
})

test('a form that exporters write in two ways can be taken as either', () => {
  const network = net('in x float32[2,3]\ny = Add(Sqrt(x), Div(x, 4))\nout y', 20)
  const layers = network.getLayers()
  const { parts } = ruleOfLayers(layers)
  const forms = parts.filter((p) => p.key.startsWith('form'))
  expect(forms.map((p) => p.title.replace(/ of \S+:/, ':'))).toEqual([
    'form: also as Pow(x, 0.5)',
    'form: also as a product',
  ])
  const { graph } = ruleOfLayers(layers, new Map(forms.map((p) => [p.key, 'any'])))
  expect(printRule(graph)).toContain('(Sqrt(x) | Pow(x, 0.5 ~ 0.000001))')
  const pattern = new RulePattern(printRule(graph), { schemas: Schemas.newest(onnxDialect) })
  const other = net('in x float32[2,3]\ny = Add(Pow(x, 0.5), Mul(x, 0.25))\nout y', 20)
  expect([...findMatches(other, { label: 'a', pattern, benefit: 1 })].filter((f) => f instanceof Match)).toHaveLength(1)
})
