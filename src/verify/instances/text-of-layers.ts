import { printAttribute } from '../../engine'
import type { AttributeGraph, Layer, Tensor } from '../../engine'

/** So many elements of a constant are written out; others are drawn at random when the text is read. */
const WRITTEN = 16

/** A part that cannot be written as a small network: the message says why. */
export class PartError extends Error {}

/** Layers of a network as a small network of their own, in the syntax of `networkFromText`. @throws PartError */
export function textOfLayers(layers: readonly Layer[]): string {
  const inside = new Set(layers)
  layers[0]?.network.store.validateOrder()
  const order = [...inside].sort((a, b) => a.order - b.order)
  const names = new Names()
  const given: string[] = []
  const declare = (t: Tensor | null): string => {
    if (!t) return 'none'
    if (!names.has(t) && !(t.parent && inside.has(t.parent))) given.push(declaration(t, names.of(t)))
    return names.of(t)
  }
  const lines = order.map((layer) => {
    const operands = layer.operands.map(declare)
    const results = layer.results.map((t) => (t ? names.of(t) : '_'))
    return `${results.join(', ')} = ${layer.kind}${attributesOf(layer)}(${operands.join(', ')})`
  })
  const outputs = order.flatMap((l) => l.results.filter((t): t is Tensor => t !== null && leaves(t, inside)))
  if (outputs.length === 0) throw new PartError('nothing that these layers give is used outside of them')
  return [...given, ...lines, `out ${outputs.map((t) => names.of(t)).join(', ')}`].join('\n')
}

const leaves = (t: Tensor, inside: ReadonlySet<Layer>): boolean =>
  t.isNetworkOutput() || t.liveUses === 0 || !t.isUsedOnlyBy(inside)

class Names {
  private readonly known = new Map<Tensor, string>()

  has(t: Tensor): boolean {
    return this.known.has(t)
  }

  of(t: Tensor): string {
    const known = this.known.get(t)
    if (known !== undefined) return known
    const name = `${t.isConstant ? 'c' : 'v'}${this.known.size + 1}`
    this.known.set(t, name)
    return name
  }
}

function declaration(t: Tensor, name: string): string {
  const { dtype, shape, value } = t
  if (dtype === null || shape === null) throw new PartError(`the type of ${t.name} is not known`)
  const dims = shape.map((d) => (typeof d === 'number' ? d : typeof d === 'string' && /^[A-Za-z_]\w*$/.test(d) ? d : 2))
  const type = `${name} ${dtype}[${dims.join(',')}]`
  if (!t.isConstant) return `in ${type}`
  if (!value?.isAvailable || value.strings) return `const ${type}`
  const size = value.shape.reduce((n, d) => n * d, 1)
  const isWhole = !dtype.includes('float')
  if (size === 0 || (size > WRITTEN && !isWhole) || size > 4 * WRITTEN) return `const ${type}`
  return `const ${type} = ${Array.from(value.numbers(), String).join(' ')}`
}

function attributesOf({ record, name }: Layer): string {
  const given = Object.entries(record.attributes)
  if (given.length === 0) return ''
  const texts = given.map(([key, value]) => {
    const isPlain = typeof value !== 'object' || (Array.isArray(value) && value.every((x) => typeof x !== 'object'))
    if (!isPlain) throw new PartError(`attribute ${key} of ${name} is no number, text or list`)
    return `${key}=${printAttribute({ literal: value } as AttributeGraph)}`
  })
  return `<${texts.join(', ')}>`
}
