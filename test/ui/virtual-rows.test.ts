import { expect, test } from 'vitest'
import { rowsInView } from '../../src/ui/widgets/use-virtual-rows'

test('a list that was scrolled to its end shows its rows when it becomes a short one', () => {
  const atEnd = { top: 97 * 28 - 200, height: 200 }
  expect(rowsInView(atEnd, 97, 28)).toEqual({ from: 83, to: 97 })
  expect(rowsInView(atEnd, 1, 28)).toEqual({ from: 0, to: 1 })
  expect(rowsInView(atEnd, 0, 28)).toEqual({ from: 0, to: 0 })
})
