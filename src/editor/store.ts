/** What the screen shows, as one plain state. The network itself is not in here: `version` tells when it changed. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import { noCost } from '../cost'
import type { CostSum, Metric, Sizes } from '../cost'
import type { GroupPath, ItemKey, Scene } from '../layout'
import { emptyScene } from '../layout'
import type { HistoryId, LayerId } from '../engine'
import type { Target } from '../patterns'
import type { Verdict } from '../verify'
import type { Breakpoint, Stop } from './view/breakpoints'
import type { OwnRule } from './engine-worker/catalogue'
import type { CompareState } from './view/compare-view'
import type { HeatChoice } from './view/heat'
import type { Moment } from './motion/substeps'
import type { RuleDiagram, Explanation, MatchInfo, Miss, Misses, PatternInfo, Preview } from './protocol/protocol'
import { emptyTimeline } from './protocol/protocol-history'
import type { Timeline } from './protocol/protocol-history'
import type { Totals } from './view/totals'

/** Where the model on the screen came from. A file of one's own, of so many bytes, is kept beside the session. */
export type ModelSource =
  | { readonly type: 'gallery'; readonly id: string }
  | { readonly type: 'file'; readonly name: string; readonly size: number }

export interface ModelInfo {
  readonly source: ModelSource
  readonly name: string
  readonly fileName: string
  readonly dialect: string
  readonly exporter: string
  /** Operator set of the default domain, as it came and as it is now; 0 for none. */
  readonly opset: readonly [came: number, now: number]
  readonly warnings: readonly string[]
  /** What the network held as it came. */
  readonly totals: Totals
}

export interface PatternState extends PatternInfo {
  /** null until it has been counted on this network. */
  readonly count: number | null
  /** It matched at some time since the network was opened. */
  readonly everMatched: boolean
  /** Takes part when the library is played. */
  readonly on: boolean
}

/** How the numbers of a step, or of the whole, came out; `checking` while they are computed. */
export type Check = Verdict | 'checking'

/** The verdict on the whole, and the point in history that it was given at. */
export interface WholeCheck {
  readonly at: HistoryId
  readonly check: Check
}

export interface Opening {
  readonly name: string
  readonly stage: string
  readonly fraction: number
}

/** A film is being made. */
export interface Filming {
  readonly stage: string
  readonly fraction: number
  readonly cancel: () => void
}

export interface Notice {
  readonly title: string
  readonly detail: string
}

/** How the history is looked at. */
export interface HistoryPanel {
  readonly tab: 'steps' | 'branches' | 'bookmarks' | 'differences'
  /** What a name is being written for. */
  readonly naming: { readonly type: 'point' | 'branch'; readonly node: HistoryId } | null
  readonly filter: string
  /** Runs that a person folded or unfolded, by their first step. */
  readonly folds: ReadonlyMap<HistoryId, boolean>
}

export type Theme = 'system' | 'light' | 'dark'
export type DialogName = 'gallery' | 'shortcuts' | 'palette' | 'rule'

export interface EditorState {
  readonly model: ModelInfo | null
  readonly opening: Opening | null
  readonly notice: Notice | null
  readonly filming: Filming | null
  /** Full screen for others to watch; the patterns that are played one after the other. null: not now. */
  readonly presenting: { readonly playlist: readonly string[] } | null
  /** Grows with every change to the replica. */
  readonly version: number
  readonly scene: Scene
  readonly open: ReadonlySet<GroupPath>
  /** A layout is under way. */
  readonly arranging: boolean
  readonly selected: ItemKey | null
  readonly patterns: readonly PatternState[]
  readonly chosen: string | null
  /** Patterns whose matches are listed with those of the chosen one. */
  readonly also: readonly string[]
  /** All matches of the chosen pattern that are known so far. */
  readonly found: readonly MatchInfo[]
  /** More of them may come. */
  readonly searching: boolean
  /** Module scope that matches are listed in; '' for everywhere. */
  readonly matchScope: string
  /** Those of `found` in that scope. */
  readonly matches: readonly MatchInfo[]
  /** Index of the match that was walked to; -1 for none. */
  readonly activeMatch: number
  /** Index of the match that the mouse or the focus is on; -1 for none. Only shows it. */
  readonly pointedMatch: number
  /** Layer that a list of parts points at; null for none. Only lights it. */
  readonly pointedLayer: LayerId | null
  /** Keys of the matches that the active one would take away. */
  readonly taken: ReadonlySet<string>
  /** What a match would do, shown in place. */
  readonly preview: Preview | null
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
  /** The rule that is being edited. */
  readonly draft: OwnRule | null
  readonly verdicts: ReadonlyMap<HistoryId, Check>
  readonly whole: WholeCheck | null
  /** A run is being worked out, or looks for where to stop. */
  readonly planning: boolean
  /** How many rewrites the run has made so far. */
  readonly planned: number
  readonly breakpoints: readonly Breakpoint[]
  /** Where the last run stopped, until something moves. */
  readonly stop: Stop | null
  /** The walk through the parts and edits of one step. */
  readonly inside: { readonly moments: readonly Moment[]; readonly at: number } | null
  readonly timeline: Timeline
  /** What one run of the network costs as it is now. */
  readonly cost: CostSum
  /** Symbolic sizes that a person gave; what is not said is assumed or unknown. */
  readonly sizes: Sizes
  /** What nodes are tinted by. */
  readonly heat: HeatChoice | null
  /** What the chart over the steps shows; null for no chart. */
  readonly chart: Metric | null
  readonly panel: HistoryPanel
  readonly compare: CompareState | null
  readonly playing: boolean
  readonly speed: number
  readonly follow: boolean
  /** The gap that a step leaves closes at its end. */
  readonly closeGaps: boolean
  /** The picture was laid out afresh, and the one before can be brought back. */
  readonly tidied: boolean
  readonly theme: Theme
  readonly dialog: DialogName | null
  /** The last thing that happened, for a screen reader. */
  readonly announcement: string
  /** What is open is in the browser's storage as it is now. */
  readonly saved: boolean
}

export type EditorStore = StoreApi<EditorState>

const BLANK = {
  model: null,
  notice: null,
  scene: emptyScene,
  open: new Set<GroupPath>(),
  selected: null,
  patterns: [],
  chosen: null,
  also: [],
  found: [],
  searching: false,
  matchScope: '',
  matches: [],
  activeMatch: -1,
  pointedMatch: -1,
  pointedLayer: null,
  taken: new Set<string>(),
  preview: null,
  misses: null,
  miss: null,
  board: null,
  explained: null,
  verdicts: new Map<HistoryId, Check>(),
  whole: null,
  planning: false,
  planned: 0,
  breakpoints: [],
  stop: null,
  inside: null,
  timeline: emptyTimeline,
  cost: noCost,
  sizes: {} as Sizes,
  heat: null,
  tidied: false,
  compare: null,
  panel: { tab: 'steps', naming: null, filter: '', folds: new Map<HistoryId, boolean>() },
  playing: false,
} satisfies Partial<EditorState>

/** What a network that is opened now begins with. */
export const freshState: Partial<EditorState> = BLANK

export function createEditorStore(): EditorStore {
  return createStore<EditorState>(() => ({
    ...BLANK,
    opening: null,
    filming: null,
    presenting: null,
    target: 'ort',
    rules: [],
    draft: null,
    version: 0,
    arranging: false,
    speed: 1,
    chart: 'launches',
    follow: true,
    closeGaps: true,
    theme: 'system',
    dialog: null,
    announcement: '',
    saved: false,
  }))
}
