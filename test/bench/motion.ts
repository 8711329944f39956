/** What a whole library run does to the picture of each model: how far what stays moves, what is wrong, and what a step costs. */
import { allGroups, partsOf, sceneOf } from '../../src/layout'
import type { Scene, SceneNode } from '../../src/layout'
import { GALLERY } from '../gallery'
import { libraryRun, pictureOf } from '../layout/library-run'
import type { Open } from '../layout/library-run'
import { faultsOfPicture, lengthOfLines } from '../layout/picture-faults'
import { row } from './measure'
import { benchStepParts } from './step-parts'

/** Larger ones take minutes with everything open; `npm run proof` draws them. */
const MOST_STEPS = 400

export async function benchMotion(): Promise<void> {
  row('the picture over the library', 'steps', 'px a step', 'length', 'upwards', 'overlaps', 'ms', 'ms (p95)')
  for (const model of GALLERY) {
    await benchRun(model, 'open at first')
    await benchRun(model, 'all open')
  }
  await benchStepParts()
}

async function benchRun(model: string, how: Open): Promise<void> {
  const run = libraryRun(model)
  const steps = run.steps.slice(0, MOST_STEPS)
  const live = pictureOf(run)
  const open = how === 'all open' ? allGroups(live.tree) : live.firstOpen
  let picture = await live.draw(open, {})
  let scene = sceneOf(picture)
  let [moved, kept] = [0, 0]
  const spent: number[] = []
  for (const step of steps) {
    const from = performance.now()
    live.walk(step)
    picture = await live.draw(open, { near: picture.placed, before: picture })
    spent.push(performance.now() - from)
    const next = sceneOf(picture)
    for (const px of movesWithinGroups(scene, next)) {
      moved += px
      kept++
    }
    scene = next
  }
  const fresh = pictureOf(run)
  for (const step of steps) fresh.walk(step)
  const length = lengthOfLines(scene) / lengthOfLines(sceneOf(await fresh.draw(open, {})))
  const { upwards, overlaps } = faultsOfPicture(scene)
  spent.sort((a, b) => a - b)
  const [median, late] = [spent[spent.length >> 1]!, spent[Math.floor(spent.length * 0.95)]!]
  const cells = [steps.length, (moved / kept).toFixed(2), length.toFixed(2), upwards.length, overlaps.length]
  row(`${model}, ${how}`, ...cells.map(String), median.toFixed(1), late.toFixed(0))
}

/** How far each node goes that is in both pictures, beyond the move that most of its group make. */
function movesWithinGroups(before: Scene, after: Scene): number[] {
  const out: number[] = []
  for (const part of partsOf(after)?.parts ?? []) {
    const from = partsOf(before)?.at(part.inside.path)
    if (!from || from.inside === part.inside) continue
    const old = new Map([...from.nodes, ...from.frames].map((n) => [n.key, n]))
    const pairs = [...part.nodes, ...part.frames].flatMap((to): [SceneNode, SceneNode][] => {
      const was = old.get(to.key)
      return was ? [[was, to]] : []
    })
    const dx = median(pairs.map(([a, b]) => b.x + b.width / 2 - a.x - a.width / 2))
    const dy = median(pairs.map(([a, b]) => b.y - a.y))
    for (const [a, b] of pairs) out.push(Math.hypot(b.x + b.width / 2 - a.x - a.width / 2 - dx, b.y - a.y - dy))
  }
  return out
}

const median = (of: number[]): number => of.sort((a, b) => a - b)[of.length >> 1] ?? 0
