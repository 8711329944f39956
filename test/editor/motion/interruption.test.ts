import { expect, test } from 'vitest'
import { scrubTo, stepCommands } from '../../../src/editor'
import { move } from '../../../src/editor/commands/run/move'
import { Workspace } from '../../../src/editor/engine-worker/workspace'
import { LayoutSession } from '../../../src/editor/layout-worker/layout-session'
import { packed, unpackedSnapshot } from '../../../src/editor/protocol/codec'
import { unpackScene } from '../../../src/editor/protocol/scene-codec'
import { snapshotOf, toPlain, verifyNetwork } from '../../../src/engine'
import type { Network } from '../../../src/engine'
import { pick, random } from '../../engine/support'
import { arranger } from '../../layout/support'
import { RandomNetwork } from '../../patterns/random-network'
import { editorRig } from '../rig'

const bare = (network: Network) => toPlain(snapshotOf(network).layers, { bytes: 'array', inlineUpTo: 0 })

/** Waits for all that is under way, and lets what plays run to its end. */
async function settle({ editor, turn }: Awaited<ReturnType<typeof editorRig>>): Promise<void> {
  let over = false
  void editor.inTurn(() => Promise.resolve()).then(() => (over = true))
  while (!over) await new Promise((resolve) => setTimeout(resolve, 0))
  for (let i = 0; i < 40 && editor.player.current; i++) turn(50)
}

/** Acts that came in the middle of a step, over all seeds. */
let interrupted = 0

test.each(Array.from({ length: 24 }, (_, i) => i + 1))(
  'acts, moves, branches and scrubs that interrupt each other lead where they lead without animation, seed %i',
  async (seed) => {
    const r = random(seed)
    const start = snapshotOf(new RandomNetwork(r).grow(24, 8))
    const rig = await editorRig(start)
    const { editor, home, turn } = rig
    const alone = Workspace.ofSnapshot(start)
    const labels = home.catalogue.filter((o) => o.type === 'rewriter' && !o.optIn).map((o) => o.label)

    for (let act = 0; act < 14; act++) {
      const line = [0, ...alone.timeline().steps.map((s) => s.node)]
      const at = line.indexOf(alone.history.cursor)
      const what = r()
      if (editor.player.current) interrupted++
      if (what < 0.45) {
        const found = labels.flatMap((label) => [...alone.matches(label)].slice(0, 2))
        const match = found.length > 0 ? pick(r, found) : null
        if (match) {
          void move(editor, (s) => s.engine.call('apply', { label: match.pattern, root: match.root }))
          alone.apply(match.pattern, match.root)
        }
      } else if (what < 0.6) {
        void stepCommands.stepBack(editor)
        if (at > 0) alone.seek(line[at - 1]!)
      } else if (what < 0.75) {
        void stepCommands.stepForward(editor)
        if (at + 1 < line.length) alone.seek(line[at + 1]!)
      } else if (what < 0.85) {
        const node = pick(r, alone.history.nodes()).id
        void (r() < 0.5 ? stepCommands.seek(editor, node) : stepCommands.visit(editor, node))
        alone.seek(node)
      } else if (what < 0.95) {
        await settle(rig)
        const goals = Array.from({ length: 4 }, () => Math.floor(r() * line.length))
        await Promise.all(goals.map((goal) => scrubTo(editor, goal)))
        alone.seek(line[goals.at(-1)!]!)
      } else {
        void stepCommands.prune(editor)
        alone.prune()
      }
      // Somewhere in the middle of a step, or of the work before it; the next act does not wait.
      if (r() < 0.5) await new Promise((resolve) => setTimeout(resolve, 0))
      for (let i = Math.floor(r() * 4); i > 0; i--) turn(Math.floor(r() * 200))
      if (r() < 0.2) editor.player.scrub(r() * 800)
      if (r() < 0.2) editor.player.pause()
    }
    await settle(rig)

    expect(editor.state.timeline).toEqual(alone.timeline())
    expect(snapshotOf(home.network)).toEqual(snapshotOf(alone.network))
    expect(verifyNetwork(home.network)).toEqual([])
    expect(bare(rig.replica)).toEqual(bare(alone.network))

    expect(rig.stops.length).toBeGreaterThan(3)

    // The same stops, drawn by a layout that nothing plays on.
    alone.seek(0)
    const layout = new LayoutSession(unpackedSnapshot(packed(start)), arranger())
    await layout.openAll()
    let drawn = await layout.draw()
    for (const stop of rig.stops) drawn = await layout.follow(alone.seek(stop).steps)
    expect(editor.state.scene).toEqual(unpackScene(drawn.scene))
  },
)

test('steps were interrupted while they played, and not once', () => expect(interrupted).toBeGreaterThan(24))
