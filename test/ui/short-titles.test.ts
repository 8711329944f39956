import { expect, test } from 'vitest'
import { shortTitles } from '../../src/ui/patterns/rule-editor/short-titles'

test('layers go by their last names, and by more where two would read the same', () => {
  expect(
    shortTitles([
      'order of operands of m/layer.0/dense/Add',
      'order of operands of m/layer.0/act/Add',
      'constant 1, B of m/layer.0/act/Add',
      'form of Div: also as a product',
    ]),
  ).toEqual([
    'order of operands of dense/Add',
    'order of operands of act/Add',
    'constant 1, B of Add',
    'form of Div: also as a product',
  ])
})

test('what no path tells apart stays whole', () => {
  expect(shortTitles(['of a/b/c/d/e/Add', 'of z/b/c/d/e/Add'])).toEqual(['of a/b/c/d/e/Add', 'of z/b/c/d/e/Add'])
})
