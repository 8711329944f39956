/** What a box on the canvas says: kind, what matters of its attributes and constants, and the shape of its result. */
import type {
  AttributeValue,
  Category,
  KindSchema,
  LayerDescription,
  LayerRecord,
  Network,
  TensorRecord,
} from '../../engine'
import { CATEGORIES, domainOf, operatorOf } from '../../engine'
import type { NodeContent, GraphSource, Group, GroupTree, Item, Share } from '../../layout'
import { textWidth } from '../text/text-width'
import { attributeText, constantText, shapeText } from '../text/value-text'

const NARROWEST = 104
/** Blocks of a chain are as wide as each other, and wide enough that their names are read from afar. */
const NARROWEST_GROUP = 208
const WIDEST = 240
const WIDEST_PORT = 320
const WIDEST_GROUP = 280
const TALL = 44
const LOW = 30
/** A closed group of which more is told than how many layers it has. */
const TALLEST = 58

/** What a network knows of its kinds: a rewrite may bring in an operator set that the file did not have. */
type Schemas = Pick<Network, 'schemaOf' | 'dialect'>

/** The network with its groups, as far as boxes tell of them. */
type Blocks = Pick<GroupTree, 'source' | 'rewrittenOf'>

/** What a layer's face was read from: while these are the same records, it is the same. */
interface Read {
  readonly tensors: readonly (TensorRecord | undefined)[]
  readonly face: NodeContent
}

/** Makes faces for the items of one network, now and later; equal faces are one object. */
export function nodeContentMaker(tree: Blocks, schemas: Schemas): (item: Item) => NodeContent {
  const { source } = tree
  const shared = new Map<string, NodeContent>()
  const read = new WeakMap<LayerRecord, Read>()
  const mixOf = mixMaker(source, schemas)
  const faceOf = (item: Item, layer: LayerRecord | undefined): NodeContent => {
    const parts = item.group ? partsOfGroup(item.group, item.open, tree) : partsOf(item, layer, source, schemas)
    const mix = item.group && !item.open ? mixOf(item.group) : []
    const key = [...parts, ...mix.map((s) => `${s.category} ${s.layers}`)].join('\u0000')
    const known = shared.get(key)
    if (known) return known
    const face = item.group && !item.open ? closedGroup(parts, mix) : sized(...parts)
    shared.set(key, face)
    return face
  }
  return (item) => {
    const layer = item.kind === 'layer' ? source.layer(item.ref) : undefined
    if (!layer) return faceOf(item, layer)
    const tensors = [...layer.inputs, ...layer.outputs].map((t) => source.tensor(t))
    const known = read.get(layer)
    if (known && tensors.every((t, i) => t === known.tensors[i])) return known.face
    const face = faceOf(item, layer)
    read.set(layer, { tensors, face })
    return face
  }
}

type Parts = [title: string, detail: string, result: string, category: NodeContent['category']]

const layersText = (n: number): string => `${n} ${n === 1 ? 'layer' : 'layers'}`

function partsOfGroup({ name, total, run }: Group, open: boolean, tree: Blocks): Parts {
  if (!run) return [name, open ? '' : layersText(total), '', 'group']
  const { size } = run.blocks
  const rewritten = tree.rewrittenOf(run)
  const [each] = run.blocks.values()
  const detail = rewritten > 0 ? `${rewritten} of ${size} rewritten` : `${layersText(each ?? 0)} each`
  return [name, detail, `×${size}`, 'group']
}

function categoryOf(layer: LayerRecord, schemas: Schemas): Category {
  return schemas.dialect.describe?.(layer)?.category ?? schemas.schemaOf(layer.kind)?.category ?? 'other'
}

/** Counts the layers of groups by category. */
function mixMaker(source: GraphSource, schemas: Schemas): (group: Group) => readonly Share[] {
  const known = new WeakMap<Group, { readonly revision: number; readonly mix: readonly Share[] }>()
  const count = (group: Group, into: Map<Category, number>): void => {
    for (const id of group.layers) {
      const layer = source.layer(id)
      if (!layer) continue
      const category = categoryOf(layer, schemas)
      into.set(category, (into.get(category) ?? 0) + 1)
    }
    for (const child of group.children) count(child, into)
  }
  return (group) => {
    const { revision } = group
    const before = known.get(group)
    if (before?.revision === revision) return before.mix
    const counts = new Map<Category, number>()
    count(group, counts)
    const mix = CATEGORIES.flatMap((category) => {
      const layers = counts.get(category) ?? 0
      return layers > 0 ? [{ category, layers }] : []
    })
    known.set(group, { revision, mix })
    return mix
  }
}

function partsOf(item: Item, layer: LayerRecord | undefined, source: GraphSource, schemas: Schemas): Parts {
  if (item.kind === 'input') {
    const t = source.tensor(item.ref)
    const isUsed = source.uses(item.ref).length > 0 || source.outputs.some((o) => o.tensor === item.ref)
    return [t?.name ?? '', isUsed ? 'input' : 'input, not used', shapeText(t?.shape ?? null), 'input']
  }
  if (item.kind === 'output') {
    const o = source.outputs[item.ref]
    return [o?.name ?? '', 'output', shapeText(source.tensor(o?.tensor ?? -1)?.shape ?? null), 'output']
  }
  if (!layer) return ['?', '', '', 'other']
  const schema = schemas.schemaOf(layer.kind)
  const first = source.tensor(layer.outputs.find((t) => t >= 0) ?? -1)
  const own = schemas.dialect.describe?.(layer) ?? null
  const detail = detailOf(layer, schema, source, own)
  const category = categoryOf(layer, schemas)
  return [own?.title ?? operatorOf(layer.kind), detail, shapeText(first?.shape ?? null), category]
}

/** How many layers it has stands beside its name, where nothing else does. */
function closedGroup([title, detail, result]: Parts, mix: readonly Share[]): NodeContent {
  const beside = textWidth(result || detail, 11) + 16
  const below = result ? textWidth(detail, 11) : 0
  const room = Math.max(textWidth(title, 13, true) + beside, below) + 40
  const width = Math.max(NARROWEST_GROUP, Math.min(WIDEST_GROUP, Math.ceil(room / 8) * 8))
  return { title, detail, result, category: 'group', width, height: result ? TALLEST : TALL, mix }
}

/** What an open group is drawn in is as large as what it holds, whatever is said here. */
function sized(title: string, detail: string, result: string, category: NodeContent['category']): NodeContent {
  const port = category === 'input' || category === 'output'
  const top = textWidth(title, 13, true) + (result ? textWidth(result, 11) + 16 : 0)
  const room = Math.max(top, textWidth(detail, 11)) + (port ? 36 : 28)
  // A name that an exporter or a person made up may be cut; what a layer is may not.
  const least = port ? NARROWEST : Math.max(NARROWEST, Math.ceil((top + 28) / 8) * 8)
  const width = Math.max(least, Math.min(port ? WIDEST_PORT : WIDEST, Math.ceil(room / 8) * 8))
  return { title, detail, result, category, width, height: detail ? TALL : LOW }
}

const SIGN: Readonly<Record<string, string>> = { Add: '+', Sub: '−', Mul: '×', Div: '÷', Pow: '^' }

/** The domain of a kind outside the default one, or a plugin's namespace, what its constants are, then what its attributes say. */
function detailOf(
  layer: LayerRecord,
  schema: KindSchema | undefined,
  source: GraphSource,
  own: LayerDescription | null,
): string {
  const constants = layer.inputs.flatMap((id, i) => {
    const t = id >= 0 ? source.tensor(id) : undefined
    return t?.value ? [operandText(layer, i, t, schema)] : []
  })
  const attributes = Object.entries(layer.attributes)
    .filter(([name, value]) => tells(name, value, schema) && !own?.said.includes(name))
    .map(([name, value]) => attributeLabel(name, value))
  const said = own?.namespace ? [own.namespace] : []
  const told = [...said, ...constants, ...attributes].filter((s) => s !== '').slice(0, 3)
  const domain = domainOf(layer.kind)
  return told.length === 0 ? domain : told.join('  ')
}

function operandText(layer: LayerRecord, index: number, tensor: TensorRecord, schema: KindSchema | undefined): string {
  const value = tensor.value!
  const text = constantText(value)
  const sign = SIGN[operatorOf(layer.kind)]
  const isScalar = value.size === 1
  if (sign && isScalar) return index === 1 ? `${sign} ${text}` : `${text} ${sign}`
  if (isScalar || text.startsWith('[')) {
    const name = operandName(layer, index, schema)
    return name ? `${name} ${text}` : text
  }
  return `${spokenName(tensor.name) ?? operandName(layer, index, schema) ?? 'constant'} [${value.shape.join(',')}]`
}

function operandName(layer: LayerRecord, index: number, schema: KindSchema | undefined): string | undefined {
  const operands = schema?.inputs
  const named = operands?.[index] ?? (operands?.at(-1)?.variadic ? undefined : undefined)
  return named && layer.inputs.length > 1 ? named.name : undefined
}

/** `weight` of `model.layers.0.mlp.up_proj.weight`; nothing for a name that an exporter made up. */
function spokenName(name: string): string | null {
  const last = name.split(/[./]/).at(-1) ?? ''
  return /^[a-z][a-z_]{1,18}$/i.test(last) && !/^(val|constant|onnx|output|const)/i.test(last) ? last : null
}

const SILENT = new Set([
  'allowzero',
  'keepdims',
  'noop_with_empty_axes',
  'auto_pad',
  'dilations',
  'stash_type',
  'start',
])

/** Whether an attribute says more than its default does. */
function tells(name: string, value: AttributeValue, schema: KindSchema | undefined): boolean {
  if (SILENT.has(name)) return false
  if (typeof value === 'object' && !Array.isArray(value) && 'graph' in value) return false
  if (Array.isArray(value) && (value.length === 0 || (name === 'pads' && value.every((v) => v === 0)))) return false
  if (name === 'strides' && Array.isArray(value) && value.every((v) => v === 1)) return false
  if (name === 'group' && value === 1) return false
  const usual = schema?.attributes[name]?.default
  return usual === undefined || JSON.stringify(usual) !== JSON.stringify(value)
}

const RENAMED: Readonly<Record<string, string>> = { kernel_shape: '', to: '→', epsilon: 'ε', strides: 'stride' }
const ONNX_TYPE: Readonly<Record<number, string>> = {
  1: 'f32', 2: 'u8', 3: 'i8', 5: 'i16', 6: 'i32', 7: 'i64', 8: 'string', 9: 'bool', 10: 'f16', 11: 'f64', 12: 'u32',
  13: 'u64', 16: 'bf16',
} // prettier-ignore

function attributeLabel(name: string, value: AttributeValue): string {
  const label = RENAMED[name] ?? name
  if (name === 'to' && typeof value === 'number') return `→ ${ONNX_TYPE[value] ?? value}`
  const sizes = name === 'kernel_shape' || name === 'strides' || name === 'pads'
  if (sizes && Array.isArray(value)) {
    const same = name !== 'kernel_shape' && value.every((v) => v === value[0])
    return `${label} ${same ? value[0] : value.join('×')}`.trim()
  }
  return `${label} ${attributeText(value)}`
}
