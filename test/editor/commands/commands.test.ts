import { expect, test } from 'vitest'
import { commands } from '../../../src/editor/commands/list'

test('no two commands have the same key', () => {
  const keys = commands.flatMap((c) => c.keys)
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
})
