import { libraryFault } from '../patterns/random-library'
import type { Proof } from './proof'

const proofOf = (target: 'ort' | 'onnx'): Proof => ({
  name: `random networks through the library for ${target}`,
  instances: 1000,
  seconds: 60,
  run: async (seed) => {
    const fault = await libraryFault(seed, target)
    if (fault !== null) throw new Error(fault)
  },
})

export const proofs: readonly Proof[] = [proofOf('ort'), proofOf('onnx')]
