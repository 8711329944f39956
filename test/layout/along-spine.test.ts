/** Pieces of a spine with ears, which are laid out without ELK. */
import { describe, expect, it } from 'vitest'
import { layAlongSpine } from '../../src/layout/along-spine'
import { endsOf } from '../../src/layout/piece'
import type { LaidPiece, Line, Piece } from '../../src/layout/piece'

const FRAME = -1

/**
 * A piece in words: `in0>0|` is a line of the spine from the first value that comes from above, `2>out0` one that goes on below.
 * @param widths of the boxes; a box has a port for each line
 */
function piece(words: string, widths: readonly number[] = []): Piece {
  const ends = words.split(' ').map((word) => {
    const [from = '', to = ''] = word.replace('|', '').split('>')
    return { from, to, straight: word.endsWith('|') }
  })
  const numbers = ends.flatMap(({ from, to }) => [from, to]).filter((end) => /^\d/.test(end))
  const count = Math.max(...numbers.map(Number)) + 1
  const used = { in: new Array<number>(count).fill(0), out: new Array<number>(count).fill(0) }
  const port = (side: 'in' | 'out', end: string): number => {
    const at = Number(end)
    return used[side][at]!++
  }
  const lines = ends.map(({ from, to, straight }): Line => ({
    from: from.startsWith('in') ? FRAME : Number(from),
    fromPort: from.startsWith('in') ? Number(from.slice(2)) : port('out', from),
    to: to.startsWith('out') ? FRAME : Number(to),
    toPort: to.startsWith('out') ? Number(to.slice(3)) : port('in', to),
    straight,
  }))
  const across = (n: number, width: number) =>
    Array.from({ length: n }, (_, i) => Math.round((4 * width * (i + 1)) / (n + 1)) / 4)
  const most = (pattern: RegExp) => {
    const found = ends.flatMap(({ from, to }) => [from, to]).flatMap((end) => pattern.exec(end)?.[1] ?? [])
    return found.length > 0 ? Math.max(...found.map(Number)) + 1 : 0
  }
  return {
    gap: 44,
    boxes: Array.from({ length: count }, (_, i) => {
      const width = widths[i] ?? 120
      return { width, height: 40 + 20 * (i % 3), inX: across(used.in[i]!, width), outX: across(used.out[i]!, width) }
    }),
    lines,
    entries: most(/^in(\d)/),
    exits: most(/^out(\d)/),
    last: [],
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

const pointsOf = (route: readonly number[]): Point[] =>
  route.flatMap((x, i) => (i % 2 === 0 ? [{ x, y: route[i + 1]! }] : []))

/** Whether the way from a to b touches the inside of a box. */
function runsThrough(a: Point, b: Point, [x, y]: readonly [number, number], width: number, height: number): boolean {
  const steps = 64
  for (let i = 0; i <= steps; i++) {
    const [px, py] = [a.x + ((b.x - a.x) * i) / steps, a.y + ((b.y - a.y) * i) / steps]
    if (px > x + 0.01 && px < x + width - 0.01 && py > y + 0.01 && py < y + height - 0.01) return true
  }
  return false
}

/** What no laid piece may break. */
function expectSound(p: Piece, laid: LaidPiece): void {
  const { boxes } = p
  boxes.forEach((a, i) => {
    const [ax, ay] = laid.places[i]!
    expect(ax >= 0 && ax + a.width <= laid.width && ay >= 0 && ay + a.height <= laid.height, `box ${i} is inside`).toBe(
      true,
    )
    for (let j = i + 1; j < boxes.length; j++) {
      const [bx, by] = laid.places[j]!
      const apart =
        ax + a.width <= bx || bx + boxes[j]!.width <= ax || ay + a.height <= by || by + boxes[j]!.height <= ay
      expect(apart, `boxes ${i} and ${j} are apart`).toBe(true)
    }
  })
  p.lines.forEach((line, l) => {
    const way = pointsOf(laid.routes[l]!)
    const [start, end] = endsOf(line, p, laid)
    expect([way[0], way.at(-1)], `line ${l} runs from port to port`).toEqual([
      { x: start[0], y: start[1] },
      { x: end[0], y: end[1] },
    ])
    way.slice(1).forEach((b, i) => {
      const a = way[i]!
      expect(b.y >= a.y, `line ${l} runs down`).toBe(true)
      boxes.forEach((box, at) => {
        if (at !== line.from && at !== line.to)
          expect(runsThrough(a, b, laid.places[at]!, box.width, box.height), `line ${l} and box ${at}`).toBe(false)
      })
    })
    if (line.straight) expect(new Set(way.map(({ x }) => x)).size, `line ${l} is upright`).toBe(1)
  })
}

const laidOut = (p: Piece): LaidPiece => {
  const laid = layAlongSpine(p)
  if (!laid) throw new Error('it is left to ELK')
  return laid
}

describe('a spine with ears', () => {
  it.each([
    ['a line past two boxes', 'in0>0| in0>2 0>1| 1>2| 2>out0|'],
    ['a box beside the spine', 'in0>0| 0>1| 0>2 1>3| 2>3 3>out0|'],
    ['a chain beside the spine that is longer than its part of it', 'in0>0| 0>1| 0>2 2>3 3>4 1>5| 4>5 5>out0|'],
    ['a chain that begins in the piece', 'in0>0| 1>2 2>0 0>out0|'],
    ['a spine that begins in the piece, under a chain', '0>1| 2>3 3>0 1>out0|'],
    ['three values from above', 'in0>0| in1>1 in2>1 0>1| 1>out0|'],
    ['three values that go on', 'in0>0| 0>1| 0>out1 1>out0| 1>out2'],
    ['a value that passes by all boxes', 'in0>0| in1>out1 0>1| 1>out0|'],
    ['two lines between the same boxes', 'in0>0| 0>1| 0>1 1>out0|'],
    ['lines within lines on both sides', 'in0>0| in0>4 0>1| 0>3 1>2| 1>3 2>3| 3>4| 2>4 4>out0|'],
  ])('%s', (_, words) => {
    const p = piece(words)
    expectSound(p, laidOut(p))
  })

  it('of a chain of 60,000 boxes with a line past all of them overflows nothing', () => {
    const p = piece('in0>0| in0>1 0>1| 1>out0|')
    const [box, last] = [p.boxes[0]!, p.boxes[1]!]
    const count = 60_000
    const link = (i: number): Line => ({ from: i, fromPort: 0, to: i + 1, toPort: 0, straight: true })
    const lines = [p.lines[0]!, ...Array.from({ length: count - 1 }, (_, i) => link(i))]
    const past: Line = { from: FRAME, fromPort: 0, to: count - 1, toPort: 1, straight: false }
    const on: Line = { from: count - 1, fromPort: 0, to: FRAME, toPort: 0, straight: true }
    const boxes = [...Array.from({ length: count - 1 }, () => box), last]
    const laid = laidOut({ ...p, boxes, lines: [...lines, past, on] })
    expect(laid.places).toHaveLength(count)
    expect(laid.width).toBeLessThan(2 * last.width)
  })

  it('crosses its spine where it ends, not where the type of the value stands', () => {
    const p = piece('in0>0| 0>1| 0>2 2>out0| 1>2|')
    const laid = laidOut(p)
    const [start, bend] = pointsOf(laid.routes[2]!)
    expect(bend!.x > start!.x).toBe(p.boxes[0]!.outX[1]! > p.boxes[0]!.outX[0]!)
  })

  it.each([
    ['a box that two ears lead into', 'in0>0| 0>1| 0>2 0>3 2>4 3>4 1>5| 4>5 5>out0|'],
    ['two spines', 'in0>0| in1>1| 0>out0| 1>out1|'],
    ['a line upwards', 'in0>0| 0>1| 1>2| 2>3 3>0 2>out0|'],
    ['no spine', '0>1 0>2'],
    ['a box without a line', 'in0>0| 0>2| 2>out0|'],
    ['a value from above that two boxes use', 'in0>0| in1>1 in1>2 0>1| 1>2| 2>out0|'],
  ])('is not %s', (_, words) => {
    expect(layAlongSpine(piece(words))).toBeNull()
  })

  it('is not looked at where thousands of lines pass thousands of boxes', () => {
    const link = (i: number): Line => ({ from: i, fromPort: 0, to: i + 1, toPort: 0, straight: true })
    const past = (i: number): Line => ({ from: 0, fromPort: 1, to: 4999, toPort: 1 + i, straight: false })
    const box = { width: 100, height: 40, inX: [50], outX: [50] }
    const boxes = Array.from({ length: 5000 }, () => box)
    const lines = [...boxes.slice(1).map((_, i) => link(i)), ...boxes.slice(1).map((_, i) => past(i))]
    expect(layAlongSpine({ gap: 44, boxes, lines, entries: 0, exits: 0, last: [] })).toBeNull()
  })

  it('is not what has outputs of the network among its boxes', () => {
    expect(layAlongSpine({ ...piece('in0>0| 0>1|'), last: [1] })).toBeNull()
  })

  it.each(Array.from({ length: 40 }, (_, i) => i + 1))('of any make is sound, seed %i', (seed) => {
    const p = randomPiece(seed)
    expectSound(p, laidOut(p))
  })
})

/** A spine of up to eight boxes with up to six ears, between values from above and values that go on below. */
function randomPiece(seed: number): Piece {
  let state = seed
  const below = (n: number): number => {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return (state >> 8) % n
  }
  const length = 2 + below(7)
  const words = ['in0>0|', ...Array.from({ length: length - 1 }, (_, i) => `${i}>${i + 1}|`), `${length - 1}>out0|`]
  let [next, entries, exits] = [length, 1, 1]
  for (let ear = below(7); ear > 0; ear--) {
    const from = below(length + 2) - 2
    const to = from + 1 + below(length - Math.max(from, -1))
    const begin = from >= 0 ? [String(from)] : from === -1 ? [below(2) === 0 ? 'in0' : `in${entries++}`] : []
    const inside = Array.from({ length: Math.max(below(4), begin.length === 0 ? 1 : 0) }, () => String(next++))
    const end = to >= length || to < 0 ? `out${exits++}` : String(to)
    const way = [...begin, ...inside, end]
    way.slice(1).forEach((at, i) => words.push(`${way[i]}>${at}`))
  }
  return piece(
    words.join(' '),
    Array.from({ length: next }, () => 60 + 20 * below(9)),
  )
}
