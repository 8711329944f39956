import { BaseSequencer } from 'vitest/node'

/**
 * Puts test files that take longer than their size says in front: in a fresh clone nothing else is known of them, and the last one
 * runs alone.
 * @param {readonly string[]} names of files, without `.test.ts`, the longest first
 */
export function longestFirst(...names) {
  const rank = ({ moduleId }) => {
    const at = names.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
    return at < 0 ? names.length : at
  }
  return class extends BaseSequencer {
    async sort(files) {
      return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
    }
  }
}
