import type { LibraryEntry, Target } from '../../src/patterns'
import type { Subject } from '../../src/verify'

/** ONNX Runtime has no kernel on a CPU for what these make. */
export const NO_KERNEL = new Set(['BiasSoftmax'])

export const subjectOf = ({ label, make, exactness }: LibraryEntry, target: Target): Subject => ({
  label,
  pattern: make(target),
  claim: exactness,
})
