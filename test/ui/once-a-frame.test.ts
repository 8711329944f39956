import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { OnceAFrame } from '../../src/ui/canvas/paint/once-a-frame'

/** A page whose frames come when they are asked for: each runs the callbacks that were there when it began. */
class Frames {
  private time = 0
  private due = new Map<number, () => void>()
  private last = 0

  constructor() {
    vi.stubGlobal('document', { timeline: { currentTime: 0 } })
    vi.stubGlobal('requestAnimationFrame', (act: () => void) => (this.due.set(++this.last, act), this.last))
    vi.stubGlobal('cancelAnimationFrame', (id: number) => this.due.delete(id))
  }

  async next(): Promise<void> {
    this.time += 16
    vi.stubGlobal('document', { timeline: { currentTime: this.time } })
    const now = [...this.due.keys()]
    for (const id of now) {
      const act = this.due.get(id)
      this.due.delete(id)
      act?.()
      await Promise.resolve()
    }
  }
}

let frames: Frames
let painted = 0
let once: OnceAFrame

beforeEach(() => {
  frames = new Frames()
  painted = 0
  once = new OnceAFrame(() => painted++)
})
afterEach(() => vi.unstubAllGlobals())

/** Asks in every frame, as a camera or a player does. */
function moves(): void {
  requestAnimationFrame(() => {
    once.ask()
    moves()
  })
}

test('what is asked for between two frames is done at once, and once', async () => {
  once.ask()
  once.ask()
  await Promise.resolve()
  expect(painted).toBe(1)
})

test('where two things move, each frame is painted once, after both', async () => {
  moves()
  moves()
  await frames.next()
  const first = painted
  for (let i = 1; i <= 5; i++) {
    await frames.next()
    expect(painted - first).toBe(i)
  }
})

test('what begins to move in the middle of a frame is in the picture of that very frame', async () => {
  moves()
  await frames.next()
  await frames.next()
  const before = painted
  requestAnimationFrame(() => once.ask())
  await frames.next()
  expect(painted).toBeGreaterThan(before)
  const after = painted
  await frames.next()
  expect(painted).toBe(after + 1)
})

test('what was stopped paints nothing', async () => {
  once.ask()
  once.stop()
  await Promise.resolve()
  await frames.next()
  expect(painted).toBe(0)
})
