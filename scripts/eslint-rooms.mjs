// Lint rule: imports point downwards between the rooms of src/, and enter a room by its index only.
import path from 'node:path'

/** What each room may import besides itself. The engine takes no package either. */
const MAY_IMPORT = {
  engine: [],
  'dialects/onnx': ['engine'],
  'dialects/tensorrt': ['engine', 'dialects/onnx'],
  patterns: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  verify: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  cost: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  layout: ['engine', 'dialects/onnx', 'dialects/tensorrt'],
  editor: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns', 'verify', 'cost', 'layout'],
  ui: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns', 'verify', 'cost', 'layout', 'editor'],
  cli: ['engine', 'dialects/onnx', 'dialects/tensorrt', 'patterns', 'verify', 'cost'],
}

/** Doors besides the index: what only one kind of host may meet. */
const SIDE_DOORS = { verify: ['node'] }

function roomOf(file, src) {
  const parts = path.relative(src, file).split(path.sep)
  const name = parts[0] === 'dialects' ? parts.slice(0, 2).join('/') : parts[0]
  return name in MAY_IMPORT ? name : null
}

export default {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = context.filename
    const src = path.join(context.cwd, 'src')
    const room = file.startsWith(src + path.sep) ? roomOf(file, src) : null
    const check = (node) => {
      const from = node.source?.value
      if (typeof from !== 'string') return
      if (!from.startsWith('.')) {
        if (room === 'engine') context.report({ node, message: `the engine imports nothing, not even ${from}` })
        return
      }
      const target = path.resolve(path.dirname(file), from.replace(/\?.*$/, ''))
      if (!target.startsWith(src + path.sep)) return
      const other = roomOf(target, src)
      if (!other || other === room) return
      if (room && !MAY_IMPORT[room].includes(other))
        context.report({ node, message: `${room} must not import ${other}: imports point downwards` })
      const door = path.relative(path.join(src, other), target)
      if (room && door !== '' && door !== 'index' && !SIDE_DOORS[other]?.includes(door))
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
