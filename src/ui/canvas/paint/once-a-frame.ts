/**
 * Does something once in a frame, however much asks for it: the view, the player and React each have a moment of their own in a
 * frame, and where one follows the other all was painted twice. What is asked for is always done before the frame is shown.
 */
export class OnceAFrame {
  private due = false
  private queued = false
  private next: number | null = null
  /** The frame in which `next` was asked for: it comes in a later one. */
  private askedIn: number | null = null

  constructor(private readonly act: () => void) {}

  ask(): void {
    this.due = true
    // Callbacks of a frame run in the order in which they were asked for: ours, asked for after the work of the frame before, is
    // behind those of what moves.
    const comesYet = this.next !== null && this.askedIn !== frame()
    if (comesYet || this.queued) return
    this.queued = true
    queueMicrotask(() => {
      this.queued = false
      this.run()
    })
  }

  stop(): void {
    this.due = false
    if (this.next !== null) cancelAnimationFrame(this.next)
    this.next = null
  }

  private run(): void {
    if (!this.due) return
    this.due = false
    this.act()
    if (this.next !== null) cancelAnimationFrame(this.next)
    this.askedIn = frame()
    this.next = requestAnimationFrame(() => {
      this.next = null
      this.run()
    })
  }
}

/** The same within one frame and until the next begins. */
const frame = (): number | null => {
  const time = document.timeline.currentTime
  return time === null ? null : Number(time)
}
