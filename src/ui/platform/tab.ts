/** This tab among the others: what it holds they see by the browser's locks, what it remembers is its own. */
import type { Tab, TabMemory } from '../../editor'

const memoryOf = (of: TabMemory): string => `graft-${of}`
/** Where pages are not served securely there are no locks: each tab does as if it were the only one. */
const locks = (navigator as Partial<Navigator>).locks
const held = new Set<string>()

export const browserTab: Tab = {
  remembered(of) {
    try {
      return sessionStorage.getItem(memoryOf(of))
    } catch {
      return null
    }
  },
  remember(of, name) {
    try {
      if (name === null) sessionStorage.removeItem(memoryOf(of))
      else sessionStorage.setItem(memoryOf(of), name)
    } catch {
      // Without it a reload continues what was written last.
    }
  },
  hold(name, patience) {
    if (held.has(name)) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      const keep = () =>
        new Promise<void>((end) => {
          held.add(name)
          const release = () => {
            held.delete(name)
            end()
          }
          resolve({ name, release })
        })
      if (!locks) return void keep()
      const wish = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true }
      locks
        .request(`graft-${name}`, wish, (lock) => (lock ? keep() : resolve(null)))
        .catch((error: unknown) => (isTimeout(error) ? resolve(null) : reject(error as Error)))
    })
  },
  alone: (name, work) => (locks ? locks.request(`graft-${name}`, work) : work()),
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError'
