/** The picture is as good at every step of a library run as at the start; for all models of the gallery in `npm run proof`. */
import { test } from 'vitest'
import { expectGoodPictures } from './library-run'

test.each([
  ['mobilenetv3-small.torchscript', 'open at first', 1, 'down'],
  ['mobilenetv3-small.torchscript', 'all open', 4, 'down'],
  ['mobilenetv3-small.torchscript', 'all open', 1, 'right'],
  ['vit-12.dynamo', 'open at first', 3, 'down'],
  ['vit-12.dynamo', 'open at first', 4, 'right'],
  ['vit-12.dynamo', 'all open', 1, 'down'],
] as const)(
  '%s, %s, columns: %i, %s: at every tenth step of the library the picture is sound and as opened there',
  (model, open, columns, direction) => expectGoodPictures(model, open, 10, columns, direction),
)

test('columns stay where they were chosen, though a rewrite leaves most of the network in one group', () =>
  expectGoodPictures('convnext-18.torchscript', 'all open', 10, 5))
