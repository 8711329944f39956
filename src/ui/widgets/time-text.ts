/** A moment as one says it: `just now`, `12 minutes ago`, `today 14:02`, `yesterday 9:30`, `Monday`, `3 November`. */
const MINUTE = 60_000
const DAY = 86_400_000

/** @param time and `now` in milliseconds since 1970 */
export function timeText(time: number, now: number): string {
  const ago = now - time
  if (ago < MINUTE) return 'just now'
  if (ago < 60 * MINUTE) return ago < 2 * MINUTE ? 'a minute ago' : `${Math.floor(ago / MINUTE)} minutes ago`
  const at = new Date(time)
  const clock = at.toLocaleTimeString('en-GB', { hour: 'numeric', minute: '2-digit' })
  const days = Math.round((midnight(now) - midnight(time)) / DAY)
  if (days === 0) return `today ${clock}`
  if (days === 1) return `yesterday ${clock}`
  if (days < 7) return at.toLocaleDateString('en-GB', { weekday: 'long' })
  const year = at.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', ...year })
}

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0)
