/** Numeric equivalence: a step, or a whole network, run before and after on the same inputs. */
export { cutStep } from './cut'
export type { StepRegion } from './cut'
export type { Runtime, RuntimeSession, Values } from './runtime'
export type { Verdict } from './verdict'
export { verifyModels, verifyNetworks, verifyStep } from './verify'
export type { VerifyOptions } from './verify'
export { webRuntime } from './web'
