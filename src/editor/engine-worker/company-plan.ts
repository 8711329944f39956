/** Runs in which a person's own code is tried by benefit among all other patterns, as on the command line. */
import type { CodeStep, Company } from '../../code'
import type { PlanRequest } from '../protocol/moves'
import type { SandboxedCode } from './sandboxed-code'
import type { Workspace } from './workspace'

/** What a sandbox worked out cannot be done here in the same way. */
export class NotRepeatedError extends Error {
  override readonly name = 'NotRepeatedError'
}

/**
 * All that a request asks for as one company.
 * @returns null where it cannot go in one sandbox: code of others is kept apart, and only networks of ONNX have this library
 */
export function companyOf(
  { network, target, rules, catalogue, codes }: Workspace,
  wanted: PlanRequest['wanted'],
): Company | null {
  if (network.dialect.name !== 'onnx') return null
  const patterns: Company['patterns'][number][] = []
  for (const { label, benefit } of wanted) {
    const own = rules.find((r) => r.label === label)
    const code = codes.get(label)
    const offer = catalogue.find((o) => o.label === label)
    if (offer?.type !== 'rewriter') continue
    if (own?.foreign || (own?.language === 'ts') !== (code !== undefined)) return null
    if (code)
      patterns.push({ type: 'code', label, text: code.text, benefit: benefit === offer.benefit ? null : benefit })
    else if (own) patterns.push({ type: 'rule', label, text: own.text, benefit })
    else patterns.push({ type: 'library', label, benefit })
  }
  return { target, patterns }
}

/**
 * Does the steps that a sandbox worked out, then goes back: they lie ahead of the cursor. Those of patterns that are no code are done by
 * the engine's own. One at a time, so that whoever asks can take a breath; ended early it goes back all the same.
 * @throws NotRepeatedError where a step does not come about here: nothing lies ahead then
 */
export function* repeating(
  workspace: Workspace,
  codeOf: (label: string) => SandboxedCode | undefined,
  steps: readonly CodeStep[],
  whole: boolean,
): Generator<{ readonly type: 'rewritten' }> {
  const { history } = workspace
  const start = history.cursor
  const known = [...history.node(start).children]
  try {
    for (const step of steps) {
      const { root, by, transaction } = step
      if (by === null) throw new NotRepeatedError('it is not told who made a step')
      if (transaction !== null) codeOf(by)?.primeStep(step)
      if (!workspace.again(by, root)) throw new NotRepeatedError(`${by} does not do here what it did in its sandbox`)
      yield { type: 'rewritten' }
    }
    if (whole) workspace.prune()
  } catch (error) {
    history.seek(start)
    for (const child of history.node(start).children) if (!known.includes(child)) history.drop(child)
    throw error
  } finally {
    workspace.reached = history.cursor
    history.seek(start)
  }
}
