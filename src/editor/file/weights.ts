/** Which of the files that a person gave hold the weights that a model asks for. */

import type { Given } from '../platform/platform'

export const givenAlone = (file: File): Given => ({ path: file.webkitRelativePath || file.name, file })

const parts = (path: string): string[] => path.split(/[\\/]/).filter((p) => p !== '' && p !== '.')
const base = (path: string): string => parts(path).at(-1) ?? path

/**
 * The files by the names that the model asks for. The place beside the model comes first; a file that was dropped by itself
 * has no place, and is known by its name, where only one has it.
 * @param model where the model lay
 */
export function weightsAmong(
  asked: readonly string[],
  given: readonly Given[],
  model: string,
): ReadonlyMap<string, Given> {
  const folder = parts(model).slice(0, -1)
  const found = new Map<string, Given>()
  for (const name of asked) {
    const wanted = [...folder, ...parts(name)].join('/')
    const sameName = given.filter((g) => base(g.path) === base(name))
    const beside = sameName.find((g) => parts(g.path).join('/') === wanted)
    const one = beside ?? (sameName.length === 1 ? sameName[0] : undefined)
    if (one) found.set(name, one)
  }
  return found
}

const MODEL = /\.(onnx|graft|graft-trt)$/i
/** Names that exporters give to weights. */
const WEIGHTS = /(^[^.]+|\.(data|bin|raw|weights?)|[._]data)$/i

/**
 * What was given, apart: what is to be opened, and what may lie beside it.
 * @param waiting a model waits for weights: only what is called a model is another one
 */
export function modelsAmong(
  given: readonly Given[],
  waiting: boolean,
): { models: readonly Given[]; others: readonly Given[] } {
  const named = given.filter((g) => MODEL.test(g.file.name))
  // Whatever else is given alone is opened for what it is, or refused with the reason.
  const models = named.length > 0 || waiting ? named : given.filter((g) => !WEIGHTS.test(g.file.name))
  return { models, others: given.filter((g) => !models.includes(g)) }
}

/** Names of files for a sentence: not more than a person reads. */
export function namesOf(names: readonly string[]): string {
  const [shown, rest] = [names.slice(0, 4), names.length - 4]
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
