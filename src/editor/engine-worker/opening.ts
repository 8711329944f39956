/** From what is opened to a workspace: files of models, layer information of engines, and networks that are built. */
import type { ImportResult } from '../../dialects/onnx'
import {
  engineNetwork,
  GALLERY_NETWORKS,
  importModel,
  lowerOnnx,
  pluginTexts,
  readLayerInformation,
  readProfile,
} from '../../dialects/tensorrt'
import type { GalleryNetwork } from '../../dialects/tensorrt'
import { upgradeForTarget } from '../../patterns'
import type { OpenSource } from '../protocol/engine-calls'
import { sourceOf } from './blobs'
import { Workspace } from './workspace'

/** A network that is read, with what is to be said of it. */
export interface Opening {
  readonly home: Workspace
  readonly warnings: readonly string[]
  readonly missingExternal: readonly string[]
  /** Nothing in it can be invalid: it was made here. */
  readonly isSound?: true
}

export function readFile(
  { file, name, weights }: OpenSource & { type: 'file' },
  onProgress: (fraction: number) => void,
): ImportResult {
  const external = new Map([...weights].map(([location, blob]) => [location, sourceOf(blob)]))
  return importModel(sourceOf(file), { name, onProgress, external })
}

/**
 * @param dialect that an ONNX model is lowered into
 * @param begins told what is done now
 */
export function openingOf(
  imported: ImportResult,
  dialect: 'tensorrt' | undefined,
  begins: (stage: string) => void,
): Opening {
  const { snapshot, warnings, missingExternal } = imported
  if (snapshot.dialect === 'tensorrt')
    return { home: Workspace.ofSnapshot(snapshot, snapshot), warnings, missingExternal }
  begins(dialect === 'tensorrt' ? 'lowering' : 'building')
  return dialect === 'tensorrt' ? lowered(imported) : modernized(imported)
}

function modernized({ snapshot, warnings, missingExternal }: ImportResult): Opening {
  // The newest operator set, which both targets take: a person may turn from one to the other at any time.
  const { snapshot: modern, refused } = upgradeForTarget(snapshot, 'onnx')
  return {
    home: Workspace.ofSnapshot(modern, snapshot),
    warnings: refused === null ? warnings : [...warnings, refused],
    missingExternal,
  }
}

/** The ONNX model in TensorRT's layers; what has no counterpart among them is told. */
function lowered({ snapshot, warnings, missingExternal }: ImportResult): Opening {
  const { network, plugins, warnings: own } = lowerOnnx(snapshot)
  return {
    home: new Workspace(network),
    warnings: [...warnings, ...own, ...pluginTexts(plugins)],
    missingExternal,
  }
}

export const textOf = (file: Blob): string => new FileReaderSync().readAsText(file)

/** @throws EngineFileError for files that are no account of an engine */
export function engineReading({ layers, profile, name }: OpenSource & { type: 'engine' }): () => Opening {
  const information = readLayerInformation(textOf(layers))
  const times = profile ? readProfile(textOf(profile)) : undefined
  return () => {
    const { network, warnings } = engineNetwork(information, times, name)
    return { home: new Workspace(network), warnings, missingExternal: [] }
  }
}

export function built(id: GalleryNetwork): Opening {
  return { home: new Workspace(GALLERY_NETWORKS[id]()), warnings: [], missingExternal: [], isSound: true }
}

/** Who wrote the file, with the version; '' where it does not say. */
export function exporterOf(properties: Readonly<Record<string, unknown>>): string {
  const onnx = properties['onnx'] as { producerName?: string; producerVersion?: string } | undefined
  return [onnx?.producerName, onnx?.producerVersion].filter(Boolean).join(' ')
}
