import { expect, test } from 'vitest'
import { commands } from '../../src/editor/commands/list'

test.each(commands.flatMap((c) => c.keys.map((key) => [key, c.title])))(
  '%s is the key of one command: %s',
  (key, title) => {
    expect(commands.filter((c) => c.keys.includes(key)).map((c) => c.title)).toEqual([title])
  },
)

test('every command has an id of its own', () => {
  expect(new Set(commands.map((c) => c.id)).size).toBe(commands.length)
})
