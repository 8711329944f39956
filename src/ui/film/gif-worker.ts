/** Packs frames into a GIF, one after the other: answers each with null, and the end with the file. */
import { applyPalette, GIFEncoder, quantize } from 'gifenc'

export interface GifFrame {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
  /** Milliseconds. */
  readonly delay: number
}

const gif = GIFEncoder()

self.onmessage = ({ data: frame }: MessageEvent<GifFrame | null>) => {
  if (!frame) {
    gif.finish()
    self.postMessage(gif.bytes())
    return
  }
  const palette = quantize(frame.pixels, 128, { format: 'rgb565' })
  gif.writeFrame(applyPalette(frame.pixels, palette), frame.width, frame.height, { palette, delay: frame.delay })
  self.postMessage(null)
}
