import { givenAlone } from '../../editor'
import type { Given } from '../../editor'

/** Lets the person choose a file of their own. */
export function pickFile(chosen: (file: File) => void): void {
  pick(false, ([file]) => file && chosen(file))
}

/** Lets the person choose files of their own: a model with the files of its weights. */
export function pickFiles(chosen: (given: readonly Given[]) => void): void {
  pick(true, (files) => chosen(files.map(givenAlone)))
}

function pick(multiple: boolean, chosen: (files: readonly File[]) => void): void {
  // Weights have any ending.
  const accept = multiple ? '' : '.onnx,.graft,.graft-trt,.json'
  const input = Object.assign(document.createElement('input'), { type: 'file', accept, multiple, hidden: true })
  input.onchange = () => {
    input.remove()
    if (input.files?.length) chosen([...input.files])
  }
  input.oncancel = () => input.remove()
  // In the page until it is answered: one that nothing holds may be collected before the browser asks.
  document.body.append(input)
  input.click()
}
