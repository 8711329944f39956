/** Bytes that lie in a file, and are read when somebody asks. */

/** Of what was read last so much is remembered, in bytes: patterns look at the same weights several times in a row. */
const REMEMBERED = 2 ** 26

/** A file whose parts are read one by one. What it is, and how it is read, is known to whoever opened it. */
export class ByteSource {
  private readonly known = new Map<string, Uint8Array>()
  private size = 0

  /**
   * @param readRange reads bytes from an offset on; throws where that cannot be done any more
   * @param origin what the file is to whoever opened it
   */
  constructor(
    readonly length: number,
    private readonly readRange: (from: number, length: number) => Uint8Array,
    readonly origin: unknown = null,
  ) {}

  /** The bytes, which are not to be changed. @throws RangeError beyond the end */
  read(from: number, length: number): Uint8Array {
    if (!(from >= 0 && length >= 0 && from + length <= this.length))
      throw new RangeError(`bytes ${from} to ${from + length} of a file of ${this.length}`)
    const key = `${from} ${length}`
    const known = this.known.get(key)
    if (known) {
      this.known.delete(key)
      this.known.set(key, known)
      return known
    }
    const bytes = this.readRange(from, length)
    if (length <= REMEMBERED) this.remember(key, bytes)
    return bytes
  }

  /** What is read in passing, and not remembered. */
  pass(from: number, length: number): Uint8Array {
    return this.readRange(from, length)
  }

  private remember(key: string, bytes: Uint8Array): void {
    this.known.set(key, bytes)
    this.size += bytes.length
    for (const [oldest, { length }] of this.known) {
      if (this.size <= REMEMBERED) return
      this.known.delete(oldest)
      this.size -= length
    }
  }
}

/** Some bytes of a file. */
export class ByteRange {
  constructor(
    readonly source: ByteSource,
    readonly offset: number,
    readonly length: number,
  ) {}

  read(): Uint8Array {
    return this.source.read(this.offset, this.length)
  }
}
