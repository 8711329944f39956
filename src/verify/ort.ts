import { ConstantValue } from '../engine'
import type { DType } from '../engine'
import { plainMessage } from './ort-message'
import type { Runtime, Values } from './runtime'

/** What onnxruntime-node and onnxruntime-web have in common, as far as it is needed here. */
export interface OrtModule {
  readonly InferenceSession: {
    create(model: Uint8Array | string, options: OrtOptions): Promise<OrtSession>
  }
  readonly Tensor: {
    new (type: 'float32', data: Float32Array, dims: readonly number[]): OrtTensor
    new (type: 'string', data: readonly string[], dims: readonly number[]): OrtTensor
  }
}

interface OrtOptions {
  readonly graphOptimizationLevel: 'disabled'
  readonly logSeverityLevel: 3 | 4
  readonly intraOpNumThreads?: number
  readonly extra?: { readonly session: Readonly<Record<string, string>> }
}
interface OrtSession {
  readonly outputMetadata?: readonly { readonly name: string; readonly type?: string }[]
  run(feeds: Record<string, OrtTensor>, options: { readonly logSeverityLevel: 4 }): Promise<Record<string, OrtTensor>>
  release(): Promise<void>
}
interface OrtTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: unknown
}

/** Both sides run as they are written: nothing is fused behind our back. */
const OPTIONS: OrtOptions = { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 }

/** A run that fails says why by itself. */
const QUIET = { logSeverityLevel: 4 } as const

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

/** A runtime on top of one of ONNX Runtime's packages. */
export function runtimeOf(
  ort: OrtModule,
  options: { readonly threads?: number; readonly extra?: OrtOptions['extra'] } = {},
): Runtime {
  const { threads, extra } = options
  const settings: OrtOptions = {
    ...OPTIONS,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(extra && { extra }),
  }
  return {
    // Results of 4 bits are refused: onnxruntime-node ends the process where it hands one out.
    async load(model) {
      const session = await ort.InferenceSession.create(model, settings).catch((error: unknown) => {
        throw error instanceof Error ? new Error(plainMessage(error.message), { cause: error }) : error
      })
      const packed = session.outputMetadata?.find(({ type }) => type === 'int4' || type === 'uint4')
      if (packed) {
        await session.release()
        throw new Error(`${packed.name} has type ${packed.type}, which cannot be compared`)
      }
      return {
        run: async (feeds) => fromOrt(await session.run(toOrt(ort, feeds), QUIET)),
        release: () => session.release(),
      }
    },
  }
}

function toOrt(ort: OrtModule, feeds: Values): Record<string, OrtTensor> {
  const out: Record<string, OrtTensor> = {}
  for (const [name, v] of feeds) {
    if (v.strings) {
      out[name] = new ort.Tensor('string', v.strings, [...v.shape])
      continue
    }
    const Data = ARRAYS[v.dtype as keyof typeof ARRAYS] as typeof Float32Array | undefined
    if (!Data || !v.bytes) throw new Error(`a value of type ${v.dtype} cannot be given to ONNX Runtime (${name})`)
    out[name] = new ort.Tensor(v.dtype as 'float32', new Data(v.bytes.slice().buffer), [...v.shape])
  }
  return out
}

function fromOrt(results: Record<string, OrtTensor>): Values {
  const out = new Map<string, ConstantValue>()
  for (const [name, t] of Object.entries(results)) {
    if (t.type === 'string') {
      out.set(name, new ConstantValue('string', t.dims, null, t.data as readonly string[]))
      continue
    }
    const { buffer, byteOffset, byteLength } = t.data as Uint8Array
    if (!buffer) throw new Error(`${name} has type ${t.type}, which cannot be compared`)
    out.set(name, new ConstantValue(t.type as DType, t.dims, new Uint8Array(buffer, byteOffset, byteLength).slice()))
  }
  return out
}
