/** What went wrong in a file of patterns, and where. Lines and columns count from 1. */
export interface CodePlace {
  readonly line: number
  readonly column: number
}

export class CodeError extends Error {
  override readonly name = 'CodeError'

  constructor(
    /** What is wrong, without where. */
    readonly reason: string,
    /** null where it is not known. */
    readonly place: CodePlace | null = null,
  ) {
    super(place ? `line ${place.line}: ${reason}` : reason)
  }
}

/** Frames of a file's own code bear this name in stack traces. */
export const CODE_FILE = 'graft-pattern.ts'

/** The same with its place, for whatever a file of patterns threw, whoever wraps it. */
export function codeErrorOf(thrown: unknown): CodeError {
  if (thrown instanceof CodeError) return thrown
  return new CodeError(reasonOf(thrown), placeOf(thrown))
}

/** In words, without running anything of what was thrown that could throw again. */
function reasonOf(thrown: unknown): string {
  try {
    const said = thrown instanceof Error ? `${thrown.message || thrown.name}` : `it threw ${String(thrown)}`
    return said.slice(0, LONGEST)
  } catch {
    return 'it threw something that cannot be read'
  }
}

const LONGEST = 2000

/** The innermost line of the file's own that an error came through, by its trace or that of its cause. */
function placeOf(thrown: unknown): CodePlace | null {
  try {
    for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
      const at = FRAME.exec(typeof error.stack === 'string' ? error.stack : '')
      if (at) return { line: Number(at[1]), column: Number(at[2]) }
    }
  } catch {
    // What cannot be read says nothing of where it comes from.
  }
  return null
}

const FRAME = /graft-pattern\.ts:(\d+):(\d+)/
