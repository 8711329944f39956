/** What the screen shows, as one plain state in slices. The network itself is not in here: `version` tells when it changed. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import { freshModel, initialModel } from './model-slice'
import type { ModelSlice } from './model-slice'
import { freshPicture, initialPicture } from './picture-slice'
import type { PictureSlice } from './picture-slice'
import { freshPattern, initialPattern } from './pattern-slice'
import type { PatternSlice } from './pattern-slice'
import { freshMatch, initialMatch } from './match-slice'
import type { MatchSlice } from './match-slice'
import { freshHistory, initialHistory } from './history-slice'
import type { HistorySlice } from './history-slice'
import { freshRun, initialRun } from './run-slice'
import type { RunSlice } from './run-slice'
import { freshCost, initialCost } from './cost-slice'
import type { CostSlice } from './cost-slice'
import { freshPage, initialPage } from './page-slice'
import type { PageSlice } from './page-slice'
import { freshEngine } from './engine-slice'
import type { EngineSlice } from './engine-slice'
import { freshValue } from './value-slice'
import type { ValueSlice } from './value-slice'

export interface EditorState
  extends
    ModelSlice,
    PictureSlice,
    PatternSlice,
    MatchSlice,
    HistorySlice,
    RunSlice,
    CostSlice,
    EngineSlice,
    ValueSlice,
    PageSlice {}

export type EditorStore = StoreApi<EditorState>

/** What a network that is opened now begins with. */
export const freshState: Partial<EditorState> = {
  ...freshModel,
  ...freshPicture,
  ...freshPattern,
  ...freshMatch,
  ...freshHistory,
  ...freshRun,
  ...freshCost,
  ...freshEngine,
  ...freshValue,
  ...freshPage,
}

export function createEditorStore(): EditorStore {
  return createStore<EditorState>(() => ({
    ...initialModel,
    ...initialPicture,
    ...initialPattern,
    ...initialMatch,
    ...initialHistory,
    ...initialRun,
    ...initialCost,
    ...freshEngine,
    ...freshValue,
    ...initialPage,
  }))
}
