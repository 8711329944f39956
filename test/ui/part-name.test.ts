import { expect, test } from 'vitest'
import type { Rect } from '../../src/layout'
import { partName } from '../../src/ui/canvas/paint/paint-halo'
import type { Palette } from '../../src/ui/canvas/paint/palette'
import { touches } from '../../src/layout'

const box = { x: 100, y: 100, width: 80, height: 40 }
const beside = { x: 185, y: 95, width: 60, height: 50 }
const above = { x: 90, y: 70, width: 60, height: 24 }

/** Where the name of a part of `box` stands among what is there. */
function placeAmong(...there: Rect[]): 'beside' | 'above' | 'below' {
  let at = { x: 0, y: 0 }
  const ctx = {
    measureText: () => ({ width: 40 }),
    strokeText: () => undefined,
    fillText: (_: string, x: number, y: number) => (at = { x, y }),
  } as unknown as CanvasRenderingContext2D
  partName(ctx, box, 'add', { font: 'sans-serif' } as Palette, (area) => !there.some((t) => touches(t, area)))
  return at.x > box.x + box.width ? 'beside' : at.y < box.y ? 'above' : 'below'
}

test.each([
  ['with nothing around, beside the box', [], 'beside'],
  ['with something beside, above the box', [beside], 'above'],
  ['with something beside and above, below the box', [beside, above], 'below'],
  ['without room anywhere, above the box', [beside, above, { ...above, y: 145 }], 'above'],
] as const)('%s', (_, there, place) => expect(placeAmong(...there)).toBe(place))
