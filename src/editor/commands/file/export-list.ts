/** The commands that hand something over: a file, a picture, a link. */
import type { EditorState } from '../../state/store'
import { command, withModel } from '../command'
import type { Command } from '../command'
import { exportModel, exportPicture } from './export'
import { saveFilm } from './film'
import { copyLink } from './link'
import { saveSession, saveTrace } from './share'

const ofOneself = (s: EditorState): boolean => s.model?.source.type === 'file'
const canFilm = (s: EditorState): boolean => s.filming === null && s.timeline.steps.length > 0
const inTensorRt = (s: EditorState): boolean => s.model?.dialect === 'tensorrt'
const inGallery = (s: EditorState): boolean => s.model?.source.type === 'gallery' && !s.model.source.dialect

export const deliverCommands: readonly Command[] = [
  command('Model', 'export', 'Export as ONNX', ['e'], withModel, (e) => void exportModel(e)),
  command(
    'Model',
    'export-graft-trt',
    'Export as a TensorRT network (.graft-trt)',
    [],
    inTensorRt,
    (e) => void exportModel(e, 'graft-trt'),
  ),
  command(
    'Model',
    'export-python',
    'Export as a Python script for TensorRT',
    [],
    inTensorRt,
    (e) => void exportModel(e, 'python'),
  ),
  command('Model', 'save-session', 'Save the session', ['Ctrl+s', 'Meta+s'], withModel, (e) => void saveSession(e)),
  command(
    'Model',
    'save-light',
    'Save the session without the model',
    [],
    ofOneself,
    (e) => void saveSession(e, false),
  ),
  command('Model', 'copy-link', 'Copy a link to here', ['Shift+L'], inGallery, (e) => void copyLink(e)),
  command('Model', 'save-trace', 'Save the steps as trace JSON', [], withModel, (e) => void saveTrace(e)),
  command('Model', 'export-svg', 'Save the picture as SVG', [], withModel, (e) => void exportPicture(e, 'svg')),
  command('Model', 'export-png', 'Save the picture as PNG', [], withModel, (e) => void exportPicture(e, 'png')),
  command('Model', 'film-webm', 'Film of the steps as WebM video', [], canFilm, (e) => void saveFilm(e, 'webm')),
  command('Model', 'film-gif', 'Film of the steps as GIF', [], canFilm, (e) => void saveFilm(e, 'gif')),
  command('Model', 'film-page', 'Film of the steps as a web page', [], canFilm, (e) => void saveFilm(e, 'page')),
]
