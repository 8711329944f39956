/** The next motion: it begins with what is on the screen, wherever the one before is. */
import type { Transaction } from '../../engine'
import type { Scene } from '../../layout'
import type { Player } from './player'
import { onScreen } from './on-screen'
import type { MoveStep } from '../protocol/moves'
import { recordStep } from './step-record'
import type { StepRecord } from './step-record'

/** From the picture on the screen, which is `scene` at rest, to another one. */
export function recordFrom(
  player: Player,
  scene: Scene,
  after: Scene,
  direction: MoveStep['direction'],
  transaction: Transaction | null,
): StepRecord {
  const running = player.current
  // What only lights up stands where it stood.
  const standing = running && !running.waits ? onScreen(scene, running, player.still) : null
  const before = standing?.scene ?? scene
  const start = standing && { direction, nodes: standing.nodes, edges: standing.edges }
  return direction === 'forward'
    ? recordStep(before, after, transaction, start)
    : recordStep(after, before, transaction, start)
}

/** Plays a step; one that is being played just now runs back from where it is. */
export function playStep(player: Player, record: StepRecord, step: MoveStep): Promise<void> {
  const running = player.current
  const turns = running?.step === step.node && running.direction !== step.direction && running.record.start === null
  return turns ? player.turn() : player.play(record, step.direction, step.node)
}
