/** Takes the whole screen for the page, or gives it back. Where it is refused, or there is none, the window is what there is. */
export function fullscreen(wanted: boolean): void {
  if (wanted) void document.documentElement.requestFullscreen?.().catch(() => undefined)
  else if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined)
}

/** Tells when the page no longer has the whole screen. Escape leaves it before any key reaches the page. */
export function onLeavingFullscreen(left: () => void): void {
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement) left()
  })
}
