/**
 * The camera goes along with the last phase of a step, in which things glide to where they rest: what the eye is on stays where it
 * is on the screen.
 */
import { nodeNamed } from '../../layout'
import type { Rect, Scene, SceneNode } from '../../layout'
import { closed, shownTime } from './phases'
import type { Motion, Player } from './player'
import type { StepRecord } from './step-record'

type Offset = readonly [x: number, y: number]

/** What is asked of a camera here. */
interface Holding {
  view(): Rect | null
  hold(from: { x: number; y: number }, to: { x: number; y: number }): void
}

export class SteadyEye {
  private motion: Motion | null = null
  private move: Offset = [0, 0]
  /** How much of the move the camera has gone along with. */
  private done = 0

  /** @param follows whether the view goes to each step, so that the step is what the eye is on */
  constructor(
    private readonly player: Player,
    private readonly camera: () => Holding,
    private readonly follows: () => boolean,
  ) {
    player.listen(() => this.look())
  }

  private look(): void {
    const now = this.player.current
    if (this.motion && !now) this.goTo(this.motion.direction === 'forward' ? 1 : 0)
    if (now && now.record !== this.motion?.record) {
      this.move = moveOfEye(now, this.camera().view(), this.follows())
      this.done = now.direction === 'forward' ? 0 : 1
    }
    this.motion = now
    if (now) this.goTo(now.inside ? 0 : this.closedAt(now.time))
  }

  private closedAt(time: number): number {
    const { still } = this.player
    return closed(shownTime(time, { still }), { still })
  }

  private goTo(done: number): void {
    const part = done - this.done
    this.done = done
    const [x, y] = this.move
    if (part !== 0 && (x !== 0 || y !== 0)) this.camera().hold({ x: 0, y: 0 }, { x: x * part, y: y * part })
  }
}

/** How far what the eye is on moves in the last phase of a step: what is new, else what is nearest to the middle of the view. */
function moveOfEye({ record, direction }: Motion, view: Rect | null, follows: boolean): Offset {
  if (!view) return [0, 0]
  const made = moveOfNew(record, view, follows)
  if (made) return made
  const [here, there] = direction === 'forward' ? [record.before, record.after] : [record.after, record.before]
  const kept = nearestKept(here, there, view)
  if (!kept) return [0, 0]
  const sign = direction === 'forward' ? 1 : -1
  return [sign * (middleX(kept.now) - middleX(kept.was)), sign * (kept.now.y - kept.was.y)]
}

function moveOfNew(record: StepRecord, view: Rect, follows: boolean): Offset | null {
  for (const [key, { from, to }] of record.nodes.own) {
    if (from || !to) continue
    const at = record.placed.get(key) ?? to
    if (!follows && !isIn(view, at) && !isIn(view, to)) return null
    return [middleX(to) - middleX(at), to.y - at.y]
  }
  return null
}

/** The node nearest to the middle of the view that both pictures have, before and after. */
export function nearestKept(
  before: Scene,
  after: Scene,
  view: Rect,
): { readonly was: SceneNode; readonly now: SceneNode } | null {
  const [x, y] = [view.x + view.width / 2, view.y + view.height / 2]
  const distance = (n: Rect): number => Math.hypot(middleX(n) - x, n.y + n.height / 2 - y)
  const inView = before.nodes.filter((n) => !n.open && isIn(view, n)).sort((a, b) => distance(a) - distance(b))
  for (const was of inView) {
    const now = nodeNamed(after, was.key)
    if (now) return { was, now }
  }
  return null
}

const middleX = ({ x, width }: Rect): number => x + width / 2

const isIn = (view: Rect, n: Rect): boolean =>
  n.x < view.x + view.width && n.x + n.width > view.x && n.y < view.y + view.height && n.y + n.height > view.y
