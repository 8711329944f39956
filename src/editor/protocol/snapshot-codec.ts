/**
 * A network on its way to another thread: text in rows, which crosses as it is and is read by the machine itself. Cloned as objects, a network of
 * thousands of layers takes several times as long on either side.
 */
import { fromPlain, toPlain } from '../../engine'
import type { Attributes, LayerRecord, NetworkSnapshot, TensorRecord } from '../../engine'
import { INLINE, packed } from './codec'
import type { Plain } from './codec'

/** So many layers or tensors are written and read in a few milliseconds. */
const PART = 600

/** Some of the layers or tensors, in order, as text. */
export type SnapshotPart = string

/** What most layers do not have. Attributes stand here where JSON does not keep them as they are. */
type RareOfLayer = Partial<
  Pick<LayerRecord, 'attributes' | 'attributeTypes' | 'origin' | 'removed' | 'flayer' | 'metadata'>
>
/** Kind and scope by their place in the lists of the part. */
type LayerRow = readonly [
  id: number,
  kind: number,
  name: string,
  scope: number,
  inputs: readonly number[],
  outputs: readonly number[],
  attributes: Attributes,
  rare?: RareOfLayer,
]
type RareOfTensor = Partial<Pick<TensorRecord, 'shape' | 'value'>>
type TensorRow = readonly [
  id: number,
  name: string,
  dtype: TensorRecord['dtype'],
  shape: TensorRecord['shape'],
  producer: number,
  rare?: RareOfTensor,
]
type Rows =
  | {
      readonly list: 'layers'
      readonly kinds: readonly string[]
      readonly scopes: readonly string[]
      readonly rows: readonly LayerRow[]
    }
  | { readonly list: 'tensors'; readonly rows: readonly TensorRow[] }

/** Constants of more bytes than a page shows stay behind: their type and shape travel. */
const plainly = (value: unknown): unknown => toPlain(value, { bytes: 'base64', inlineUpTo: INLINE })

/** A network without its layers and tensors, and those in parts. */
export function inParts(snapshot: NetworkSnapshot): { readonly rest: Plain; readonly parts: Iterable<SnapshotPart> } {
  const rest = packed({ ...snapshot, properties: {}, layers: [], tensors: [] })
  return { rest, parts: partsOf(snapshot) }
}

function* partsOf({ layers, tensors }: NetworkSnapshot): Generator<SnapshotPart> {
  for (let from = 0; from < layers.length; from += PART)
    yield JSON.stringify(layerRows(layers.slice(from, from + PART)))
  for (let from = 0; from < tensors.length; from += PART) {
    const rows = tensors.slice(from, from + PART).map(tensorRow)
    yield JSON.stringify({ list: 'tensors', rows } satisfies Rows)
  }
}

function layerRows(layers: readonly LayerRecord[]): Rows {
  const kinds = new Places()
  const scopes = new Places()
  const rows = layers.map((layer): LayerRow => {
    const { id, kind, name, scope, inputs, outputs, attributes } = layer
    const plain = plainly(attributes) as Attributes
    const rare = rareOf(layer, plain)
    const usual = [id, kinds.of(kind), name, scopes.of(scope), inputs, outputs] as const
    if (!rare) return [...usual, attributes]
    return [...usual, rare.attributes ? {} : attributes, rare]
  })
  return { list: 'layers', kinds: kinds.all, scopes: scopes.all, rows }
}

function rareOf(layer: LayerRecord, plain: Attributes): RareOfLayer | null {
  const { attributes, attributeTypes, origin, removed, flayer, metadata } = layer
  if (plain === attributes && !attributeTypes && origin.length === 0 && !removed && !flayer && !metadata) return null
  return {
    ...(plain !== attributes && { attributes: plain }),
    ...(attributeTypes && { attributeTypes }),
    ...(origin.length > 0 && { origin }),
    ...(removed && { removed }),
    ...(flayer && { flayer: plainly(flayer) as LayerRecord['flayer'] }),
    ...(metadata && { metadata }),
  }
}

function tensorRow({ id, name, dtype, shape, producer, value }: TensorRecord): TensorRow {
  const plain = plainly(shape) as TensorRecord['shape']
  if (plain === shape && !value) return [id, name, dtype, shape, producer]
  const rare = {
    ...(plain !== shape && { shape: plain }),
    ...(value && { value: plainly(value) as NonNullable<TensorRecord['value']> }),
  }
  return [id, name, dtype, null, producer, plain === shape ? { ...rare, shape } : rare]
}

/** Texts that come again and again, by the order in which they came first. */
class Places {
  readonly all: string[] = []
  private readonly known = new Map<string, number>()

  of(text: string): number {
    const known = this.known.get(text)
    if (known !== undefined) return known
    this.known.set(text, this.all.length)
    return this.all.push(text) - 1
  }
}

/** Puts a network together again. */
export class SnapshotReader {
  private readonly layers: LayerRecord[] = []
  private readonly tensors: TensorRecord[] = []

  add(part: SnapshotPart): void {
    const read = JSON.parse(part) as Rows
    if (read.list === 'tensors') for (const row of read.rows) this.tensors.push(tensorOf(row))
    else for (const row of read.rows) this.layers.push(layerOf(row, read.kinds, read.scopes))
  }

  with(rest: Plain): NetworkSnapshot {
    return { ...(fromPlain(rest.plain) as NetworkSnapshot), layers: this.layers, tensors: this.tensors }
  }
}

/** @param parts all of them, in order */
export function joined(rest: Plain, parts: Iterable<SnapshotPart>): NetworkSnapshot {
  const reader = new SnapshotReader()
  for (const part of parts) reader.add(part)
  return reader.with(rest)
}

const NONE: readonly string[] = []

function layerOf(row: LayerRow, kinds: readonly string[], scopes: readonly string[]): LayerRecord {
  const usual: LayerRecord = {
    id: row[0],
    kind: kinds[row[1]]!,
    name: row[2],
    scope: scopes[row[3]]!,
    inputs: row[4],
    outputs: row[5],
    attributes: row[6],
    origin: NONE,
    removed: false,
    flayer: null,
  }
  const rare = row[7]
  if (!rare) return usual
  const attributes = rare.attributes ? (fromPlain(rare.attributes) as Attributes) : row[6]
  const flayer = rare.flayer ? (fromPlain(rare.flayer) as LayerRecord['flayer']) : null
  return { ...usual, ...rare, attributes, flayer }
}

function tensorOf(row: TensorRow): TensorRecord {
  const usual: TensorRecord = { id: row[0], name: row[1], dtype: row[2], shape: row[3], producer: row[4] }
  return row[5] ? { ...usual, ...(fromPlain(row[5]) as RareOfTensor) } : usual
}
