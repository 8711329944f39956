/** The page around the network. */
export interface Notice {
  readonly title: string
  readonly detail: string
}

export type Theme = 'system' | 'light' | 'dark'
export type DialogName = 'gallery' | 'shortcuts' | 'palette' | 'tensor' | 'run'

export interface PageSlice {
  readonly notice: Notice | null
  /** Full screen for others to watch; the patterns that are played one after the other. null: not now. */
  readonly presenting: { readonly playlist: readonly string[] } | null
  readonly theme: Theme
  readonly dialog: DialogName | null
  /** The page that says what this is and lists what can be opened, over whatever is open. */
  readonly start: boolean
  /** The stop of the tour that a person is at; null for no tour. */
  readonly tour: number | null
  /** What there is to try on the network that is open, as the rest of a sentence; '' for nothing. */
  readonly tries: string
  /** The last thing that happened, for a screen reader. */
  readonly announcement: string
}

/** What a network that is opened now begins with. */
export const freshPage: Omit<PageSlice, 'presenting' | 'theme' | 'dialog' | 'tour' | 'announcement'> = {
  notice: null,
  start: false,
  tries: '',
}

export const initialPage: PageSlice = {
  ...freshPage,
  presenting: null,
  theme: 'system',
  dialog: null,
  tour: null,
  announcement: '',
}
