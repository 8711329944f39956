/** What is said of a tensor's elements: statistics, histogram, table and file. */
import { describe, expect, test } from 'vitest'
import { ConstantValue } from '../../../src/engine'
import type { DType } from '../../../src/engine'
import { bytesInMemory, bytesOfBlob } from '../../../src/editor/values/elements'
import type { Elements } from '../../../src/editor/values/elements'
import { npyParts, readNpy } from '../../../src/editor/values/npy'
import { histogramOf, statisticsOf } from '../../../src/editor/values/statistics'
import { readWindow } from '../../../src/editor/values/window'
import { uniform } from '../../../src/verify/random'

function elements(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Elements {
  return { dtype, shape, bytes: bytesInMemory(ConstantValue.of(dtype, shape, values).bytes!) }
}

/** Elements of which nobody may read more than this at once. */
function counted(source: Elements): { elements: Elements; read: () => number } {
  let total = 0
  const { bytes } = source
  const read = (from: number, length: number) => {
    total += length
    return bytes.read(from, length)
  }
  return { elements: { ...source, bytes: { ...bytes, read } }, read: () => total }
}

describe('statistics', () => {
  test('are those of the finite elements, and say how many are zero or not finite', async () => {
    const s = await statisticsOf(elements('float32', [8], [1, -3, 0, -0, NaN, Infinity, -Infinity, 4]))
    expect(s).toMatchObject({
      count: 8,
      min: -3,
      max: 4,
      mean: 0.4,
      zeros: 2,
      nans: 1,
      infinities: 1,
      negativeInfinities: 1,
    })
    expect(s.deviation).toBeCloseTo(Math.sqrt((0.36 + 11.56 + 0.16 + 0.16 + 12.96) / 5), 12)
  })

  test('of nothing, or of nothing finite, there are none', async () => {
    for (const values of [[], [NaN, NaN]]) {
      const e = elements('float32', [values.length], values)
      const s = await statisticsOf(e)
      expect(s).toMatchObject({ count: values.length, min: null, max: null, mean: null, deviation: null })
      expect(await histogramOf(e, s)).toBeNull()
    }
  })

  test('a small spread around a large mean is kept, also over several pieces of the file (seed 7)', async () => {
    const r = uniform(7)
    const values = Float64Array.from({ length: 2 ** 20 + 77 }, () => 1e9 + (r() < 0.5 ? -1 : 1))
    const s = await statisticsOf(elements('float64', [values.length], values))
    expect(s.deviation).toBeCloseTo(1, 4)
    expect(s.mean).toBeCloseTo(1e9, 1)
  })

  test('a histogram holds every finite element, up to both ends of the type', async () => {
    for (const [dtype, values] of [
      ['float32', [0, 0.25, 0.5, 1, NaN]],
      ['float64', [-Number.MAX_VALUE, 0, Number.MAX_VALUE]],
      ['float32', [5, 5, 5]],
      ['int8', [-128, 127, 0, 0]],
      ['bool', [1, 0, 1]],
    ] as const) {
      const e = elements(dtype, [values.length], values)
      const histogram = (await histogramOf(e, await statisticsOf(e)))!
      expect(histogram.counts.reduce((a, b) => a + b, 0)).toBe(values.filter(Number.isFinite).length)
    }
  })

  test('few whole numbers have a bar each', async () => {
    const e = elements('int32', [4], [2, 4, 4, 5])
    expect(await histogramOf(e, await statisticsOf(e))).toEqual({ from: 1.5, to: 5.5, counts: [1, 0, 2, 1] })
  })

  test('whoever watches ends it', async () => {
    const stop = () => {
      throw new Error('enough')
    }
    await expect(statisticsOf(elements('float32', [2], [1, 2]), stop)).rejects.toThrow('enough')
  })
})

describe('the table', () => {
  const at = [0, 0, 0]
  const cube = elements(
    'int32',
    [2, 3, 4],
    Array.from({ length: 24 }, (_, i) => i),
  )

  test('shows any two axes at chosen places along the others', async () => {
    const all = { rows: [0, 2] as const, columns: [1, 3] as const }
    expect(await readWindow(cube, { rowAxis: 1, columnAxis: 2, at: [1, 0, 0], ...all })).toEqual([
      '13',
      '14',
      '17',
      '18',
    ])
    expect(await readWindow(cube, { rowAxis: 2, columnAxis: 0, at: [0, 2, 0], rows: [1, 3], columns: [0, 2] })).toEqual([
      '9', '21', '10', '22',
    ]) // prettier-ignore
  })

  test('a tensor of one axis is a column, one of none a cell', async () => {
    const one = { rowAxis: 0, columnAxis: null, at: [0], rows: [1, 3], columns: [0, 1] } as const
    expect(await readWindow(elements('float32', [3], [1, -2, Infinity]), one)).toEqual(['−2', '∞'])
    const none = { rowAxis: null, columnAxis: null, at: [], rows: [0, 1], columns: [0, 1] } as const
    expect(await readWindow(elements('bool', [], [1]), none)).toEqual(['true'])
  })

  test('integers of 64 bits are written to the digit, those of 4 bits from either half of a byte', async () => {
    const big = ConstantValue.ofBigints([2], [2n ** 53n + 1n, -(2n ** 63n)])
    const column = { rowAxis: 0, columnAxis: null, at: [0], rows: [0, 2], columns: [0, 1] } as const
    const int64: Elements = { dtype: 'int64', shape: [2], bytes: bytesInMemory(big.bytes!) }
    expect(await readWindow(int64, column)).toEqual(['9007199254740993', '−9223372036854775808'])
    const int4: Elements = { dtype: 'int4', shape: [3], bytes: bytesInMemory(Uint8Array.of(0xf1, 0x07)) }
    expect(await readWindow(int4, { ...column, rows: [1, 3] })).toEqual(['−1', '7'])
  })

  test('reads little of a large weight, down a column too', async () => {
    const large = counted(elements('float32', [1024, 4096], new Float32Array(2 ** 22)))
    await readWindow(large.elements, { rowAxis: 0, columnAxis: 1, at: [0, 0], rows: [500, 530], columns: [7, 17] })
    expect(large.read()).toBeLessThan(2 ** 20)
    const turned = counted(large.elements)
    await readWindow(turned.elements, { rowAxis: 1, columnAxis: 0, at: [0, 0], rows: [0, 30], columns: [500, 510] })
    expect(turned.read()).toBeLessThan(2 ** 20)
  })

  test('beyond the tensor there is nothing', async () => {
    const window = { rowAxis: 1, columnAxis: 2, at, rows: [2, 4], columns: [0, 4] } as const
    await expect(readWindow(cube, { ...window, at: [1, 0, 0] })).rejects.toThrow('beyond')
  })
})

describe('.npy', () => {
  const bytesOf = async (e: Elements) => new Uint8Array(await new Blob(await npyParts(e)).arrayBuffer())

  test.each(['float32', 'float16', 'int64', 'uint8', 'bool'] as const)('%s comes back as it was', async (dtype) => {
    for (const shape of [[], [3], [2, 3]]) {
      const value = ConstantValue.of(
        dtype,
        shape,
        Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i % 2),
      )
      const back = readNpy(await bytesOf({ dtype, shape, bytes: bytesInMemory(value.bytes!) }))
      expect(back.equals(value)).toBe(true)
    }
  })

  test('what NumPy has no type for is widened without loss, or refused', async () => {
    const brain = elements('bfloat16', [2], [1.5, -2])
    expect(readNpy(await bytesOf(brain)).equals(ConstantValue.of('float32', [2], [1.5, -2]))).toBe(true)
    const float8: Elements = { dtype: 'float8e5m2', shape: [1], bytes: bytesInMemory(Uint8Array.of(0)) }
    await expect(npyParts(float8)).rejects.toThrow('NumPy has no type for float8e5m2')
  })

  test('a part of a file is put in without being read', async () => {
    const blob = new Blob([new Float32Array([1, 2])])
    const source: Elements = { dtype: 'float32', shape: [2], bytes: bytesOfBlob(blob) }
    const watched = counted(source)
    const parts = await npyParts(watched.elements)
    expect(watched.read()).toBe(0)
    expect(parts[1]).toBe(blob)
  })

  test('what is no array says what is wrong', async () => {
    const good = await bytesOf(elements('float32', [4], [1, 2, 3, 4]))
    expect(() => readNpy(good.subarray(0, good.length - 1))).toThrow('cut off: 15 of 16 bytes')
    expect(() => readNpy(good.subarray(0, 40))).toThrow('cut off')
    expect(() => readNpy(new TextEncoder().encode('not an array at all'))).toThrow('not a .npy file')
    const edited = (from: string, to: string) => {
      const text = Array.from(good, (b) => String.fromCharCode(b))
        .join('')
        .replace(from, to)
      return Uint8Array.from(text, (c) => c.charCodeAt(0))
    }
    expect(() => readNpy(edited("'<f4'", "'|O8'"))).toThrow('|O8')
    expect(() => readNpy(edited("'<f4'", "'>f4'"))).toThrow('>f4')
    expect(() => readNpy(edited('False', 'True '))).toThrow('Fortran')
  })
})
