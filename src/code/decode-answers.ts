/** What comes out of a sandbox, read field by field: whoever wrote the code may have written the answer too. */
import { decode } from '../engine'
import type { BuiltNetwork, CodeCalls, CodeInfo, CodeLook, CodeReply, CodeStep } from './calls'
import { CodeError } from './code-error'

const { anything, count, given, list, literal, nullable, number, object, oneOf, text } = decode
type Decoder<T> = decode.Decoder<T>

const [LONGEST_TEXT, LONGEST_LIST] = [4000, 200_000]

const short: Decoder<string> = (x, at) => text(x, at).slice(0, LONGEST_TEXT)

/** No list that only fills memory. */
function some<T>(inner: Decoder<T>): Decoder<readonly T[]> {
  const whole = list(inner)
  return (x, at) => {
    if (Array.isArray(x) && x.length > LONGEST_LIST)
      throw new CodeError(`${at} has ${x.length} entries, which are too many`)
    return whole(x, at)
  }
}

const pair: Decoder<readonly [string, number]> = (x, at) => {
  const [name, id] = list(anything)(x, at)
  return [short(name, `${at}[0]`), count(id, `${at}[1]`)]
}
const named = some(pair)

const info: Decoder<CodeInfo> = object({
  patterns: some(
    object({
      label: short,
      type: literal('rewriter', 'analyzer'),
      benefit: number,
      examples: some(object({ expected: literal('matches', 'fails'), network: short })),
    }),
  ),
})

const look: Decoder<CodeLook> = object({
  matches: some(object({ root: count, parts: named, tensors: named, value: nullable(number) })),
  misses: some(
    object({
      root: count,
      part: short,
      layer: nullable(count),
      expected: short,
      found: short,
      matched: named,
      parts: count,
      about: literal('part', 'condition', 'use'),
    }),
  ),
})

const step: Decoder<CodeStep> = object({ root: count, transaction: anything, by: given(nullable(short), null) })
const nothing: Decoder<null> = () => null

/** How the answer to each call is read. */
const bytes: Decoder<Uint8Array> = (x, at) => {
  if (x instanceof Uint8Array) return x
  throw new CodeError(`${at} are no bytes`)
}
const built: Decoder<BuiltNetwork> = oneOf({
  'graft-trt': object({ type: literal('graft-trt'), text, weights: bytes, location: short }),
  onnx: object({ type: literal('onnx'), model: bytes }),
})

export const answers: { readonly [K in keyof CodeCalls]: Decoder<CodeCalls[K]['result']> } = {
  load: info,
  build: built,
  network: nothing,
  follow: nothing,
  look,
  rewrite: nullable(step),
  plan: some(step),
}

const logged = given(some(object({ level: literal('info', 'warning', 'error'), message: short })), [])

/** @throws DecodeError for what is no reply */
export const decodeReply: Decoder<CodeReply> = oneOf({
  beat: object({ type: literal('beat') }),
  result: object({ type: literal('result'), id: count, value: anything, log: logged }),
  error: object({
    type: literal('error'),
    id: count,
    reason: short,
    place: nullable(object({ line: count, column: count })),
    log: logged,
  }),
})
