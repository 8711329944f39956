/** A pattern as a part of an address: `own=<base64url of deflated JSON>`. Short ones only: addresses are cut off on their way. */
import { decode } from '../../engine'
import type { OwnRule } from '../protocol/match-info'

const { literal, object, text } = decode

const shared = object({ label: text, text, language: literal('rules', 'ts') })

/** Letters of an address that mail, chats and servers take. */
export const MOST_LETTERS = 6000
/** A short text that unpacks into a long one is no pattern. */
const MOST_BYTES = 200_000

/** @returns what stands in the address, or null where it would be too long */
export async function packPattern({ label, text, language = 'rules' }: OwnRule): Promise<string | null> {
  const json = new TextEncoder().encode(JSON.stringify({ label, text, language }))
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  const packed = btoa(String.fromCharCode(...bytes.subarray(0, MOST_LETTERS)))
  if (bytes.length > MOST_LETTERS || packed.length > MOST_LETTERS) return null
  return packed.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/**
 * @returns the pattern, as one of others: code in it runs nothing before the person has agreed
 * @throws Error where it is damaged
 */
export async function unpackPattern(packed: string): Promise<OwnRule> {
  const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0))
  const whole = await inflated(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')))
  const { language, ...rest } = shared(JSON.parse(new TextDecoder().decode(whole)) as unknown, 'pattern')
  return language === 'ts' ? { ...rest, language, foreign: true, agreed: false } : rest
}

async function inflated(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = stream.getReader()
  for (let size = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer())
    size += value.length
    if (size > MOST_BYTES) {
      await reader.cancel()
      throw new Error('it is too long')
    }
    parts.push(new Uint8Array(value))
  }
}
