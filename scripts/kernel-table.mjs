// Finds the operators of ONNX's default domain that ONNX Runtime has no CPU kernel for, by operator set: it is asked with models of
// one node. Writes src/dialects/onnx/missing-kernels.ts. Run it again when a runtime is updated: node scripts/kernel-table.mjs
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './run.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const { missingKernels } = await import(await bundle('scripts/kernel-probe.ts'))

/** [first, last] for every unbroken run of operator sets. */
function ranges(versions) {
  const found = []
  for (const v of versions) {
    if (found.at(-1)?.[1] === v - 1) found.at(-1)[1] = v
    else found.push([v, v])
  }
  return found
}

const rows = [...(await missingKernels())].map(([kind, versions]) => {
  const list = ranges(versions).map(([a, b]) => `[${a}, ${b}]`)
  return `  ${kind}: [${list.join(', ')}],`
})
const text = `/**
 * Operators that ONNX Runtime's CPU kernels do not have, by the operator sets (first to last) under which they are missing, in
 * Node or in the browser. Made by scripts/kernel-table.mjs, which asks the installed runtimes.
 */
export const MISSING_KERNELS: Readonly<Record<string, readonly (readonly [first: number, last: number])[]>> = {
${rows.join('\n')}
}
`
writeFileSync(path.join(root, 'src/dialects/onnx/missing-kernels.ts'), text)
console.log(`${rows.length} operators lack a kernel under some operator set`)
