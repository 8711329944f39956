import { floatOf, maybe, one } from './call'
import type { CallDrawer } from './call'

const window: CallDrawer = ({ d }) => ({
  operands: [one(d.pick(['int64', 'int32']), d.int(1, 8))],
  attributes: maybe(d, { periodic: d.int(0, 1), output_datatype: d.pick([1, 1, 11]) }),
})

const mel: CallDrawer = ({ d }) => ({
  operands: [
    one('int64', d.int(2, 5)),
    one('int64', d.pick([8, 16])),
    one('int64', d.pick([8192, 16000])),
    one('float32', d.pick([0, 100])),
    one('float32', d.pick([3000, 4000])),
  ],
  attributes: maybe(d, { output_datatype: d.pick([1, 11]) }, 0.3),
})

/** The last dimension is a number's real part, or both of its parts. */
const dft: CallDrawer = (c) => {
  const { d, opset } = c
  const parts = d.pick([1, 2])
  const rows = [d.int(1, 2), d.int(2, 5), d.int(2, 4)]
  const x = c.given[0]?.shape?.map(Number) ?? [...rows.slice(0, d.int(2, 3)), parts]
  const axis = d.int(0, x.length - 2)
  const isOneSided = x.at(-1) === 1 && d.chance(0.4)
  return {
    operands: [
      { dtype: floatOf(c), shape: x },
      d.chance(0.3) ? one('int64', d.int(2, 6)) : null,
      ...(opset >= 20 ? [d.chance(0.6) ? one('int64', d.chance(0.5) ? axis : axis - x.length) : null] : []),
    ],
    attributes: {
      ...(opset < 20 && { axis: Math.max(axis, 1) }),
      ...(isOneSided ? { onesided: 1 } : maybe(d, { inverse: d.int(0, 1) })),
    },
  }
}

const stft: CallDrawer = (c) => {
  const { d } = c
  const frame = d.pick([4, 6, 8])
  const hasWindow = d.chance(0.6)
  return {
    operands: [
      { dtype: floatOf(c), shape: [d.int(1, 2), d.int(8, 16), 1] },
      one('int64', d.int(1, 4)),
      hasWindow ? { dtype: floatOf(c), shape: [frame] } : null,
      !hasWindow || d.chance(0.7) ? one('int64', frame) : null,
    ],
    attributes: maybe(d, { onesided: d.int(0, 1) }),
  }
}

export const SIGNALS: Readonly<Record<string, CallDrawer>> = {
  HannWindow: window,
  HammingWindow: window,
  BlackmanWindow: window,
  MelWeightMatrix: mel,
  DFT: dft,
  STFT: stft,
}
