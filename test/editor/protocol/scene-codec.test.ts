import { expect, test } from 'vitest'
import { packScene, unpackScene } from '../../../src/editor/protocol/scene-codec'
import { allGroups, buildGroups, frameOf, layOut, partsOfPicture, sceneOf } from '../../../src/layout'
import { arranger, face, transformer } from '../../layout/support'

test('a scene arrives as it was sent', async () => {
  const source = transformer(10)
  const tree = buildGroups(source, frameOf(source))
  const picture = await layOut(tree, allGroups(tree), arranger(), face)
  expect(unpackScene(structuredClone(packScene(partsOfPicture(picture))))).toEqual(sceneOf(picture))
})
