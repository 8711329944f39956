/** The browser's own history: Back goes to the model that was open before, or to the start page, and not out of the app. */
import type { Editor, Place } from '../../editor'
import { recentCommands } from '../../editor'

/** Tells the browser where the person is, and goes where its Back and Forward lead. */
export function followPlaces(editor: Editor): void {
  /** Where the browser's history says that the person is; null before anything is shown. */
  let here: string | null = null
  editor.store.subscribe((now, before) => {
    if (now.model?.source === before.model?.source && now.start === before.start) return
    const place = placeOf(editor)
    const told = JSON.stringify(place)
    if (!place || told === here) return
    // A reload brings back what is open now, whatever the page was asked for first.
    if (here === null) window.history.replaceState(place, '', addressOf(place))
    else window.history.pushState(place, '', addressOf(place))
    here = told
  })
  window.addEventListener('popstate', ({ state }) => {
    const place = state as Place | null
    if (!place) return
    here = JSON.stringify(place)
    void recentCommands.goBackTo(editor, place)
  })
}

function placeOf({ state: { start, model } }: Editor): Place | null {
  if (start) return { at: 'start' }
  return model && { at: 'model', source: model.source }
}

function addressOf(place: Place): string {
  return place.at === 'model' && place.source.type === 'gallery'
    ? `?model=${place.source.id}`
    : window.location.pathname
}
