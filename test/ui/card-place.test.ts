import { expect, test } from 'vitest'
import { cardAt, placeOfCard } from '../../src/ui/start/card-place'

const room = { width: 1000, height: 700 }
const card = { width: 440, height: 160 }
const seen = (x: number, y: number, weight = 1) => ({ x, y, width: 120, height: 60, weight })

test('a card stays where it covers nothing, and goes where it covers less', () => {
  expect(placeOfCard(room, card, [], 'bottom')).toBe('bottom')
  expect(placeOfCard(room, card, [seen(450, 100)], 'bottom')).toBe('bottom')
  const inTheMiddle = placeOfCard(room, card, [seen(450, 550)], 'bottom')
  expect(inTheMiddle).toBe('top-right')
  expect(placeOfCard(room, card, [seen(450, 550), seen(700, 80)], 'bottom')).toBe('top-left')
})

test('what one is asked to look at counts more than what lies around', () => {
  const around = [seen(600, 80), seen(700, 150), seen(30, 80), seen(300, 80), seen(100, 550)]
  const at = placeOfCard(room, card, [seen(450, 550, 100), ...around], 'bottom')
  expect(at).not.toBe('bottom')
  expect(cardAt('bottom', room, card)).toEqual({ x: 280, y: 480, ...card })
})

test('it does not go to and fro for little', () => {
  expect(placeOfCard(room, card, [seen(470, 550), seen(100, 550), seen(600, 80), seen(100, 80)], 'bottom')).toBe(
    'bottom',
  )
})
