import { describe, expect, test } from 'vitest'
import { DURATION, PHASES } from '../../../src/editor/motion/phases'
import { recordStep } from '../../../src/editor/motion/step-record'
import { Player } from '../../../src/editor/motion/player'
import { emptyScene } from '../../../src/layout'

/** A clock that is turned by hand. */
function rig() {
  const waiting: ((now: number) => void)[] = []
  let now = 1000
  const player = new Player((tick) => waiting.push(tick))
  const turn = (ms: number) => {
    now += ms
    for (const tick of waiting.splice(0)) tick(now)
  }
  return { player, turn }
}
const record = recordStep(emptyScene, emptyScene, null)

describe('the clock', () => {
  test('runs a step from its beginning to its end, and says when it is over', async () => {
    const { player, turn } = rig()
    const over = player.play(record, 'forward')
    turn(16)
    turn(80)
    expect(player.current?.time).toBe(80)
    for (let t = 0; t <= DURATION; t += 80) turn(80)
    await over
    expect(player.current).toBeNull()
  })

  test('runs backwards through the same record', () => {
    const { player, turn } = rig()
    void player.play(record, 'backward')
    expect(player.current?.time).toBe(DURATION)
    turn(16)
    turn(50)
    expect(player.current?.time).toBe(DURATION - 50)
  })

  test('runs at the speed that was chosen', () => {
    const { player, turn } = rig()
    player.speed = 4
    void player.play(record, 'forward')
    turn(16)
    turn(50)
    expect(player.current?.time).toBe(200)
  })

  test('stands still while paused, and goes on from there', () => {
    const { player, turn } = rig()
    void player.play(record, 'forward')
    turn(16)
    turn(50)
    player.pause()
    turn(500)
    expect(player.current?.time).toBe(50)
    player.resume()
    turn(16)
    turn(30)
    expect(player.current?.time).toBe(80)
  })

  test('shows a moment that is asked for', () => {
    const { player } = rig()
    void player.play(record, 'forward')
    player.scrub(333)
    expect(player.current?.time).toBe(333)
  })

  test('a step that comes before the last is over cuts it short', async () => {
    const { player } = rig()
    const first = player.play(record, 'forward')
    void player.play(record, 'forward')
    await first
    expect(player.current?.time).toBe(0)
  })
})

describe('a match that lights up while its step is worked out', () => {
  test('waits where all of it is lit, and its step goes on from there', () => {
    const { player, turn } = rig()
    player.lightUp(record)
    turn(16)
    turn(90)
    expect(player.current?.time).toBe(90)
    for (let i = 0; i < 5; i++) turn(90)
    expect(player.current?.time).toBe(PHASES.remove[0])
    void player.play(record, 'forward', 7)
    turn(20)
    expect(player.current).toMatchObject({ time: PHASES.remove[0] + 20, step: 7 })
    expect(player.current).not.toHaveProperty('waits')
  })

  test('goes out where no step comes of it; a step that plays does not', () => {
    const { player } = rig()
    player.lightUp(record)
    player.putOut()
    expect(player.current).toBeNull()
    void player.play(record, 'forward')
    player.putOut()
    expect(player.current?.time).toBe(0)
  })

  test('leaves what moves alone', () => {
    const { player, turn } = rig()
    void player.play(record, 'backward', 3)
    turn(16)
    player.lightUp(record)
    expect(player.current).toMatchObject({ direction: 'backward', step: 3 })
  })
})
