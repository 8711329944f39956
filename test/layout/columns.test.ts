import { describe, expect, test } from 'vitest'
import { sceneOf } from '../../src/layout'
import type { Columns, Scene } from '../../src/layout'
import { libraryRun, pictureOf } from './library-run'
import { faultsOfPicture } from './picture-faults'

/** Of the canvas on a screen of 1440 by 900. */
const SCREEN = { width: 872, height: 640 }
const aspect = SCREEN.width / SCREEN.height

describe('a network in columns', () => {
  const run = libraryRun('gpt2-12.torchscript')

  async function drawn(columns: Columns, steps: number): Promise<{ scene: Scene; breaks: readonly string[] }> {
    const live = pictureOf(run)
    for (const step of run.steps.slice(0, steps)) live.walk(step)
    const picture = await live.draw(live.firstOpen, { columns })
    return { scene: sceneOf(picture), breaks: [...picture.placed.values()].flatMap((p) => p.columns) }
  }

  test.each([
    ['gpt2-12.torchscript', 1 / 3],
    ['llama-80.torchscript', 1 / 3],
  ])('%s uses at least a third of the screen that it was opened on', async (model, least) => {
    const live = pictureOf(libraryRun(model))
    const { width, height } = sceneOf(await live.draw(live.firstOpen, { columns: { aspect } }))
    const zoom = Math.min(SCREEN.width / width, SCREEN.height / height)
    expect((width * height * zoom * zoom) / (SCREEN.width * SCREEN.height)).toBeGreaterThan(least)
  })

  test('keeps every block in its column through the whole library', async () => {
    const { scene: before, breaks } = await drawn({ aspect }, 0)
    const { scene: after } = await drawn(breaks, run.steps.length)
    expect(breaks.length).toBeGreaterThan(1)
    expect(columnsIn(after)).toEqual(columnsIn(before))
  })

  test.each([1, 2, 3, 7])('is put into as many as are asked for: %i', async (columns) => {
    const { scene, breaks } = await drawn(columns, 0)
    expect(breaks).toHaveLength(columns - 1)
    expect({ ...faultsOfPicture(scene), upwards: [] }).toEqual({
      overlaps: [],
      upwards: [],
      through: [],
      leaning: [],
      covered: [],
      nameless: [],
    })
  })

  test('no line to the next column runs through a box of it that is wider than its first', async () => {
    const llama = libraryRun('llama-8.torchscript')
    const live = pictureOf(llama)
    for (const step of llama.steps) live.walk(step)
    for (const columns of [2, 3, 4]) {
      const { through, overlaps } = faultsOfPicture(sceneOf(await live.draw(new Set(), { columns })))
      expect({ through, overlaps }).toEqual({ through: [], overlaps: [] })
    }
  })

  /** By block the number of its column: blocks of one column stand below each other. */
  function columnsIn({ nodes }: Scene): Map<string, number> {
    const blocks = nodes.filter((n) => /h\.\d+$/.test(n.group) && n.kind === 'group')
    const columns = new Map<string, number>()
    let [column, bottom] = [0, 0]
    for (let i = 0; i < 12; i++) {
      const block = blocks.find((n) => n.group.endsWith(`h.${i}`))!
      if (block.y < bottom) column++
      bottom = block.y + block.height
      columns.set(block.group, column)
    }
    return columns
  }
})
