/** Lets the person choose a file of their own. */
export function pickFile(chosen: (file: File) => void): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.onnx,.graft', hidden: true })
  input.onchange = () => {
    input.remove()
    if (input.files?.[0]) chosen(input.files[0])
  }
  input.oncancel = () => input.remove()
  // In the page until it is answered: one that nothing holds may be collected before the browser asks.
  document.body.append(input)
  input.click()
}
