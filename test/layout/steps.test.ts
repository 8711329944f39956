/** The picture is as good at every step of a library run as at the start; for all models of the gallery in `npm run proof`. */
import { test } from 'vitest'
import { expectGoodPictures } from './library-run'

test.each([
  ['mobilenetv3-small.torchscript', 'open at first'],
  ['mobilenetv3-small.torchscript', 'all open'],
  ['vit-12.dynamo', 'open at first'],
  ['vit-12.dynamo', 'all open'],
] as const)('%s, %s: at every tenth step of the library the picture is sound and as opened there', (model, open) =>
  expectGoodPictures(model, open, 10),
)
