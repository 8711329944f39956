/** Attention and rotary positions of operator set 23, which TensorRT has layers for since 10.14 and 10.15. */
import type { Tensor } from '../../../engine'
import { rankOf, shapeOf } from './builder'
import type { Lower, OnnxNode } from './node'
import { unsupported } from './unsupported'

/** softmax(q · kᵀ · scale) · v; TensorRT scales nothing, so that q is scaled before. */
const attention: Lower = (n) => {
  const { b, name } = n
  if (n.has(4) || n.has(5) || n.has(6)) unsupported('keys and values of before')
  if (n.makes(1) || n.makes(2) || n.makes(3)) unsupported('what it gives beside the context')
  if ((n.number('softcap') ?? 0) !== 0) unsupported('scores that are bounded')
  // A row that the mask closes as a whole is NaN where softmax is computed, and numbers in ONNX Runtime's operator.
  if (n.has(3)) unsupported('rows that a mask closes as a whole')
  const isCausal = n.int('is_causal', 0) === 1
  const isFlat = n.rank(0) === 3
  const [heads, kvHeads] = [n.int('q_num_heads', 0), n.int('kv_num_heads', 0)]
  const [q, k, v] = [heads, kvHeads, kvHeads].map((count, i) => (isFlat ? inHeads(n, i, count) : n.input(i)))
  const size = shapeOf(q!)[3]
  if (typeof size !== 'number') return unsupported('the size of its heads is not known')
  const scaled = b.elementwise('PROD', q!, b.like(q!, n.number('scale') ?? 1 / Math.sqrt(size)))
  const attributes = { attention: name, ...(isCausal && { causal: true }) }
  const inside = b.layer('ATTENTION_INPUT', [scaled, k!, v!], attributes)
  const y = b.layer('ATTENTION_OUTPUT', [inside], { attention: name })
  if (!isFlat) return y
  const width = shapeOf(v!)[3]
  const turned = b.transposed(y, [0, 2, 1, 3])
  const [batch, length] = [b.size(n.input(0), 0), b.size(n.input(0), 1)]
  if (typeof width !== 'number') return unsupported('the size of its heads is not known')
  return b.reshape(turned, [batch, length, heads * width], [...shapeOf(n.input(0)).slice(0, 2), heads * width])
}

/** [batch, length, heads · size] as [batch, heads, length, size]. */
function inHeads(n: OnnxNode, i: number, count: number): Tensor {
  const { b } = n
  const x = n.input(i)
  const width = shapeOf(x)[2]
  if (typeof width !== 'number' || count <= 0 || width % count !== 0)
    return unsupported('the number of its heads is not known')
  const apart = [count, width / count]
  const split = b.reshape(x, [b.size(x, 0), b.size(x, 1), ...apart], [...shapeOf(x).slice(0, 2), ...apart])
  return b.transposed(split, [0, 2, 1, 3])
}

const rotary: Lower = (n) => {
  if (rankOf(n.input(0)) !== 4) unsupported('heads that are not apart')
  const dim = n.int('rotary_embedding_dim', 0)
  const attributes = { interleaved: n.int('interleaved', 0) === 1, ...(dim !== 0 && { rotary_embedding_dim: dim }) }
  return n.b.layer('ROTARY_EMBEDDING', n.inputs(), attributes)
}

export const attentionLowering = { Attention: attention, RotaryEmbedding: rotary } satisfies Readonly<Record<string, Lower>> // prettier-ignore
