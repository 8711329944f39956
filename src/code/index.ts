/** Patterns in code: what a sandbox is told and answers. `load.ts`, the other door, runs them where they are trusted. */
export { CodeError, codeErrorOf } from './code-error'
export type { CodePlace } from './code-error'
