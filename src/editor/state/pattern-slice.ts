/** The library, the chosen pattern, and why it does not match. */
import type { Kept, LayerId, LogEntry } from '../../engine'
import type { Target } from '../../patterns'
import { speaksAgainst } from '../../verify'
import { DRAFT } from '../protocol/match-info'
import type {
  CountedPart,
  OwnLanguage,
  OwnRule,
  RuleDiagram,
  RuleReport,
  Explanation,
  Miss,
  Misses,
  PatternInfo,
} from '../protocol/match-info'
import { ownValue } from './own-value'
import type { RuleTestPart } from '../protocol/verify-calls'

export interface PatternState extends PatternInfo {
  /** null until it has been counted on this network. */
  readonly count: number | null
  /** It matched at some time since the network was opened. */
  readonly everMatched: boolean
  /** Takes part when the library is played. */
  readonly on: boolean
  /** The last that it has said in its log, oldest first. */
  readonly log: readonly LogEntry[]
}

/** Whether it is played with the library: one that was found to be wrong is not, even where it is on. */
export const takesPart = ({ on, type, tried }: PatternState): boolean =>
  on && type === 'rewriter' && !speaksAgainst(tried?.verdict)

/** What is to be said of the draft; `text` is what was read, where it was read while one typed. */
export type DraftReport = RuleReport & { readonly text?: string }

export interface PatternSlice {
  readonly patterns: readonly PatternState[]
  readonly chosen: string | null
  /** Patterns whose matches are listed with those of the chosen one. */
  readonly also: readonly string[]
  /** Where the chosen pattern does not match, by cause; null while that is not known. */
  readonly misses: Misses | null
  /** The miss that is shown on the canvas. */
  readonly miss: Miss | null
  /** The rule with how far that miss got; null until it is drawn. */
  readonly board: RuleDiagram | null
  /** What was asked of one layer, and the answer. */
  readonly explained: { readonly label: string; readonly layer: LayerId; readonly found: Explanation } | null
  readonly target: Target
  /** A person's own rules, as they are kept. */
  readonly rules: readonly OwnRule[]
  /** Earlier texts of them, and of such as were deleted. */
  readonly versions: Versions
  /** Why files of code do not run, by label. */
  readonly codeFaults: Readonly<Record<string, CodeFault>>
  /** The files of code that are at work, by label. */
  readonly codeBusy: readonly string[]
  /** The pattern that is being edited. */
  readonly draft: RuleDraft | null
  /** What is to be said of its text; null until it was read. */
  readonly draftReport: DraftReport | null
  /** Its trial by numbers; null where there was none with this text. */
  readonly draftTrial: DraftTrial | null
  /** What came of one rewrite that was tried, outside of the history; null for none with this text. */
  readonly tryOut: TryOut | null
  /** The text of it that a crash leaves; null before it was kept first. */
  readonly draftKept: string | null
  /** Other texts that were written and not saved, and that no tab has open. */
  readonly otherDrafts: readonly OtherDraft[]
  /** Its two sides are drawn as boards, where it is a rule. */
  readonly drawing: boolean
  /** The page on the language of rules is open. */
  readonly guide: boolean
  /** The layers that it was made of; null for one that was not. */
  readonly draftOrigin: DraftOrigin | null
}

/** What a file of code did wrong. */
export interface CodeFault {
  readonly reason: string
  readonly line: number | null
}

/** A pattern as it is being written. */
export interface RuleDraft {
  /** Of the rule that it is to replace; empty for a new one. */
  readonly label: string
  readonly name: string
  readonly text: string
  /** Rules where it is left out. */
  readonly language?: OwnLanguage
  /** It came with a session, a file or a link. */
  readonly foreign?: boolean
  /** False for code of others that the person has not agreed to: it does not run. */
  readonly agreed?: boolean
  /** The text that is kept; what differs from it is not saved yet. */
  readonly saved: string
}

/** What else was written and not saved. */
export interface OtherDraft {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970; 0 where it is not known. */
  readonly time: number
}

/** A pattern as it was before another text took its place, or before it was deleted. */
export interface Version {
  readonly rule: OwnRule
  /** When that was, in milliseconds since 1970. */
  readonly time: number
}

/** By label, the newest first. */
export type Versions = Readonly<Record<string, readonly Version[]>>

/** What a rule was made of, and what was decided about it. */
export interface DraftOrigin {
  readonly layers: readonly LayerId[]
  readonly chosen: ReadonlyMap<string, Kept>
  readonly parts: readonly CountedPart[]
  /** The text that came of it. */
  readonly text: string
}

/** One rewrite that was tried: what it would do, and whether its numbers are the same. */
export interface TryOut {
  readonly text: string
  readonly rootName: string
  /** In words; empty while it is under way. */
  readonly told: string
  readonly differs: boolean
}

/** How far a rule was tried by numbers. */
export interface DraftTrial {
  readonly text: string
  readonly running: boolean
  readonly done: number
  readonly of: number
  /** What is known so far; null before the first part is here. */
  readonly part: RuleTestPart | null
}

/** What a network that is opened now begins with. */
export const freshPattern: Omit<
  PatternSlice,
  | 'target'
  | 'rules'
  | 'versions'
  | 'codeFaults'
  | 'draft'
  | 'draftReport'
  | 'draftTrial'
  | 'tryOut'
  | 'draftKept'
  | 'otherDrafts'
  | 'drawing'
  | 'guide'
  | 'draftOrigin'
> = {
  patterns: [],
  codeBusy: [],
  chosen: null,
  also: [],
  misses: null,
  miss: null,
  board: null,
  explained: null,
}

export const initialPattern: PatternSlice = {
  ...freshPattern,
  target: 'ort',
  rules: [],
  versions: {},
  codeFaults: {},
  draft: null,
  draftReport: null,
  draftTrial: null,
  tryOut: null,
  draftKept: null,
  otherDrafts: [],
  drawing: false,
  guide: false,
  draftOrigin: null,
}

/** The patterns that are offered now; what a person decided of one with the same name stays. */
export function patternStates(
  offered: readonly PatternInfo[],
  known: readonly Pick<PatternState, 'label' | 'on' | 'benefit'>[],
  counts: ReadonlyMap<string, number>,
  faults: Readonly<Record<string, CodeFault>> = {},
): PatternState[] {
  const before = new Map(known.map((p) => [p.label, p]))
  return offered.map((p) => {
    const old = before.get(p.label)
    const count = counts.get(p.label) ?? null
    const on = !speaksAgainst(p.tried?.verdict) && !ownValue(faults, p.label) && (old?.on ?? !(p.optIn || p.off))
    return { ...p, benefit: old?.benefit ?? p.benefit, on, count, everMatched: (count ?? 0) > 0, log: [] }
  })
}

/** What is being written is chosen and has a fault, so that nothing can be said of where it matches. */
export const isUnread = ({ chosen, draftReport }: Pick<PatternSlice, 'chosen' | 'draftReport'>): boolean =>
  chosen === DRAFT && draftReport?.type === 'bad'

/** Some of the patterns changed. */
export function changedPatterns(
  { patterns }: Pick<PatternSlice, 'patterns'>,
  labels: ReadonlySet<string>,
  by: Partial<PatternState>,
): Pick<PatternSlice, 'patterns'> {
  return { patterns: patterns.map((p) => (labels.has(p.label) ? { ...p, ...by } : p)) }
}

/** So many lines of a log are kept. */
const LINES = 8

/** Lines that a pattern has said, behind those that are known; one that it says again, as when a match is tried, stands once. */
export function loggedPatterns(
  state: Pick<PatternSlice, 'patterns'>,
  label: string,
  lines: readonly LogEntry[],
): Pick<PatternSlice, 'patterns'> {
  const known = state.patterns.find((p) => p.label === label)?.log ?? []
  const isNew = (line: LogEntry, i: number): boolean => line.message !== (i > 0 ? lines[i - 1] : known.at(-1))?.message
  const log = [...known, ...lines.filter(isNew)].slice(-LINES)
  return changedPatterns(state, new Set([label]), { log })
}

/** A count that has come in; the same patterns where it is what it was, so that nothing is drawn again. */
export function countedPatterns(
  { patterns }: Pick<PatternSlice, 'patterns'>,
  counts: ReadonlyMap<string, number>,
): Pick<PatternSlice, 'patterns'> {
  const isNew = (p: PatternState): boolean => (counts.get(p.label) ?? p.count) !== p.count
  if (!patterns.some(isNew)) return { patterns }
  const counted = (p: PatternState, count: number): PatternState => ({
    ...p,
    count,
    everMatched: p.everMatched || count > 0,
  })
  return { patterns: patterns.map((p) => (isNew(p) ? counted(p, counts.get(p.label)!) : p)) }
}
