/**
 * A link to a point in a derivation on a model of the gallery, as the query of an address:
 * `?model=bert-12.torchscript&target=ort&patterns=Gelu+(erf)&step=5`. `patterns` may come several times. With `at` the
 * steps are these, each the index of its pattern and its root layer; without it, what the patterns do from the start. With
 * `library=1` they are what the whole library does. `own` brings patterns of a person's own, packed (`pattern-link.ts`).
 */
import type { Target } from '../../patterns'
import type { Act } from '../protocol/moves'

export interface Link {
  readonly model: string | null
  readonly target: Target | null
  readonly patterns: readonly string[]
  /** Patterns of a person's own that it brings, packed. */
  readonly own: readonly string[]
  readonly acts: readonly Act[] | null
  /** The steps are those of the whole library. */
  readonly library: boolean
  /** Steps that are done; null for none said. */
  readonly step: number | null
  /** What of it cannot be read, in words. */
  readonly problems: readonly string[]
}

/** Longer lines make no link: addresses of more than some thousand letters are cut off on their way. */
export const MOST_ACTS = 200

export function parseLink(query: string): Link {
  const asked = new URLSearchParams(query)
  const problems: string[] = []
  const target = asked.get('target')
  const isTarget = target === 'ort' || target === 'onnx'
  if (target !== null && !isTarget) problems.push(`There is no target ${target}: it is ort or onnx.`)
  const wanted = asked.get('step')
  const step = wanted === null ? null : Number(wanted)
  const isStep = step !== null && Number.isSafeInteger(step) && step >= 0
  if (step !== null && !isStep) problems.push(`“${wanted}” is not the number of a step.`)
  const patterns = asked.getAll('patterns').filter((p) => p !== '')
  const at = asked.get('at')
  const acts = at === null || at === '' ? null : readActs(at, patterns)
  if (at && !acts) problems.push('Its list of steps is damaged; the patterns run from the start instead.')
  return {
    model: asked.get('model'),
    target: isTarget ? target : null,
    patterns,
    own: asked.getAll('own').filter((p) => p !== ''),
    acts,
    library: asked.get('library') === '1',
    step: isStep ? step : null,
    problems,
  }
}

function readActs(text: string, patterns: readonly string[]): Act[] | null {
  const acts: Act[] = []
  for (const part of text.split(',')) {
    const [, index, root] = /^(\d{1,3})(?:\.(\d{1,9}))?$/.exec(part) ?? []
    const label = patterns[Number(index)]
    if (label === undefined) return null
    acts.push({ label, root: root === undefined ? null : Number(root) })
  }
  return acts
}

/** It says more than which model to open. */
export function asksForMore({ target, patterns, library, step, problems }: Link): boolean {
  return library || target !== null || patterns.length > 0 || step !== null || problems.length > 0
}

/**
 * @param acts the steps, one by one; `library` where they are those of the whole library
 * @param step how many of them are done
 * @param own the patterns of the person's own among them, packed
 */
export function linkQuery(
  model: string,
  target: Target,
  acts: readonly Act[] | 'library',
  step: number,
  own: readonly string[] = [],
): string {
  if (acts === 'library') return new URLSearchParams({ model, target, library: '1', step: String(step) }).toString()
  const query = new URLSearchParams({ model, target })
  const patterns = [...new Set(acts.map((a) => a.label))]
  for (const label of patterns) query.append('patterns', label)
  if (acts.length > 0)
    query.set('at', acts.map((a) => `${patterns.indexOf(a.label)}${a.root === null ? '' : `.${a.root}`}`).join(','))
  if (acts.length > 0) query.set('step', String(step))
  for (const packed of own) query.append('own', packed)
  return query.toString().replaceAll('%2C', ',')
}
