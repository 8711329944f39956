import { givenAlone } from '../../editor'
import type { Given } from '../../editor'

/** Lets the person choose files of their own: a model with the files of its weights, which have any ending. */
export function pickFiles(chosen: (given: readonly Given[]) => void): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true, hidden: true })
  input.onchange = () => {
    input.remove()
    if (input.files?.length) chosen([...input.files].map(givenAlone))
  }
  input.oncancel = () => input.remove()
  // In the page until it is answered: one that nothing holds may be collected before the browser asks.
  document.body.append(input)
  input.click()
}
