import type { LibraryEntry, Target } from './library'
import { onnxLibrary } from './onnx-library'
import { tensorrtLibrary } from './tensorrt/library'

/** The patterns for networks of a dialect. */
export const libraryFor = (dialect: string, target: Target): readonly LibraryEntry[] =>
  dialect === 'tensorrt' ? tensorrtLibrary : onnxLibrary(target)
