/** The picture is as good at every step of a library run as at the start; for all models of the gallery in `npm run proof`. */
import { test } from 'vitest'
import { expectGoodPictures } from './library-run'

test.each([
  ['mobilenetv3-small.torchscript', 'open at first', 1],
  ['mobilenetv3-small.torchscript', 'all open', 4],
  ['vit-12.dynamo', 'open at first', 3],
  ['vit-12.dynamo', 'all open', 1],
] as const)(
  '%s, %s, columns: %i: at every tenth step of the library the picture is sound and as opened there',
  (model, open, columns) => expectGoodPictures(model, open, 10, columns),
)
