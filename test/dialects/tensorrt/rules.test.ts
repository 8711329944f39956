/** Rules on TensorRT's layers: attributes under the names of TensorRT's Python interface, words in quotes. */
import { expect, test } from 'vitest'
import { tensorrtDialect } from '../../../src/dialects/tensorrt'
import { Network, RewritePatternManager, RulePattern, Schemas, verifyNetwork } from '../../../src/engine'
import type { Attributes, Tensor } from '../../../src/engine'

const schemas = Schemas.newest(tensorrtDialect)

function network(
  build: (add: (kind: string, inputs: Tensor[], a?: Attributes) => Tensor, x: Tensor[]) => Tensor,
): Network {
  const made = new Network(tensorrtDialect)
  const inputs = ['a', 'b'].map((name) => made.addInput(name, 'float32', [4, 4]))
  const y = build(
    (kind, operands, attributes = {}) => made.addLayer({ kind, inputs: operands, attributes }).output()!,
    inputs,
  )
  made.markOutput(y, 'y')
  return made
}

const rewritten = (text: string, on: Network): number =>
  new RewritePatternManager().add('rule', new RulePattern(text, { schemas })).rewrite(on).rewrites

test('a product of a transposed matrix', () => {
  const text = `y = MATRIX_MULTIPLY<op0="NONE", op1="NONE">(a, SHUFFLE<first_transpose=[1, 0], reshape_dims=none, second_transpose=none>(b))
=>
y = MATRIX_MULTIPLY<op0="NONE", op1="TRANSPOSE">(a, b)`
  const on = network((add, [a, b]) => add('MATRIX_MULTIPLY', [a!, add('SHUFFLE', [b!], { first_transpose: [1, 0] })]))
  expect(rewritten(text, on)).toBe(1)
  expect(on.layersOfKind('MATRIX_MULTIPLY')[0]!.asLayer('MATRIX_MULTIPLY').op1).toBe('TRANSPOSE')
  expect(verifyNetwork(on)).toEqual([])
})

test('words of enums need no quotes, and are held to the enum', () => {
  const on = network((add, [a, b]) => add('ELEMENTWISE', [a!, add('UNARY', [b!], { op: 'NEG' })], { op: 'SUM' }))
  expect(rewritten('y = ELEMENTWISE<op=SUM>(a, UNARY<op=NEG>(b))\n=>\ny = ELEMENTWISE<op=SUB>(a, b)', on)).toBe(1)
  expect(on.layersOfKind('ELEMENTWISE')[0]!.attribute('op')).toBe('SUB')
  const refused = (left: string, right: string) => () => new RulePattern(`${left}\n=>\n${right}`, { schemas })
  const product = 'y = MATRIX_MULTIPLY<op0=NONE, op1=TRANSPOSE>(a, b)'
  expect(new RulePattern(`${product}\n=>\n${product}`, { schemas }).graph.left[0]!.value).toMatchObject({
    attributes: { op0: { literal: 'NONE' }, op1: { literal: 'TRANSPOSE' } },
  })
  expect(refused('y = UNARY<op=NEGG>(a)', 'y = UNARY<op=ABS>(a)')).toThrow(
    /^line 1, column 5: op of UNARY is one of EXP, .*, not "NEGG": do you mean NEG\?$/,
  )
  expect(refused('y = UNARY<op=NEG>(a)', 'y = UNARY<op=ABSS>(a)')).toThrow('do you mean ABS?')
  expect(refused('y = CAST<to_type=FLOAT>(a)', 'y = CAST<to_type=float>(a)')).toThrow('to_type of CAST is a string')
})

test('operands of a sum match either way, those of a difference do not', () => {
  const text = (op: string): string =>
    `y = ELEMENTWISE<op="${op}">(UNARY<op="NEG">(a), b)\n=>\ny = ELEMENTWISE<op="SUB">(b, a)`
  const on = (op: string): Network =>
    network((add, [a, b]) => add('ELEMENTWISE', [b!, add('UNARY', [a!], { op: 'NEG' })], { op }))
  expect([rewritten(text('SUM'), on('SUM')), rewritten(text('SUB'), on('SUB'))]).toEqual([1, 0])
})

test('what a kind does not have is told', () => {
  expect(
    () => new RulePattern('y = ELEMENTWISE<op="SUM">(a, b)\n=>\ny = ELEMENTWISE<opp="SUM">(a, b)', { schemas }),
  ).toThrow('ELEMENTWISE has no attribute opp: do you mean op?')
  expect(() => new RulePattern('y = ELEMENTWIZE(a, b)\n=>\ny = UNARY<op="NEG">(a)', { schemas })).toThrow(
    'do you mean ELEMENTWISE?',
  )
})
