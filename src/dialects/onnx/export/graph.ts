import {
  ABSENT,
  domainOf,
  operatorOf,
  type LayerRecord,
  type NetworkSnapshot,
  type TensorId,
  type TensorRecord,
} from '../../../engine'
import { topologicalOrder } from '../import/order'
import { NamePool } from '../name-pool'
import { encodeMessage } from '../proto/encode'
import type { GraphProto, NodeProto, ValueInfoProto } from '../proto/messages'
import type { Part } from '../proto/parts'
import { NODE_FIELD, type OnnxProperties } from '../properties'
import { onnxDialect } from '../schemas/dialect'
import { attributesOf } from './attributes'
import { renameInBody } from './body'
import { OnnxExportError } from './error'
import { nameTensors, type Names } from './names'
import { initializerParts, type WeightsFile } from './tensor'
import { valueInfoOf } from './value-info'

/** Writes the main graph of a network. One use. */
export class GraphExporter {
  private readonly layers: readonly LayerRecord[]
  private readonly tensors: ReadonlyMap<TensorId, TensorRecord>
  private readonly names: Names

  constructor(
    private readonly snapshot: NetworkSnapshot,
    private readonly properties: OnnxProperties,
    private readonly weights: WeightsFile | null,
    private readonly inline: boolean,
    /** Inputs behind these are values of the graph around it. */
    private readonly declared = snapshot.inputs.length,
  ) {
    this.tensors = new Map(snapshot.tensors.map((t) => [t.id, t]))
    this.layers = this.sorted(snapshot.layers.filter((l) => !l.removed))
    this.names = nameTensors(snapshot, this.wanted())
  }

  /** The encoded graph. @throws OnnxExportError */
  write(): Part[] {
    return [encodeMessage('GraphProto', this.withoutInitializers()), ...this.initializers()]
  }

  /** Names of the values that it takes of the graph around it. */
  captures(): string[] {
    return this.snapshot.inputs.slice(this.declared).map((id) => this.nameOf(id))
  }

  private withoutInitializers(): GraphProto {
    const { snapshot, properties } = this
    return {
      node: [...this.layers.map((layer) => this.node(layer)), ...this.copies()],
      name: snapshot.name || 'graph',
      initializer: [],
      sparse_initializer: [],
      input: snapshot.inputs.slice(0, this.declared).map((id) => this.declaration(id)),
      output: snapshot.outputs.map(({ name, tensor }) => ({ ...this.declaration(tensor), name })),
      value_info: this.valueInfos(),
      metadata_props: [...properties.graphMetadata],
      unknown: [...properties.graphUnknown],
      ...(properties.graphDocString ? { doc_string: properties.graphDocString } : {}),
    }
  }

  /** Tensors that the file needs: operands, results and outputs of what is not removed. */
  private wanted(): Set<TensorId> {
    const out = new Set<TensorId>(this.snapshot.outputs.map((o) => o.tensor))
    for (const layer of this.layers) {
      for (const id of layer.inputs) out.add(id)
      for (const id of layer.outputs) out.add(id)
    }
    out.delete(ABSENT)
    return out
  }

  private sorted(layers: readonly LayerRecord[]): LayerRecord[] {
    const makers = new Map<TensorId, number>()
    layers.forEach((layer, i) => layer.outputs.forEach((id) => makers.set(id, i)))
    makers.delete(ABSENT)
    const sources = new Set(this.snapshot.inputs)
    const order = topologicalOrder(
      layers.map((layer) =>
        layer.inputs.flatMap((id) => {
          const maker = makers.get(id)
          if (maker === undefined && id !== ABSENT && !sources.has(id) && !this.tensors.get(id)?.value) {
            const name = this.tensors.get(id)?.name ?? `tensor ${id}`
            throw new OnnxExportError(`Nothing makes ${name}, an operand of layer ${layer.name}.`)
          }
          return maker === undefined ? [] : [maker]
        }),
      ),
    )
    if ('order' in order) return order.order.map((i) => layers[i]!)
    throw new OnnxExportError(`The network has a cycle through layer ${layers[order.cycle[0]!]!.name}.`)
  }

  private nameOf(id: TensorId): string {
    return id === ABSENT ? '' : (this.names.of.get(id) ?? '')
  }

  private node(layer: LayerRecord): NodeProto {
    const captured = capturesOf(layer)
    const split = layer.inputs.length - captured.length
    const input = layer.inputs.slice(0, split).map((id) => this.nameOf(id))
    while (input.at(-1) === '') input.pop()
    const output = layer.outputs.map((id) => this.nameOf(id))
    while (output.length > 1 && output.at(-1) === '') output.pop()
    const renamed = new Map<string, string>()
    captured.forEach((name, i) => {
      const now = this.nameOf(layer.inputs[split + i]!)
      if (now !== name) renamed.set(name, now)
    })
    const bodies = { write: (graph: Uint8Array) => renameInBody(graph, renamed, this.names.taken) }
    const domain = domainOf(layer.kind)
    const opset = this.snapshot.opsets[domain] ?? 1
    return {
      input,
      output,
      name: layer.name,
      ...nodeFields(layer, domain),
      attribute: attributesOf(layer, onnxDialect.schema(layer.kind, opset), bodies),
    }
  }

  private copies(): NodeProto[] {
    const taken = new NamePool(this.layers.map((l) => l.name))
    return this.names.copies.map(({ tensor, name }) => {
      const own = taken.fresh(`${name}_Identity`)
      const [input, output] = [[this.nameOf(tensor)], [name]]
      return { input, output, name: own, op_type: 'Identity', attribute: [], metadata_props: [] }
    })
  }

  private initializers(): Part[] {
    const out: Part[] = []
    for (const { id, value } of this.snapshot.tensors) {
      const known = value ?? this.properties.defaults[id]
      const name = this.names.of.get(id)
      if (known && name !== undefined)
        for (const part of initializerParts(known, name, this.weights, this.inline)) out.push(part)
    }
    return out
  }

  private declaration(id: TensorId): ValueInfoProto {
    const record = this.tensors.get(id)
    if (!record) throw new OnnxExportError(`Tensor ${id} is not part of the network.`)
    return valueInfoOf(record, this.nameOf(id), this.properties.declarations[id])
  }

  private valueInfos(): ValueInfoProto[] {
    const ends = new Set([...this.snapshot.inputs, ...this.snapshot.outputs.map((o) => o.tensor)])
    const out: ValueInfoProto[] = []
    for (const { id, dtype, value } of this.snapshot.tensors) {
      if (ends.has(id) || !this.names.of.has(id)) continue
      const also = this.properties.declarations[id]
      if (value ? also : dtype || also) out.push(this.declaration(id))
    }
    return out
  }
}

/** Names that the bodies of a layer capture; all its bodies list the same ones. */
function capturesOf(layer: LayerRecord): readonly string[] {
  for (const value of Object.values(layer.attributes)) {
    if (typeof value === 'object' && 'captures' in value) return value.captures
  }
  return []
}

function nodeFields(layer: LayerRecord, domain: string): Partial<NodeProto> & Pick<NodeProto, 'metadata_props'> {
  const { [NODE_FIELD.docString]: doc, [NODE_FIELD.overload]: overload, ...rest } = layer.metadata ?? {}
  const { [NODE_FIELD.opType]: opType, ...metadata } = rest
  const realDomain = opType && layer.kind.endsWith(opType) ? layer.kind.slice(0, -opType.length - 1) : domain
  return {
    op_type: opType ?? operatorOf(layer.kind),
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    ...(realDomain ? { domain: realDomain } : {}),
    ...(doc ? { doc_string: doc } : {}),
    ...(overload ? { overload } : {}),
  }
}
