/**
 * Softmax of what a mask is added to (catalogue 43); com.microsoft, only where asked for: ONNX Runtime has the operator for its GPU
 * providers alone, so that its numbers cannot be checked on a CPU.
 *
 *   Softmax(s + m)   =>   BiasSoftmax(s, m)
 *
 * Preconditions: Softmax over the last axis; the mask as long as the scores there; its dimensions of size 1 are one block,
 * directly in front of the last axis (inner broadcast) or at the very front (outer), where lower rank counts as size 1; the
 * sum has no other user.
 */
import type { Layer, PatternRewriter, Shape, Tensor } from '../../engine'
import { found, pattern } from '../define'
import { isLastAxis, parentOf, sameDim, usedOnce } from '../values'

type Broadcast = 'inner' | 'outer'

/** How a mask is spread over scores, seen from the last axis; null where it is neither way. */
export function broadcastOf(mask: Shape, scores: Shape): Broadcast | null {
  const rank = scores.length
  if (mask.length > rank || rank < 2 || !sameDim(mask.at(-1), scores.at(-1))) return null
  const padded = [...Array<number>(rank - mask.length).fill(1), ...mask].slice(0, -1)
  const isFull = padded.map((d, i) => sameDim(d, scores[i]))
  if (!padded.every((d, i) => isFull[i] || d === 1)) return null
  const firstFull = isFull.indexOf(true)
  const lastFull = isFull.lastIndexOf(true)
  // All of one row: the block in front of the last axis is everything.
  if (firstFull < 0 || isFull.slice(0, lastFull + 1).every(Boolean)) return 'inner'
  return isFull.slice(firstFull).every(Boolean) ? 'outer' : null
}

/** The scores and the mask of a sum, whichever side the mask stands on. */
function operandsOf(add: Layer): { scores: Tensor; mask: Tensor; broadcast: Broadcast } | null {
  for (const at of [1, 0]) {
    const [mask, scores] = [add.input(at), add.input(1 - at)]
    if (!mask?.shape || !scores?.shape || mask === scores) continue
    const broadcast = broadcastOf(mask.shape, scores.shape)
    if (broadcast) return { scores, mask, broadcast }
  }
  return null
}

export function biasSoftmax(): PatternRewriter {
  return pattern({
    name: 'BiasSoftmax',
    root: ['Softmax'],
    parts: 2,
    match: (softmax, decline) => {
      const add = parentOf(softmax.input(0), 'Add')
      const above = softmax.input(0)?.parent
      if (!add) return decline?.('sum', above ?? null, 'Add(scores, mask)', above?.kind ?? 'an input', { softmax })
      const matched = { softmax, sum: add }
      if (!isLastAxis(Number(softmax.attribute('axis') ?? -1), softmax.operand(0).rank))
        return decline?.('softmax', softmax, 'the last axis', `axis is ${String(softmax.attribute('axis'))}`, matched)
      if (!usedOnce(add.output()))
        return decline?.('sum', add, 'a sum that only the Softmax uses', `${add.result().liveUses} users`, matched)
      const parts = operandsOf(add)
      if (!parts)
        return decline?.(
          'mask',
          add,
          'a mask that is spread over one block of the dimensions of the scores',
          add.operands.map((t) => `[${t?.shape?.join(', ') ?? '…'}]`).join(' + '),
          matched,
        )
      return found(softmax, matched, { scores: parts.scores, mask: parts.mask }, parts.broadcast)
    },
    rewrite: (b, m) => {
      const attributes = { axis: -1, is_inner_broadcast: Number(m.data === 'inner') }
      const operands = [m.tensor('scores'), m.tensor('mask')]
      return { y: b.call('com.microsoft.BiasSoftmax', operands, attributes, m.tensor('y').record) }
    },
  })
}
