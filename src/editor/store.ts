/** What the screen shows, as one plain state. The network itself is not in here: `version` tells when it changed. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { GroupPath, ItemKey, Scene } from '../layout'
import { emptyScene } from '../layout'
import type { MatchInfo, PatternInfo, Timeline } from './protocol'

export interface ModelInfo {
  readonly name: string
  readonly fileName: string
  readonly dialect: string
  readonly exporter: string
  readonly warnings: readonly string[]
}

export interface PatternState extends PatternInfo {
  /** null until it has been counted on this network. */
  readonly count: number | null
}

export interface Opening {
  readonly name: string
  readonly stage: string
  readonly fraction: number
}

export interface Notice {
  readonly title: string
  readonly detail: string
}

export type Theme = 'system' | 'light' | 'dark'
export type DialogName = 'gallery' | 'shortcuts' | 'palette'

export interface EditorState {
  readonly model: ModelInfo | null
  readonly opening: Opening | null
  readonly notice: Notice | null
  /** Grows with every change to the replica. */
  readonly version: number
  readonly scene: Scene
  readonly open: ReadonlySet<GroupPath>
  /** A layout is under way. */
  readonly arranging: boolean
  readonly selected: ItemKey | null
  readonly patterns: readonly PatternState[]
  readonly chosen: string | null
  readonly matches: readonly MatchInfo[]
  /** Index of the match that was walked to; -1 for none. */
  readonly activeMatch: number
  /** Index of the match that the mouse or the focus is on; -1 for none. Only shows it. */
  readonly pointedMatch: number
  readonly timeline: Timeline
  readonly playing: boolean
  readonly speed: number
  readonly follow: boolean
  readonly theme: Theme
  readonly dialog: DialogName | null
  /** The last thing that happened, for a screen reader. */
  readonly announcement: string
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
  matches: [],
  activeMatch: -1,
  pointedMatch: -1,
  timeline: { steps: [], cursor: 0 },
  playing: false,
} satisfies Partial<EditorState>

/** What a network that is opened now begins with. */
export const freshState: Partial<EditorState> = BLANK

export function createEditorStore(): EditorStore {
  return createStore<EditorState>(() => ({
    ...BLANK,
    opening: null,
    version: 0,
    arranging: false,
    speed: 1,
    follow: true,
    theme: 'system',
    dialog: null,
    announcement: '',
  }))
}
