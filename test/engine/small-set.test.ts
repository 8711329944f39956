import { expect, test } from 'vitest'
import { SmallSet } from '../../src/engine/store/small-set'

for (const count of [0, 1, 8, 9, 10, 100]) {
  test(`a set of ${count} keeps the order of adding and holds nothing twice`, () => {
    const set = new SmallSet<number>()
    const numbers = Array.from({ length: count }, (_, i) => (i * 7) % 101)
    expect(numbers.map((n) => set.add(n))).toEqual(numbers.map(() => true))
    expect(numbers.map((n) => set.add(n))).toEqual(numbers.map(() => false))
    expect(set.list).toEqual(numbers)
    expect([...numbers, 101].map((n) => set.has(n))).toEqual([...numbers.map(() => true), false])
  })
}
