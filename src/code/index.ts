/** Patterns in code: what a sandbox is asked and answers. `load.ts`, the other door, runs them where they are trusted. */
export type {
  BuiltNetwork,
  CodeInfo,
  CodeLook,
  CodeStep,
  Company,
  FoundMatch,
  FoundMiss,
  MoveForCode,
  NetworkForCode,
} from './calls'
export { CodeError, codeErrorOf } from './code-error'
export type { CodePlace } from './code-error'
export { CodeChannel } from './host'
