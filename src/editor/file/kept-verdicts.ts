/** Verdicts as they are kept beside the steps that they were given on. */
import { decode } from '../../engine'
import type { HistoryId } from '../../engine'
import type { Verdict } from '../../verify'
import type { HistorySlice } from '../state/history-slice'

const { count, given, list, literal, nullable, number, object, partly, text } = decode

const inputs = list(literal('ordinary', 'closed', 'special', 'tied'))
/** A measure that is no number is null, as JSON has it. */
const measure = nullable(number)
const verdict = partly(
  {
    verdict: literal('equal', 'different', 'cannot-run'),
    maxAbsolute: measure,
    maxRelative: measure,
    tolerance: number,
    covers: inputs,
    differsOn: inputs,
  },
  { reason: text },
)

type PlainVerdict = decode.Decoded<typeof verdict>

/** Steps by their points, and the whole by the point that it was checked at. */
export const verdicts = given(
  object({
    steps: list(object({ node: count, verdict })),
    whole: nullable(object({ at: count, verdict })),
  }),
  { steps: [], whole: null },
)

export type KeptVerdicts = decode.Decoded<typeof verdicts>

export const NO_VERDICTS: KeptVerdicts = { steps: [], whole: null }

type Checks = Pick<HistorySlice, 'verdicts' | 'whole'>

/** @param known whether a point is kept */
export function keptVerdicts({ verdicts: checks, whole }: Checks, known: (node: HistoryId) => boolean): KeptVerdicts {
  return {
    steps: [...checks].flatMap(([node, check]) =>
      check !== 'checking' && known(node) ? [{ node, verdict: plainVerdict(check) }] : [],
    ),
    whole:
      whole && whole.check !== 'checking' && known(whole.at)
        ? { at: whole.at, verdict: plainVerdict(whole.check) }
        : null,
  }
}

export function broughtVerdicts({ steps, whole }: KeptVerdicts): Checks {
  return {
    verdicts: new Map(steps.map(({ node, verdict: v }) => [node, verdictOf(v)])),
    whole: whole && { at: whole.at, check: verdictOf(whole.verdict) },
  }
}

function plainVerdict(v: Verdict): PlainVerdict {
  const finite = (x: number): number | null => (Number.isFinite(x) ? x : null)
  return { ...v, maxAbsolute: finite(v.maxAbsolute), maxRelative: finite(v.maxRelative) }
}

function verdictOf({ maxAbsolute, maxRelative, ...rest }: PlainVerdict): Verdict {
  const none = rest.verdict === 'different' ? Infinity : NaN
  return { ...rest, maxAbsolute: maxAbsolute ?? none, maxRelative: maxRelative ?? none }
}
