/** One model in ONNX operators, and in TensorRT's layers. */
import type { Editor } from '../../editor'
import type { EditorState } from '../../state/store'
import { command } from '../command'
import type { Command } from '../command'
import { openInDialect } from './open'

const isOnnx = (s: EditorState): boolean => s.model?.dialect === 'onnx'
const wasLowered = (s: EditorState): boolean => s.model?.source.dialect === 'tensorrt'

export const dialectCommands: readonly Command[] = [
  command(
    'Model',
    'open-tensorrt',
    "Open for TensorRT: in TensorRT's layers",
    [],
    isOnnx,
    (e) => void open(e, 'tensorrt'),
  ),
  command(
    'Model',
    'open-onnx',
    'Open as the ONNX model that it came from',
    [],
    wasLowered,
    (e) => void open(e, 'onnx'),
  ),
]

async function open(editor: Editor, dialect: 'onnx' | 'tensorrt'): Promise<void> {
  try {
    await openInDialect(editor, dialect)
  } catch (error) {
    editor.fail('The model could not be opened', error)
  }
}
