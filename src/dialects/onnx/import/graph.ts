import { ABSENT, type ConstantValue, type LayerRecord, type TensorId, type TensorRecord } from '../../../engine'
import type { GraphProto, NodeProto, ValueInfoProto } from '../proto/messages'
import type { ValueDeclaration } from '../properties'
import { constantNodeValue } from './constant-node'
import { OnnxImportError, REEXPORT } from './error'
import { layerOf, type LayerHost, type PendingNode } from './layer'
import { NamePool } from '../name-pool'
import { topologicalOrder } from './order'
import { capturedNames } from './subgraph'
import { constantOf, denseConstantOf } from './tensor'
import { declaredType, otherDeclarations } from './types'

const CHECK_EVERY = 512
const NO_CONSTANTS: ReadonlySet<string> = new Set()

/** Turns the main graph into records. One use; the fields below are its result. */
export class GraphImporter {
  readonly tensors: TensorRecord[] = []
  readonly layers: LayerRecord[] = []
  readonly inputs: TensorId[] = []
  readonly outputs: { name: string; tensor: TensorId }[] = []
  readonly defaults: Record<TensorId, ConstantValue> = {}
  readonly declarations: Record<TensorId, ValueDeclaration> = {}
  private readonly ids = new Map<string, TensorId>()
  private readonly nodes: PendingNode[] = []

  constructor(
    private readonly graph: GraphProto,
    private readonly host: LayerHost & {
      progress(fraction: number): void
      /** Initializers that are listed as inputs are constants: before IR version 4 all had to be listed. */
      readonly listed: boolean
    },
  ) {}

  /** @throws OnnxImportError */
  run(): void {
    const constants = this.host.listed ? this.initializerNames() : NO_CONSTANTS
    for (const info of this.graph.input)
      if (!constants.has(info.name ?? '')) this.inputs.push(this.define(info.name ?? '', 'graph input'))
    this.readInitializers()
    this.readNodes()
    this.makeLayers()
    this.readDeclarations()
    for (const info of this.graph.output) {
      const name = info.name ?? ''
      this.outputs.push({ name, tensor: this.lookUp(name, `graph output ${name}`) })
    }
  }

  private initializerNames(): ReadonlySet<string> {
    const { initializer, sparse_initializer: sparse } = this.graph
    return new Set([...initializer.map((t) => t.name ?? ''), ...sparse.map((t) => t.values?.name ?? '')])
  }

  private define(name: string, what: string, record: Partial<TensorRecord> = {}): TensorId {
    if (name === '') throw new OnnxImportError(`A ${what} without a name`, '', REEXPORT)
    if (this.ids.has(name)) {
      const remedy = 'Every value of a graph needs a name of its own. ' + REEXPORT
      throw new OnnxImportError(`Two values are named ${name}`, what, remedy)
    }
    const id = this.tensors.length
    this.ids.set(name, id)
    this.tensors.push({ id, name, dtype: null, shape: null, producer: ABSENT, ...record })
    return id
  }

  private defineConstant(name: string, what: string, value: ConstantValue): void {
    this.define(name, what, { dtype: value.dtype, shape: value.shape, value })
  }

  private lookUp(name: string, where: string): TensorId {
    const id = this.ids.get(name)
    if (id === undefined) throw new OnnxImportError(`Nothing makes the value ${name}`, where, REEXPORT)
    return id
  }

  /** An initializer that is an input too is that input's default, not a constant: a caller may give another value. */
  private readInitializers(): void {
    const { files, missing } = this.host
    for (const proto of this.graph.initializer) {
      const name = proto.name ?? ''
      this.initialize(name, constantOf(proto, `initializer ${name}`, files, missing))
    }
    for (const sparse of this.graph.sparse_initializer) {
      const name = sparse.values?.name ?? ''
      this.host.warn(`sparse initializer ${name} is opened as a dense one`)
      this.initialize(name, denseConstantOf(sparse, `sparse initializer ${name}`, files))
    }
  }

  private initialize(name: string, value: ConstantValue): void {
    const id = this.ids.get(name)
    if (id === undefined || id >= this.inputs.length) this.defineConstant(name, 'initializer', value)
    else this.defaults[id] = value
  }

  /** Constant nodes become constants at once; names of the other nodes' results are defined in their final order. */
  private readNodes(): void {
    this.graph.node.forEach((proto, index) => {
      if (index % CHECK_EVERY === 0) this.host.progress((0.3 * index) / this.graph.node.length)
      const value = constantNodeValue(proto, this.host)
      if (value) this.defineConstant(proto.output[0] ?? '', `result of Constant ${proto.name ?? ''}`, value)
      else this.nodes.push({ proto, index, captures: capturesOf(proto) })
    })
  }

  private makeLayers(): void {
    const order = this.order()
    const taken = new NamePool()
    for (let at = 0; at < order.length; at++) {
      const node = order[at]!
      if (at % CHECK_EVERY === 0) this.host.progress(0.3 + (0.3 * at) / order.length)
      const id = this.layers.length
      const name = this.uniqueName(node, taken)
      const where = `node ${name}`
      const named = (x: string): TensorId => (x === '' ? ABSENT : this.lookUp(x, where))
      const { captures } = node
      const inputs = (captures.length > 0 ? [...node.proto.input, ...captures] : node.proto.input).map(named)
      const outputs = node.proto.output.map((x) => (x === '' ? ABSENT : this.define(x, where, { producer: id })))
      this.layers.push(layerOf(node, { id, name, inputs, outputs }, this.host))
    }
  }

  private uniqueName(node: PendingNode, taken: NamePool): string {
    const given = node.proto.name || `${node.proto.op_type ?? ''}_${node.index}`
    const name = taken.fresh(given)
    if (name !== given && node.proto.name) this.host.warn(`two nodes are named ${given}: one is opened as ${name}`)
    return name
  }

  /** @throws OnnxImportError for a cycle, a value that nothing makes, or one made twice */
  private order(): PendingNode[] {
    const makers = new Map<string, number>()
    this.nodes.forEach(({ proto }, i) => {
      for (const name of proto.output) if (name !== '') makers.set(name, i)
    })
    const dependencies = this.nodes.map(({ proto, captures }) => {
      const list: number[] = []
      for (const name of proto.input) addMaker(list, makers.get(name))
      for (const name of captures) addMaker(list, makers.get(name))
      return list
    })
    const sorted = topologicalOrder(dependencies)
    if ('order' in sorted) return sorted.order.map((i) => this.nodes[i]!)
    const names = sorted.cycle.map((i) => describe(this.nodes[i]!))
    const path = names.length > 6 ? [...names.slice(0, 5), `... ${names.length - 5} more`] : names
    throw new OnnxImportError('The graph has a cycle', [...path, names[0]].join(' <- '), REEXPORT)
  }

  /** Types of what is declared; a constant's own type is what it is. */
  private readDeclarations(): void {
    for (const list of [this.graph.value_info, this.graph.input, this.graph.output]) {
      for (const info of list) this.declare(info)
    }
  }

  private declare(info: ValueInfoProto): void {
    const id = this.ids.get(info.name ?? '')
    if (id === undefined) return
    const record = this.tensors[id]!
    if (!record.value) this.tensors[id] = { ...record, ...declaredType(info) }
    const other = otherDeclarations(info)
    if (other) this.declarations[id] = other
  }
}

function addMaker(list: number[], maker: number | undefined): void {
  if (maker !== undefined) list.push(maker)
}

function describe(node: PendingNode): string {
  return node.proto.name || `${node.proto.op_type ?? 'node'} number ${node.index}`
}

const NO_NAMES: readonly string[] = []

function capturesOf(proto: NodeProto): readonly string[] {
  if (!proto.attribute.some((a) => a.g || a.graphs.length > 0)) return NO_NAMES
  const names = new Set<string>()
  const where = `node ${proto.name ?? ''}`
  for (const attribute of proto.attribute) {
    if (attribute.g) capturedNames(attribute.g, where).forEach((n) => names.add(n))
    for (const body of attribute.graphs) capturedNames(body, where).forEach((n) => names.add(n))
  }
  return [...names]
}
