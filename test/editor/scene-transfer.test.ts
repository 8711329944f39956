import { expect, test } from 'vitest'
import { packScene, unpackScene } from '../../src/editor/scene-transfer'
import { allGroups, buildGroups, frameOf, layOut } from '../../src/layout'
import { arranger, face, transformer } from '../layout/support'

test('a scene arrives as it was sent', async () => {
  const source = transformer(10)
  const tree = buildGroups(source, frameOf(source))
  const { scene } = await layOut(source, tree, allGroups(tree), arranger(), face)
  const rounded = scene.edges.map((e) => ({ ...e, points: e.points.map((p) => Math.fround(p)) }))
  expect(unpackScene(structuredClone(packScene(scene)))).toEqual({ ...scene, edges: rounded })
})
