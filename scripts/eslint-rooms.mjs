// Lint rule: imports point downwards between the rooms of src/, enter a room by its index only, and go no other way inside it.
import path from 'node:path'
import { roomOf } from './rooms.mjs'

/** What each house may import besides itself. The engine takes no package either. */
const MAY_IMPORT = {
  engine: [],
  'dialects/onnx': ['engine'],
  'dialects/tensorrt': ['engine', 'dialects/onnx'],
  patterns: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  verify: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  cost: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  code: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns'],
  layout: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  editor: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns', 'verify', 'cost', 'code', 'layout'],
  ui: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns', 'verify', 'cost', 'code', 'layout', 'editor'],
  cli: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns', 'verify', 'cost', 'code'],
}

/** What the rooms inside the editor and the UI may import of each other: no page code imports a worker's room. */
const ROOMS = {
  'editor/protocol': ['values'],
  'editor/text': [],
  'editor/rehearsal': [],
  'editor/values': ['text'],
  'editor/view': ['protocol', 'text'],
  'editor/motion': ['protocol', 'text'],
  'editor/platform': ['motion', 'view'],
  'editor/state': ['protocol', 'view', 'motion', 'values'],
  'editor/file': ['protocol', 'view', 'state', 'platform'],
  'editor/session': ['protocol', 'view'],
  'editor/engine-worker': ['protocol', 'text', 'view', 'file', 'rehearsal'],
  'editor/layout-worker': ['protocol', 'text', 'rehearsal'],
  'editor/verify-worker': ['protocol'],
  'editor/values-worker': ['protocol', 'values'],
  'editor/run-worker': ['protocol', 'values', 'text'],
  'editor/editor': ['protocol', 'view', 'motion', 'platform', 'state', 'session'],
  'editor/commands': ['protocol', 'values', 'text', 'view', 'motion', 'platform', 'state', 'file', 'session', 'editor'],
  'editor/index': [
    'protocol',
    'values',
    'text',
    'view',
    'motion',
    'platform',
    'state',
    'file',
    'session',
    'editor',
    'commands',
  ],
  'ui/editor-context': [],
  'ui/widgets': ['editor-context'],
  'ui/canvas': ['editor-context', 'widgets'],
  'ui/cost': ['editor-context', 'widgets'],
  'ui/history': ['editor-context', 'widgets'],
  'ui/patterns': ['editor-context', 'widgets'],
  'ui/present': ['editor-context', 'widgets'],
  'ui/network': ['editor-context', 'widgets', 'patterns'],
  'ui/tensors': ['editor-context', 'widgets'],
  'ui/start': ['editor-context', 'widgets'],
  'ui/dialogs': ['editor-context', 'widgets', 'patterns', 'start'],
  'ui/timeline': ['editor-context', 'widgets', 'cost', 'history'],
  'ui/film': ['canvas'],
  'ui/platform': ['film'],
  'ui/app': null,
}

/** Doors besides the index: what only one kind of host may meet. */
const SIDE_DOORS = { verify: ['node'], code: ['compile', 'load', 'load-network', 'onnxscript/rules-of-file'] }

/** `dialects/onnx`, `engine`, `editor`: what is entered by an index. */
function houseOf(file) {
  const parts = file.split('/')
  const name = parts[0] === 'dialects' ? parts.slice(0, 2).join('/') : parts[0]
  return name in MAY_IMPORT ? name : null
}

/** What is wrong with an import from one room into another of the same house; null for nothing. */
function betweenRooms(from, to) {
  if (from === to || !(from in ROOMS)) return null
  const allowed = ROOMS[from]
  const [house, name] = to.split('/')
  if (allowed === null || allowed.includes(name)) return null
  return `${from} must not import ${house}/${name}: see the rooms in scripts/eslint-rooms.mjs`
}

export default {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const src = path.join(context.cwd, 'src')
    const below = (file) => path.relative(src, file).split(path.sep).join('/')
    const file = context.filename.startsWith(src + path.sep) ? below(context.filename) : null
    const house = file && houseOf(file)
    if (house && (house === 'editor' || house === 'ui') && !(roomOf(file) in ROOMS))
      return {
        Program: (node) =>
          context.report({ node, message: `${roomOf(file)} is no room: name it in scripts/eslint-rooms.mjs` }),
      }
    const check = (node) => {
      const from = node.source?.value
      if (typeof from !== 'string') return
      if (!from.startsWith('.')) {
        if (house === 'engine') context.report({ node, message: `the engine imports nothing, not even ${from}` })
        return
      }
      const absolute = path.resolve(path.dirname(context.filename), from.replace(/\?.*$/, ''))
      if (!absolute.startsWith(src + path.sep)) return
      const target = below(absolute)
      const other = houseOf(target)
      if (!other || !house) return
      if (other === house) {
        const message = betweenRooms(roomOf(file), roomOf(target))
        if (message) context.report({ node, message })
        return
      }
      if (!MAY_IMPORT[house].includes(other))
        context.report({ node, message: `${house} must not import ${other}: imports point downwards` })
      const door = path.posix.relative(other, target)
      if (door !== '' && door !== 'index' && !SIDE_DOORS[other]?.includes(door))
        context.report({ node, message: `${other} is entered by its index, not by ${door}` })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    }
  },
}
