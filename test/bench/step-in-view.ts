/** A step as it is seen with some hundred nodes in view: from the key to the first frame that moves, and frames a second. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { importOnnx } from '../../src/dialects/onnx'
import { Workspace } from '../../src/editor/engine-worker/workspace'
import { LayoutSession } from '../../src/editor/layout-worker/layout-session'
import { packed, unpackedSnapshot } from '../../src/editor/protocol/codec'
import { unpackScene } from '../../src/editor/protocol/scene-codec'
import { snapshotOf } from '../../src/engine'
import type { Scene } from '../../src/layout'
import { upgradeForTarget } from '../../src/patterns'
import { arranger } from '../layout/support'

const IN_VIEW = 300
const RUNS = 5

type Open = 'first' | 'all'

export interface SeenStep {
  /** Milliseconds from the key press to the first frame in which the picture moves. */
  readonly toMotion: number
  readonly fps: number
  /** Longest time that the page was held up in any of the steps. */
  readonly longest: number
  readonly inView: number
}

/**
 * Medians over some steps, each undone again. The model has just been opened.
 * @param open every group, or those that are open at first, which may have fewer nodes in all
 */
export async function stepInView(page: Page, model: string, pattern: string, open: Open): Promise<SeenStep> {
  if (open === 'all') await openAll(page)
  await page.getByRole('button', { name: new RegExp(`^${pattern.replace(/[()]/g, '\\$&')} \\d`) }).click()
  await page.getByRole('heading', { name: /^\d+ match/ }).waitFor()
  await page.keyboard.press('n')
  await page.keyboard.press('Shift+F')
  const inView = await zoomOut(page, await sceneOf(model, pattern, open))
  const seen: Omit<SeenStep, 'inView'>[] = []
  for (let i = 0; i < RUNS; i++) {
    await watch(page)
    await page.keyboard.press('Enter')
    await atRest(page, 'step 1 of 1')
    seen.push(await watched(page))
    await page.keyboard.press('ArrowLeft')
    await atRest(page, 'step 0 of 1')
  }
  await page.keyboard.press('Shift+F')
  const median = (values: number[]) => Math.round(values.sort((a, b) => a - b)[values.length >> 1] ?? 0)
  const longest = Math.round(Math.max(...seen.map((s) => s.longest)))
  return { toMotion: median(seen.map((s) => s.toMotion)), fps: median(seen.map((s) => s.fps)), longest, inView }
}

async function openAll(page: Page): Promise<void> {
  await page.keyboard.press('Shift+G')
  // It may be over before anybody looks.
  await page
    .waitForFunction(() => document.querySelector('[data-arranging="true"]') !== null, undefined, { timeout: 2000 })
    .catch(() => undefined)
  await page.waitForFunction(() => document.querySelector('[data-arranging="true"]') === null)
}

/**
 * Waits until nothing moves and the transport says `step`. It looks ten times a second at two elements: a locator looks through
 * the whole page in every frame, which costs frames.
 */
export async function atRest(page: Page, step: string): Promise<void> {
  await page.waitForFunction(
    (said) =>
      document.querySelector<HTMLInputElement>('.phases input')?.disabled === true &&
      document.querySelector('.transport .step-count')?.textContent === said,
    step,
    { polling: 100 },
  )
}

/** The picture that the page shows: every group open, or those that are at first and those of the first match. */
async function sceneOf(model: string, pattern: string, open: Open): Promise<Scene> {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${model}.onnx`)))
  const home = Workspace.ofSnapshot(upgradeForTarget(snapshot, 'ort').snapshot)
  home.offer('ort', [])
  const layout = new LayoutSession(unpackedSnapshot(packed(snapshotOf(home.network))), arranger())
  if (open === 'all') return unpackScene((await layout.openAll()).scene)
  const [match] = home.matches(pattern)
  return unpackScene((await layout.reveal(match ? [match.root] : [])).scene)
}

/** Zooms out until so many nodes are in view, or all that the open groups have. Returns how many. */
async function zoomOut(page: Page, { nodes }: Scene): Promise<number> {
  for (let last = -1; ;) {
    const { x, y, zoom, width, height } = await page.evaluate(() => {
      const { a, e, f } = new DOMMatrix(document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform)
      const { clientWidth, clientHeight } = document.querySelector('.react-flow')!
      return { x: e, y: f, zoom: a, width: clientWidth, height: clientHeight }
    })
    const left = (n: { x: number; width: number }) => n.x * zoom + x
    const top = (n: { y: number }) => n.y * zoom + y
    const seen = nodes.filter(
      (n) => left(n) < width && left(n) + n.width * zoom > 0 && top(n) < height && top(n) + n.height * zoom > 0,
    ).length
    if (seen >= Math.min(IN_VIEW, nodes.length) || zoom === last) return seen
    last = zoom
    await page.keyboard.press('-')
    await stands(page)
  }
}

/** Waits until the view is the same for some frames on end, whether it moved or not: it does not where all is in view already. */
function stands(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const view = () => document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform
    for (let last = view(), same = 0; same < 10; last = view()) {
      await new Promise(requestAnimationFrame)
      same = view() === last ? same + 1 : 0
    }
  })
}

/** Notes the key press, and every frame with the moment of the step that it shows. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const note = { pressed: 0, frames: [] as number[], tasks: [0] }
    const tasks = (list: PerformanceObserverEntryList) => note.tasks.push(...list.getEntries().map((e) => e.duration))
    new PerformanceObserver(tasks).observe({ type: 'longtask' })
    addEventListener('keydown', (e) => (note.pressed = e.timeStamp), { capture: true, once: true })
    const look = (now: number) => {
      const slider = document.querySelector<HTMLInputElement>('.phases input')
      if (slider && !slider.disabled && Number(slider.value) > 0) note.frames.push(now)
      if (Reflect.get(window, 'graftStep') === note) requestAnimationFrame(look)
    }
    Reflect.set(window, 'graftStep', note)
    requestAnimationFrame(look)
  })
}

async function watched(page: Page): Promise<Omit<SeenStep, 'inView'>> {
  return page.evaluate(() => {
    const { pressed, frames, tasks } = Reflect.get(window, 'graftStep') as Record<'frames' | 'tasks', number[]> & {
      pressed: number
    }
    Reflect.set(window, 'graftStep', null)
    const [first = NaN, last = NaN] = [frames[0], frames.at(-1)]
    return {
      toMotion: first - pressed,
      fps: ((frames.length - 1) / (last - first)) * 1000,
      longest: Math.max(...tasks),
    }
  })
}
