/** Which module made each layer, read from names: TensorRT keeps nothing else of it. */
import { scopeOf } from '../onnx'

interface Named {
  readonly name: string
  /** Names of its results. */
  readonly outputs: readonly string[]
}

/**
 * A scope for each layer. TensorRT-LLM's `GPT/transformer/layers/0/mlp/gelu_L3053/TANH_0` lies in `transformer/layers/0/mlp`; one that was made
 * outside of all modules, as by a rewrite, lies where its results say. Names that a parser of ONNX gave are paths.
 */
export function scopesOfNames(layers: readonly Named[]): string[] {
  const root = rootOf(layers)
  return layers.map(({ name, outputs }) => {
    const own = modulesOf(name)
    const path = own.length > 0 ? own : modulesOf(outputs[0] ?? '')
    return path.length === 0 && name.startsWith('/') && !isFrame(name.split('/')[1] ?? '')
      ? scopeOf(name, [])
      : (path[0] === root ? path.slice(1) : path).join('/')
  })
}

const isFrame = (part: string): boolean => /_L\d+$/.test(part)

/** The parts of a name that are modules: those before the first Python frame, `matmul_L1061`, and the type. */
function modulesOf(name: string): string[] {
  if (name.startsWith('/')) return []
  const parts = name.split('/').slice(0, -1)
  const frame = parts.findIndex(isFrame)
  return frame < 0 ? parts : parts.slice(0, frame)
}

/** The class of the whole model, where all names begin with it. */
function rootOf(layers: readonly Named[]): string {
  const [root = '', ...more] = new Set(layers.flatMap(({ name }) => modulesOf(name)[0] ?? []))
  return more.length === 0 && /^[A-Z]/.test(root) ? root : ''
}
