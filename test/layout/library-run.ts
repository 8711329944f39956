/** A whole library run on a model of the gallery, with its picture at every so many steps. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import { dialectNamed } from '../../src/dialects/tensorrt'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { IncrementalLayout } from '../../src/editor/layout-worker/incremental-layout'
import { packed, unpackedSnapshot } from '../../src/editor/protocol/codec'
import type { MoveStep } from '../../src/editor/protocol/moves'
import { networkFromSnapshot, snapshotOf } from '../../src/engine'
import type { NetworkSnapshot } from '../../src/engine'
import { allGroups, sceneOf } from '../../src/layout'
import type { Direction, LayoutEngine, Scene, SceneNode } from '../../src/layout'
import { upgradeForTarget } from '../../src/patterns'
import { faultsOfPicture } from './picture-faults'
import { arranger } from './support'

export type Open = 'open at first' | 'all open'

export interface LibraryRun {
  readonly start: NetworkSnapshot
  readonly steps: readonly MoveStep[]
}

export function libraryRun(model: string): LibraryRun {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
  const home = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'ort').snapshot)
  home.offer('ort', [])
  const start = unpackedSnapshot(packed(snapshotOf(home.network)))
  const wanted = home.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn)
  home.plan({ wanted: wanted.map(({ label, benefit }) => ({ label, benefit })), whole: true })
  const last = home.history.nodes().at(-1)!.id
  const steps = home.history
    .path(0, last)
    .map(({ transaction, direction, node }) => ({ transaction: packed(transaction), direction, node, to: node }))
  return { start, steps }
}

export function pictureOf({ start }: LibraryRun, by: LayoutEngine = arranger()): IncrementalLayout {
  return new IncrementalLayout(networkFromSnapshot(start, dialectNamed(start.dialect)), by)
}

/** What holds of the picture at every so many steps and at the end. */
export async function expectGoodPictures(
  model: string,
  how: Open,
  every: number,
  columns = 1,
  direction: Direction = 'down',
): Promise<void> {
  const run = libraryRun(model)
  const live = pictureOf(run)
  const open = how === 'all open' ? allGroups(live.tree) : live.firstOpen
  let picture = await live.draw(open, { columns, direction })
  // What was chosen at first stays, as in the app.
  const breaks = [...picture.placed.values()].flatMap((p) => p.columns)
  const expectGood = (scene: Scene, when: string) => {
    const { upwards, ...faults } = faultsOfPicture(scene)
    expect(faults, when).toEqual({ overlaps: [], through: [], leaning: [], covered: [], nameless: [] })
    // Only what leads from one column to the next runs upwards: no more than three values each time.
    const values = new Set(upwards.map((line) => line.split(' to ')[0]))
    expect(values.size, `${when}: ${upwards.join('; ')}`).toBeLessThanOrEqual(3 * (columns - 1))
  }
  expectGood(sceneOf(picture), 'at the start')
  expect(run.steps.length).toBeGreaterThan(20)
  for (const [i, step] of run.steps.entries()) {
    live.walk(step)
    picture = await live.draw(open, { columns: breaks, direction, near: picture.placed, before: picture })
    const at = i + 1
    if (at % every !== 0 && at !== run.steps.length) continue
    const scene = sceneOf(picture)
    expectGood(scene, `step ${at}`)
    const opened = pictureOf(run)
    for (const earlier of run.steps.slice(0, at)) opened.walk(earlier)
    expect(places(scene), `as opened at step ${at}`).toEqual(
      places(sceneOf(await opened.draw(open, { columns: breaks, direction }))),
    )
  }
}

const places = (scene: Scene) =>
  new Map(scene.nodes.map(({ key, x, y, width, face }: SceneNode) => [key, [x, y, width, face.detail, face.mix]]))
