/** The kernels of an engine, with the names of the layers that TensorRT made each of. */
import { fusedNames, precisionOf } from './engine-network'
import type { EngineLayer, LayerInformation, Profile } from './layer-information'

export interface Kernel {
  readonly name: string
  /** `CaskConvolution`; '' where the file does not tell. */
  readonly type: string
  /** '' where it is not told, as the next two. */
  readonly precision: string
  readonly tactic: string
  /** Average of one run in milliseconds; null without a profile, or where that has none. */
  readonly time: number | null
  /** Names of the layers that it was made of. */
  readonly layers: readonly string[]
  /** It brings a tensor into another format, for a kernel, and does no layer's work. */
  readonly copies: boolean
}

export function kernelsOf({ layers }: LayerInformation, profile?: Profile): Kernel[] {
  return layers.map((layer) => {
    const { name, type, outputs, facts } = layer
    const tactic = facts['TacticName']
    return {
      name,
      type,
      precision: precisionOf(outputs[0]?.format ?? ''),
      tactic: typeof tactic === 'string' ? tactic : '',
      time: profile?.get(name)?.average ?? null,
      layers: layersIn(layer),
      copies: /^Reformatting CopyNode for /.test(name) || type === 'Reformat',
    }
  })
}

/** From version 8.6 on, metadata name them: `[ONNX Layer: /a/Conv]` and so on. Before, the kernel's own name does. */
function layersIn({ name, facts }: EngineLayer): string[] {
  const { Metadata: metadata } = facts
  const said = typeof metadata === 'string' ? [...metadata.matchAll(/\[ONNX Layer: ([^\]]+)\]/g)] : []
  if (said.length > 0) return [...new Set(said.map(([, layer]) => layer!))]
  if (typeof metadata === 'string' && metadata !== '' && !metadata.startsWith('[')) return unpacked(metadata)
  return unpacked(name)
}

/** `a + PWN(b, PWN(c))` is made of a, b and c; of `{ForeignNode[a...b]}` only the ends are told. */
function unpacked(name: string): string[] {
  return fusedNames(name).flatMap((part) => {
    const [, inside] = /^PWN\((.*)\)$/.exec(part) ?? []
    if (inside !== undefined) return topLevel(inside).flatMap(unpacked)
    const [, first, last] = /^\{ForeignNode\[(.*?)\.\.\.(.*)\]\}$/.exec(part) ?? []
    return first !== undefined && last !== undefined ? [...unpacked(first), ...unpacked(last)] : [part]
  })
}

/** The parts between commas that stand in no brackets. */
function topLevel(list: string): string[] {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '(') depth++
    else if (list[i] === ')') depth--
    else if (depth === 0 && list.startsWith(', ', i)) {
      parts.push(list.slice(from, i))
      from = i + 2
    }
  }
  return [...parts, list.slice(from)]
}
