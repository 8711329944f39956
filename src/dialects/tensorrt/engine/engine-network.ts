import type { Attributes, AttributeValue, DType, Tensor } from '../../../engine'
import { Network } from '../../../engine'
import { engineDialect } from './engine-dialect'
import type { EngineLayer, EngineTensor, LayerInformation, Profile } from './layer-information'

export interface EngineNetwork {
  readonly network: Network
  readonly warnings: readonly string[]
}

const DTYPES: readonly (readonly [RegExp, DType])[] = [
  [/\bfp32\b|\bfloat\b/i, 'float32'],
  [/\bfp16\b|\bhalf\b/i, 'float16'],
  [/\bbf16\b|\bbfloat16\b/i, 'bfloat16'],
  [/\bfp8\b/i, 'float8e4m3fn'],
  [/\bint8\b/i, 'int8'],
  [/\bint32\b/i, 'int32'],
  [/\bint64\b/i, 'int64'],
  [/\bint4\b/i, 'int4'],
  [/\buint8\b/i, 'uint8'],
  [/\bbool\b/i, 'bool'],
]

/** The element type that a format names, as Graft calls it; '' where it names none. */
export const precisionOf = (format: string): string => dtypeOf(format) ?? ''

const dtypeOf = (format: string): DType | null => DTYPES.find(([name]) => name.test(format))?.[1] ?? null

/** The names that a layer was fused of, in the order in which the engine says them. What copies for a layer is not made of it. */
export const fusedNames = (name: string): string[] =>
  /^Reformatting CopyNode for /.test(name) ? [name] : name.split(' + ').map((part) => part.trim())

/**
 * A built engine as a network of its own: a layer for each kernel, in the order in which they run, with its precision, its tactic and,
 * where a profile is given, its times.
 */
export function engineNetwork(information: LayerInformation, profile?: Profile, name = 'engine'): EngineNetwork {
  const network = new Network(engineDialect, { name })
  const builder = new Builder(network, profile)
  for (const layer of information.layers) builder.add(layer)
  builder.markOutputs(information.bindings)
  const warnings: string[] = []
  if (information.layers.length > 0 && information.layers.every((l) => l.type === '')) {
    warnings.push(
      'This file has the names of the layers only, so that none is connected. An engine built with --profilingVerbosity=detailed tells their types and tensors.',
    )
  }
  const untimed = profile ? information.layers.filter((l) => !profile.has(l.name)).length : 0
  if (untimed > 0) warnings.push(`The profile has no time for ${untimed} of ${information.layers.length} layers.`)
  const strangers = profile ? [...profile.keys()].filter((n) => !builder.names.has(n)) : []
  if (strangers.length > 0)
    warnings.push(
      `The profile has times for ${strangers.length} layers that the engine has not: is it of another engine?`,
    )
  return { network, warnings }
}

class Builder {
  readonly names = new Set<string>()
  /** All that was written under a name: several layers may each write a part of a tensor. */
  private readonly written = new Map<string, Tensor[]>()

  constructor(
    private readonly network: Network,
    private readonly profile: Profile | undefined,
  ) {}

  add(layer: EngineLayer): void {
    this.names.add(layer.name)
    const inputs = layer.inputs.flatMap((tensor) => this.read(tensor))
    const made = this.network.addLayer({
      kind: layer.type || 'Layer',
      name: layer.name,
      scope: scopeOf(layer.name),
      inputs,
      attributes: attributesOf(layer, this.profile),
      outputs: layer.outputs.map((t) => ({ name: this.network.uniqueName(t.name), ...typeOf(t) })),
    })
    layer.outputs.forEach((tensor, i) => {
      const [output] = made.getOutputs(i)
      const before = this.written.get(tensor.name)
      if (output && before) before.push(output)
      else if (output) this.written.set(tensor.name, [output])
    })
  }

  /** A tensor that no layer before writes comes from outside. */
  private read(tensor: EngineTensor): readonly Tensor[] {
    const known = this.written.get(tensor.name)
    if (known) return known
    const { dtype, shape } = typeOf(tensor)
    const input = [this.network.addInput(tensor.name, dtype, shape)]
    this.written.set(tensor.name, input)
    return input
  }

  markOutputs(bindings: readonly string[]): void {
    for (const name of bindings)
      for (const tensor of this.written.get(name) ?? []) if (tensor.parent) this.network.markOutput(tensor)
  }
}

const typeOf = ({ dimensions, format }: EngineTensor) => ({ dtype: dtypeOf(format), shape: dimensions })

/** The module that a name with a path says, of the first layer that has one: `/backbone/layer1/conv/Conv` lies in `backbone/layer1/conv`. */
function scopeOf(name: string): string {
  const path = fusedNames(name).find((part) => part.startsWith('/') && part.lastIndexOf('/') > 0)
  return path ? path.slice(1, path.lastIndexOf('/')) : ''
}

/** What it was made of, precision and time first: that is what one looks for. */
function attributesOf({ name, outputs, facts }: EngineLayer, profile: Profile | undefined): Attributes {
  const time = profile?.get(name)
  const fused = fusedNames(name)
  const format = outputs[0]?.format ?? ''
  const precision = dtypeOf(format)
  const { median = null, share = null } = time ?? {}
  const own: Record<string, AttributeValue> = {
    ...(fused.length > 1 && { fused }),
    ...(precision && { precision }),
    ...(time && { averageMs: time.average }),
    ...(median !== null && { medianMs: median }),
    ...(share !== null && { percentage: share }),
    ...(format && { format }),
  }
  for (const [key, value] of Object.entries(facts)) {
    const fact = factOf(value)
    if (fact !== null && !Object.hasOwn(own, key)) Object.defineProperty(own, key, { value: fact, enumerable: true })
  }
  return own
}

/** What can be an attribute; `{Type: Half, Count: 64}` in words. */
function factOf(value: unknown): AttributeValue | null {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((v) => typeof v === 'number')) return value as number[]
    if (value.length > 0 && value.every((v) => typeof v === 'string')) return value as string[]
    return value.length > 0 ? JSON.stringify(value) : null
  }
  if (typeof value !== 'object' || value === null) return null
  const { Type, Count } = value as { Type?: unknown; Count?: unknown }
  return typeof Type === 'string' && typeof Count === 'number' ? `${Count} ${Type}` : JSON.stringify(value)
}
