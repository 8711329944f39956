import { GALLERY } from '../gallery'
import { expectGoodPictures } from '../layout/library-run'
import type { Proof } from './proof'

/** Every model of the gallery through the whole library, with the groups that are open at first and with all of them, in one column and in five. */
export const proofs: readonly Proof[] = GALLERY.map((model) => ({
  name: `pictures of ${model}`,
  instances: 4,
  seconds: 900,
  run: (seed) => expectGoodPictures(model, seed % 2 === 0 ? 'open at first' : 'all open', 10, seed > 2 ? 5 : 1),
}))
