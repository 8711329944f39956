// The rooms of src/: the folders that have a say in what may import what. The lint rule and the check for circles share them.

/** Rooms whose own folders are rooms too. */
const NESTED = new Set(['engine', 'dialects', 'editor', 'ui'])

/** Room of a file, both as paths below src/: `editor/motion`, `dialects/onnx`, `cost`. A file beside nested rooms is one by itself. */
export function roomOf(file) {
  const parts = file.split('/')
  if (!NESTED.has(parts[0])) return parts[0]
  return parts.length === 2 ? file.replace(/\.tsx?$/, '') : parts.slice(0, 2).join('/')
}
