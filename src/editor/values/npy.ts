/** NumPy's file format for one array: written for what it has a type for, and read. */
import type { ConstantValue, DType } from '../../engine'
import { BITS, ConstantValue as Constant } from '../../engine'
import type { Elements } from './elements'
import { readElements, sizeOf } from './elements'

/** The types that both have, and how NumPy writes them. */
const DESCRIPTIONS: Readonly<Partial<Record<DType, string>>> = {
  float32: '<f4',
  float64: '<f8',
  float16: '<f2',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  bool: '|b1',
  complex64: '<c8',
  complex128: '<c16',
}

/** What types that NumPy does not have become, without loss. */
const WIDENED: Readonly<Partial<Record<DType, DType>>> = { bfloat16: 'float32', int4: 'int8', uint4: 'uint8' }

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]
const CHUNK = 2 ** 20

/** @returns parts of a file; what lies in a file is not read @throws Error for a type that NumPy has nothing for */
export async function npyParts(elements: Elements): Promise<BlobPart[]> {
  const { dtype, shape } = elements
  const plain = DESCRIPTIONS[dtype]
  if (plain !== undefined) return [headerOf(plain, shape), ...elements.bytes.parts()]
  const wide = WIDENED[dtype]
  if (!wide) throw new Error(`NumPy has no type for ${dtype}`)
  const parts: BlobPart[] = [headerOf(DESCRIPTIONS[wide]!, shape)]
  const size = sizeOf(shape)
  for (let from = 0; from < size; from += CHUNK) {
    const { value } = await readElements(elements, from, Math.min(size, from + CHUNK))
    const chunk = Constant.of(wide, [value.size], value.numbers())
    parts.push(chunk.bytes as Uint8Array<ArrayBuffer>)
  }
  return parts
}

/** Version 1.0: the length of all before the elements is a multiple of 64. */
function headerOf(description: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': (${sizes}), }`
  const length = Math.ceil((MAGIC.length + 2 + text.length + 1) / 64) * 64
  const header = new Uint8Array(length).fill(0x20)
  header.set(MAGIC)
  new DataView(header.buffer).setUint16(MAGIC.length, length - MAGIC.length - 2, true)
  header.set(new TextEncoder().encode(text), MAGIC.length + 2)
  header[length - 1] = 0x0a
  return header
}

/** @throws Error that says what is wrong with a file that is none, or that holds what a tensor cannot */
export function readNpy(file: Uint8Array): ConstantValue {
  if (!isNpy(file)) throw new Error('it is not a .npy file')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const long = file[6]! >= 2
  const start = long ? 12 : 10
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true))
  if (end > file.length) throw new Error('the .npy file is cut off')
  const header = new TextDecoder().decode(file.subarray(start, end))
  const description = /'descr':\s*'([^']*)'/.exec(header)?.[1]
  const sizes = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]
  if (description === undefined || sizes === undefined) throw new Error('the head of the .npy file cannot be read')
  if (/'fortran_order':\s*True/.test(header))
    throw new Error('the .npy file is in column-major (Fortran) order: save it with order C')
  const dtype = dtypeOf(description)
  const shape = sizes.split(',').flatMap((s) => (s.trim() === '' ? [] : [Number(s)]))
  if (shape.some((d) => !Number.isSafeInteger(d) || d < 0)) throw new Error(`the .npy file has no shape: (${sizes})`)
  const wanted = (sizeOf(shape) * BITS[dtype]) / 8
  if (file.length - end < wanted) throw new Error(`the .npy file is cut off: ${file.length - end} of ${wanted} bytes`)
  return new Constant(dtype, shape, file.slice(end, end + wanted))
}

export const isNpy = (file: Uint8Array): boolean =>
  file.length >= 10 && MAGIC.slice(0, 6).every((b, i) => file[i] === b)

function dtypeOf(description: string): DType {
  const plain = description.replace(/^=/, '<')
  const found = Object.entries(DESCRIPTIONS).find(
    ([, d]) => d === plain || (d.slice(1) === plain.slice(1) && plain.endsWith('1')),
  )
  if (!found) throw new Error(`the .npy file holds ${description}, which is no type of a tensor here`)
  return found[0] as DType
}
