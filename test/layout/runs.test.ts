/** Runs of equal blocks that are drawn as one box each: which there are, what the box says, and that the picture is sound. */
import { describe, expect, test } from 'vitest'
import { allGroups, buildGroups, frameOf, runsOf, sceneOf } from '../../src/layout'
import { libraryRun, pictureOf } from './library-run'
import { faultsOfPicture } from './picture-faults'
import { Sketch, transformer } from './support'

const SOUND = { overlaps: [], upwards: [], through: [], leaning: [], covered: [], nameless: [] }

describe('runs of equal blocks', () => {
  const runs = (source: ReturnType<typeof transformer>) =>
    runsOf(buildGroups(source, frameOf(source))).map(({ name, blocks }) => `${name} ×${blocks.size}`)

  test('are groups of one family that follow each other and hold the same', () =>
    expect(runs(transformer(12))).toEqual(['layers.0 … layers.11 ×12']))

  test('two are read as well by themselves', () => expect(runs(transformer(2))).toEqual([]))

  /** Blocks in a chain, of which some hold one layer more, or hand their value to a layer outside that the next one uses. */
  function chain(larger: readonly number[], outside: readonly number[] = []) {
    const sketch = new Sketch()
    let value = sketch.input()
    for (let i = 0; i < 8; i++) {
      const layers = larger.includes(i) ? 7 : 6
      for (let k = 0; k < layers; k++) value = sketch.layer('Relu', `block.${i}`, [value])
      if (outside.includes(i)) for (let k = 0; k < 5; k++) value = sketch.layer('Neg', `between.${i}`, [value])
    }
    sketch.output(value)
    return sketch.source()
  }

  test('one that holds another number of layers ends a run', () =>
    expect(runs(chain([3]))).toEqual(['block.0 … block.2 ×3', 'block.4 … block.7 ×4']))

  test('so does what lies between two blocks: as one box they would be in a circle with it', () =>
    expect(runs(chain([], [3]))).toEqual(['block.0 … block.3 ×4', 'block.4 … block.7 ×4']))
})

describe('a folded run', () => {
  const run = libraryRun('gpt2-12.torchscript')

  test('is one box that says how many blocks it stands for and how many of them were rewritten, at every step', async () => {
    const live = pictureOf(run)
    const open = live.firstOpen
    const [blocks] = live.runs
    expect(live.runs.map((r) => r.blocks.size)).toEqual([12])
    live.fold([blocks!])
    const told = new Set<string>()
    for (const [i, step] of run.steps.entries()) {
      live.walk(step)
      if (i % 8 !== 0 && i !== run.steps.length - 1) continue
      const scene = sceneOf(await live.draw(open, {}))
      const box = scene.nodes.find((n) => n.group === blocks!.path)!
      expect(box.face).toMatchObject({ title: blocks!.name, result: '×12' })
      expect({ ...faultsOfPicture(scene) }).toEqual(SOUND)
      told.add(box.face.detail)
    }
    expect([...told].at(-1)).toBe('12 of 12 rewritten')
    expect(told.size).toBeGreaterThan(3)
  })

  test('is drawn the same whether it was folded before the steps or after them, and unfolded as if it had never been', async () => {
    const [before, after, never] = [pictureOf(run), pictureOf(run), pictureOf(run)]
    const open = never.firstOpen
    before.fold(before.runs)
    for (const step of run.steps) for (const live of [before, after, never]) live.walk(step)
    after.fold(after.runs)
    const drawn = async (live: typeof before) =>
      sceneOf(await live.draw(open, {})).nodes.map(({ key, x, y, width, face }) => [key, x, y, width, face.detail])
    expect(await drawn(after)).toEqual(await drawn(before))
    expect((await drawn(before)).length).toBeLessThan((await drawn(never)).length)
    after.fold([])
    expect(await drawn(after)).toEqual(await drawn(never))
  })

  test('stays folded when everything is opened', async () => {
    const live = pictureOf(run)
    live.fold(live.runs)
    const scene = sceneOf(await live.draw(allGroups(live.tree), {}))
    expect(scene.nodes.filter((n) => n.kind === 'group' && !n.open).map((n) => n.face.result)).toEqual(['×12'])
  })
})
