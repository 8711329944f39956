/** Files that were damaged at random, and hostile ones: whatever opens, no pattern throws on it or leaves it unsound. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx, onnxDialect, OnnxExportError, OnnxImportError } from '../../src/dialects/onnx'
import { networkFromSnapshot } from '../../src/engine'
import type { Network } from '../../src/engine'
import { managerOf, onnxLibrary, upgradeForTarget } from '../../src/patterns'
import type { Target } from '../../src/patterns'

const FILES = ['fuzz', 'hostile'].flatMap((folder) =>
  readdirSync(`test/cases/${folder}`).map((name) => `test/cases/${folder}/${name}`),
)

/** null where the file does not open. */
function opened(file: string, target: Target): Network | null {
  try {
    const { snapshot } = importOnnx(new Uint8Array(readFileSync(file)))
    return networkFromSnapshot(upgradeForTarget(snapshot, target).snapshot, onnxDialect)
  } catch (error) {
    if (error instanceof OnnxImportError || error instanceof OnnxExportError) return null
    throw error
  }
}

describe.each(['ort', 'onnx'] as const)('for %s', (target) => {
  test.each(FILES)('%s', (file) => {
    const network = opened(file, target)
    if (!network) return expect(() => importOnnx(new Uint8Array(readFileSync(file)))).toThrow()
    const failed: string[] = []
    for (const event of managerOf(onnxLibrary(target), target).rewriting(network))
      if (event.type === 'failed') failed.push(event.error.message)
    expect(failed).toEqual([])
  })
})
