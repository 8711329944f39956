/** Names in the browser's quick storage, where a page that dies a moment later leaves them. Of each tab its own. */
import type { Platform } from '../../editor'

const KEY = 'graft-code-at-work'

export const atWork: Platform['atWork'] = {
  read() {
    try {
      const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
      return Array.isArray(read) ? read.filter((name) => typeof name === 'string') : []
    } catch {
      return []
    }
  },
  write(names) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(names))
    } catch {
      // Then a page that dies leaves no trace of why.
    }
  },
}
