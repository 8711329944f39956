/**
 * node scripts/run.mjs scripts/gallery-pictures.ts: draws each model of the gallery in little, as it is first opened, and writes the
 * pictures into public/models/index.json.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { importOnnx } from '../src/dialects/onnx'
import { dialectNamed } from '../src/dialects/tensorrt'
import type { GalleryEntry } from '../src/editor/commands/file/gallery'
import { IncrementalLayout } from '../src/editor/layout-worker/incremental-layout'
import { THUMBNAIL, thumbnailOf } from '../src/editor/view/thumbnail'
import { networkFromSnapshot } from '../src/engine'
import { sceneOf } from '../src/layout'
import { arranger } from '../test/layout/support'

const INDEX = 'public/models/index.json'
const entries = JSON.parse(readFileSync(INDEX, 'utf8')) as GalleryEntry[]
const drawn: GalleryEntry[] = []
for (const entry of entries) {
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(`public/models/${entry.file}`)))
  const layout = new IncrementalLayout(networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect)), arranger())
  const aspect = THUMBNAIL.width / THUMBNAIL.height
  drawn.push({ ...entry, picture: thumbnailOf(sceneOf(await layout.draw(layout.firstOpen, { columns: { aspect } }))) })
}
writeFileSync(INDEX, `${JSON.stringify(drawn, null, 2)}\n`)
