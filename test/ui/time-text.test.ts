import { expect, test } from 'vitest'
import { timeText } from '../../src/ui/widgets/time-text'

const NOW = new Date(2026, 10, 29, 14, 30).getTime()
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime()

test.each([
  [NOW - 20_000, 'just now'],
  [NOW - 90_000, 'a minute ago'],
  [NOW - 12 * 60_000, '12 minutes ago'],
  [at(2026, 10, 29, 9, 5), 'today 9:05'],
  [at(2026, 10, 28, 23, 59), 'yesterday 23:59'],
  [at(2026, 10, 24, 12, 0), 'Tuesday'],
  [at(2026, 2, 3, 12, 0), '3 March'],
  [at(2025, 2, 3, 12, 0), '3 March 2025'],
  [NOW + 5000, 'just now'],
])('%i is said as %s', (time, text) => {
  expect(timeText(time, NOW)).toBe(text)
})
