import { onnxLibrary } from '../../src/patterns'
import { testPattern } from '../../src/verify'
import { nodeRuntime } from '../../src/verify/node'
import { subjectOf } from '../verify/library-instances'
import type { Proof } from './proof'

let runtime: ReturnType<typeof nodeRuntime> | null = null

/** Instances in one go: seeds that are apart from those of `npm test`. */
const AT_ONCE = 20

export const proofs: readonly Proof[] = (['ort', 'onnx'] as const).flatMap((target) =>
  onnxLibrary(target).map((entry): Proof => ({
    name: `${entry.label} for ${target}, ${AT_ONCE} instances at once`,
    instances: 1000 / AT_ONCE,
    seconds: 60,
    run: async (n) => {
      const options = { instances: AT_ONCE, seed: 100_000 + n * AT_ONCE }
      const { counterexample: found } = await testPattern(
        subjectOf(entry, target),
        await (runtime ??= nodeRuntime()),
        options,
      )
      if (found) throw new Error(`seed ${found.seed}: ${found.reason}`)
    },
  })),
)
