import { expect, test } from 'vitest'
import { commands } from '../../../src/editor/commands/list'
import type { Command } from '../../../src/editor/commands/command'
import type { PatternState } from '../../../src/editor/state/pattern-slice'

test('no two commands have the same key', () => {
  const keys = commands.flatMap((c) => c.keys)
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
})

test('the library is not offered to be run where no pattern takes part: what was found to be wrong does not', () => {
  const pattern = (more: Partial<PatternState>): PatternState =>
    ({ label: 'one', type: 'rewriter', on: true, log: [], ...more }) as unknown as PatternState
  const wrong = pattern({ tried: { verdict: 'differs', text: '' } })
  const offered = (patterns: readonly PatternState[]): boolean[] =>
    ['run-library', 'play-library'].map((id) =>
      commands
        .find((c) => c.id === id)!
        .enabled({ model: {}, planning: false, patterns } as unknown as Parameters<Command['enabled']>[0]),
    )
  expect(offered([wrong, pattern({})])).toEqual([true, true])
  expect(offered([wrong, pattern({ on: false })])).toEqual([false, false])
})
