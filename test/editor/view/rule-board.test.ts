/** Text and boards are two views of one rule: a change on a board writes one statement anew, and all else of the text stays. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../../src/dialects/onnx'
import {
  compileRule,
  parseRule,
  printRule,
  RulePattern,
  Schemas,
  sourceOfRule,
  withCondition,
  withMoreConditions,
} from '../../../src/engine'
import { onnxLibrary } from '../../../src/patterns'
import { boardsOf } from '../../../src/editor/view/rule-board'
import type { Board, BoardNode } from '../../../src/editor/view/rule-board'
import * as edits from '../../../src/editor/view/rule-board-edits'

const TEXT = `# what SiLU is
rule "SiLU"
s = Sigmoid(x)   # the gate
y = Mul(x, s)    # the product
=>
# one layer
y = com.microsoft.QuickGelu<alpha=1.0>(x)
where x.dtype in [float32, float16],
      x.rank >= 2  # no vectors
`
const boards = (text: string) => boardsOf(sourceOfRule(text))
const node = (board: Board, title: string): BoardNode => board.nodes.find((n) => n.title === title)!
const at = (text: string, title: string, side: 'left' | 'right' = 'left') => {
  const b = boards(text)
  return node(side === 'left' ? b.left : b.right[0]!, title).at!
}

describe('what a board shows', () => {
  test('layers, operands and lines, with conditions at what they speak of, and values that both sides have', () => {
    const { left, right, shared } = boards(TEXT)
    expect(left.nodes.map((n) => [n.type, n.title, n.names])).toEqual([
      ['value', 'x', ['x']],
      ['layer', 'Sigmoid', ['s']],
      ['layer', 'Mul', ['y']],
    ])
    expect(left.edges.map((e) => [e.from, e.to, e.port, e.name])).toEqual([
      ['left@x', 'left.0', 0, 'x'],
      ['left@x', 'left.1', 0, 'x'],
      ['left.0', 'left.1', 1, 's'],
    ])
    expect(right[0]!.nodes.map((n) => [n.title, n.attributes])).toEqual([
      ['x', []],
      ['com.microsoft.QuickGelu', [['alpha', '1']]],
    ])
    expect(node(right[0]!, 'x').conditions).toEqual([0, 1])
    expect(right[0]!.conditions).toEqual(['x.dtype in [float32, float16]', 'x.rank >= 2'])
    expect(shared).toEqual(['x', 'y'])
  })
  test('alternatives, optional layers, constants, several results and values that are handed on', () => {
    const { left, right } = boards('a, b = Split(Cast?(x))\n&t = Add(a | Neg(a), @w)\ny = Relu(t)\n=>\ny = x')
    expect(node(left, 'one of').ports).toHaveLength(2)
    expect(node(left, 'Cast').maybe).toBe(true)
    expect(node(left, 'Split').names).toEqual(['a', 'b'])
    expect(node(left, 'Add').shared).toBe(true)
    expect(node(left, 'w').constant).toBe(true)
    expect(node(right[0]!, 'y').type).toBe('result')
  })
  test('results as they are written, those that are left out too', () => {
    const { left, right } = boards('a = Add(x, z)\ny, _, s? = (F(a) | G(a))\n=>\ny, _, s = H(x, z)')
    expect(node(left, 'one of').results).toBe('y, _, s?')
    expect(node(left, 'F').results).toBe('')
    expect(node(right[0]!, 'H').results).toBe('y, _, s')
    const long = (names: string) =>
      boards(`y = F(x)\n=>\n${names} = com.microsoft.SkipSimplifiedLayerNormalization(x)`).right[0]!.nodes.at(-1)!.width
    expect(long('y, _, _, sum')).toBeGreaterThan(long('y') + 30)
  })
  const rules = onnxLibrary('ort').map((e) => [e.label, e.make('ort')] as const)
  const texts = rules.flatMap(([label, p]) => (p instanceof RulePattern ? [[label, printRule(p.graph)] as const] : []))
  test.each(texts)('the rule of the library: %s', (_, text) => {
    for (const board of [boards(text).left, ...boards(text).right]) {
      expect(board.nodes.length).toBeGreaterThan(0)
      const ids = new Set(board.nodes.map((n) => n.id))
      expect(ids.size).toBe(board.nodes.length)
      expect(board.edges.every((e) => ids.has(e.from) && ids.has(e.to))).toBe(true)
    }
  })
})

describe('a change on a board', () => {
  test('writes its statement anew, and no other line', () => {
    const now = edits.setAttribute(TEXT, at(TEXT, 'com.microsoft.QuickGelu', 'right'), 'alpha', '1.702')
    expect(now).toBe(TEXT.replace('<alpha=1.0>', '<alpha=1.702>'))
    expect(edits.setKind(TEXT, at(TEXT, 'Sigmoid'), 'HardSigmoid')).toBe(TEXT.replace('Sigmoid(x)', 'HardSigmoid(x)'))
    expect(edits.setMaybe(TEXT, at(TEXT, 'Sigmoid'), true)).toBe(TEXT.replace('Sigmoid(x)', 'Sigmoid?(x)'))
    const ordered = edits.setOrdered(TEXT, at(TEXT, 'Mul'), true)
    expect(ordered).toBe(TEXT.replace('Mul(', 'Mul!('))
    expect(edits.setOrdered(ordered, at(ordered, 'Mul'), false)).toBe(TEXT)
    expect(edits.setShared(TEXT, at(TEXT, 'Sigmoid'), true)).toBe(TEXT.replace('s = Sig', '&s = Sig'))
  })
  test('leads values to operands, by their names', () => {
    expect(edits.connect(TEXT, 'x', at(TEXT, 'Mul'), 1)).toBe(TEXT.replace('Mul(x, s)', 'Mul(x, x)'))
    expect(edits.setOperand(TEXT, at(TEXT, 'Mul'), 1, '0.5 ~ 1e-3')).toBe(
      TEXT.replace('Mul(x, s)', 'Mul(x, 0.5 ~ 0.001)'),
    )
    expect(edits.setOperand(TEXT, at(TEXT, 'Mul'), 1, '')).toBe(TEXT.replace('Mul(x, s)', 'Mul(x)'))
  })
  test('gives a name to what stood inside another layer', () => {
    const text = 'y = Add(Relu(x), z)\n=>\ny = x\n'
    expect(edits.connect(text, at(text, 'Relu'), at(text, 'Add'), 1)).toBe('r1 = Relu(x)\ny = Add(r1, r1)\n=>\ny = x\n')
  })
  test('puts layers in and takes them out', () => {
    const more = edits.addLayer(TEXT, null, 'Add')
    expect(more).toBe(
      TEXT.replace('s = Sig', 'a1 = Add(a2, a3)\ns = Sig').replace('a1 = Add(a2, a3)', 'a3 = Add(a1, a2)'),
    )
    expect(edits.removeAt(more, at(more, 'Add'))).toBe(TEXT)
    expect(edits.removeAt(TEXT, at(TEXT, 'Sigmoid'))).toBe(
      TEXT.replace('s = Sigmoid(x)   # the gate\n', '   # the gate\n').replace('Mul(x, s)', 'Mul(x, x)'),
    )
    expect(edits.addLayer(TEXT, 0, 'Relu')).toContain('# one layer\nr1 = Relu(x)\ny = com')
  })
  test('says which results a layer gives', () => {
    const text = 'y = Skip(x) # here\n=>\ny = Other(x)'
    const left = edits.setResults(text, at(text, 'Skip'), 'y, _, s?')
    expect(left).toBe('y, _, s? = Skip(x) # here\n=>\ny = Other(x)')
    const both = edits.setResults(left, at(left, 'Other', 'right'), 'y, _, s')
    expect(both).toBe('y, _, s? = Skip(x) # here\n=>\ny, _, s = Other(x)')
    expect(edits.setResults(both, at(both, 'Skip'), 'y')).toBe('y = Skip(x) # here\n=>\ny, _, s = Other(x)')
    expect(() => edits.setResults(both, at(both, 'Other', 'right'), 'y, s?')).toThrow(/left out by itself/)
    expect(() => edits.setResults(both, at(both, 'Skip'), 'y, y')).toThrow(/a name that is not defined yet/)
  })
  test('says of an operand that it must be a constant, wherever it stands', () => {
    const text = 'z = Mul(x, w)\ny = Add(z, w)\n=>\ny = x'
    expect(edits.setFlag(text, 'w', 'constant', true)).toBe('z = Mul(x, @w)\ny = Add(z, @w)\n=>\ny = x')
    expect(edits.setFlag('y = Gemm(a, b, c)\n=>\ny = a', 'c', 'optional', true)).toBe('y = Gemm(a, b, c?)\n=>\ny = a')
  })
  test('changes, adds and removes conditions', () => {
    const source = sourceOfRule(TEXT)
    const [side] = source.right as [(typeof source.right)[number]]
    expect(withCondition(source, side, 1, 'x.rank == 3')).toBe(TEXT.replace('x.rank >= 2', 'x.rank == 3'))
    expect(withCondition(source, side, 0, '')).toBe(TEXT.replace('x.dtype in [float32, float16],\n      ', ''))
    expect(withMoreConditions(source, side, 's.uses == 1')).toBe(
      TEXT.replace('x.rank >= 2', 'x.rank >= 2,\n      s.uses == 1'),
    )
    const bare = 'y = Relu(x)\n=>\ny = x\n'
    const plain = sourceOfRule(bare)
    const more = withMoreConditions(plain, plain.right[0]!, 'x.rank == 1')
    expect(more).toBe('y = Relu(x)\n=>\ny = x\nwhere x.rank == 1\n')
    const again = sourceOfRule(more)
    expect(withCondition(again, again.right[0]!, 0, '')).toBe(bare)
  })
  test.each([
    ['a text that is no operand', () => edits.setOperand(TEXT, at(TEXT, 'Mul'), 1, '((')],
    ['a line to a layer from what it gives', () => edits.connect(TEXT, at(TEXT, 'Mul'), at(TEXT, 'Sigmoid'), 0)],
    [
      'the last layer of a side',
      () => edits.removeAt('y = Relu(x)\n=>\ny = x', { outcome: null, statement: 0, path: [] }),
    ],
    [
      'a layer that is not there any more',
      () => edits.setKind(TEXT, { outcome: null, statement: 7, path: [] }, 'Relu'),
    ],
  ])('%s is refused', (_, act) => {
    expect(act).toThrow()
  })
  test('what comes of it is a rule that holds', () => {
    const text = edits.setKind(TEXT, at(TEXT, 'Sigmoid'), 'Softplus')
    expect(() => compileRule(parseRule(text), Schemas.newest(onnxDialect))).not.toThrow()
  })
})
