import { expect, test } from 'vitest'
import { fromPlain, toPlain } from '../../src/engine'

test('bytes of any length are written as base64, and read back', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 167 + length * 13) % 256)
    const plain = toPlain({ bytes }, { bytes: 'base64' })
    expect(plain).toEqual({ bytes: { $bytes: Buffer.from(bytes).toString('base64') } })
    expect(fromPlain(plain)).toEqual({ bytes })
  }
})
