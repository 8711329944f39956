/** Of the stage between header and timeline, as it is once a network is open. */
export function canvasAspect(): number {
  const { innerWidth, innerHeight } = window
  const width = document.querySelector('.stage')?.clientWidth ?? innerWidth * 0.6
  const timeline = Math.min(280, Math.max(184, innerHeight * 0.24))
  return width / Math.max(1, innerHeight - 44 - timeline)
}
