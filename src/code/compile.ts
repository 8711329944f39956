import { transform } from 'sucrase'
import { CodeError } from './code-error'

/**
 * A file of TypeScript as the body of a function that has `require`, `exports` and `module`. Types are left out, not checked;
 * every line stays the line that it was.
 * @throws CodeError with the place of what is no TypeScript
 */
export function compileCode(source: string): string {
  try {
    return transform(source, {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      production: true,
    }).code
  } catch (error) {
    throw syntaxError(error)
  }
}

function syntaxError(error: unknown): CodeError {
  const message = error instanceof Error ? error.message : String(error)
  const at = /\s*\((\d+):(\d+)\)\s*$/.exec(message)
  const reason = message.replace(/^Error transforming [^:]*: /, '').replace(/\s*\(\d+:\d+\)\s*$/, '')
  return new CodeError(
    `this is no TypeScript: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
    at ? { line: Number(at[1]), column: Number(at[2]) } : null,
  )
}
