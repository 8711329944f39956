/** Where a run stops: before the rewrite that a breakpoint is on. Plain values, to be kept with a session. */
import type { LayerId } from '../../engine'
import { inScope } from './match-scopes'
import type { StepInfo } from '../protocol/timeline'

export type Breakpoint =
  /** Before each rewrite of a pattern. */
  | { readonly type: 'pattern'; readonly label: string }
  /** Before a rewrite that has the layer in its match. */
  | { readonly type: 'layer'; readonly layer: LayerId; readonly name: string }
  /** Before a rewrite whose root lies in the module. */
  | { readonly type: 'scope'; readonly path: string }
  /** Before a rewrite whose numbers come out different. */
  | { readonly type: 'verdict' }

/** A run that stopped: the step that it did not take, and why. */
export interface Stop {
  readonly step: StepInfo
  readonly breakpoint: Breakpoint
}

/** Tells one breakpoint from another. */
export function breakpointKey(b: Breakpoint): string {
  return `${b.type} ${b.type === 'pattern' ? b.label : b.type === 'layer' ? b.layer : b.type === 'scope' ? b.path : ''}`
}

/** What of a path tells a layer from its neighbours, and from its likes in the other blocks: the block that is numbered last. */
export function shortName(name: string): string {
  const parts = name.split('/')
  if (parts.length <= 3) return name
  const block = parts.slice(0, -2).findLast((part) => /(^|\.)\d+$/.test(part))
  return block === undefined ? `…/${parts.slice(-2).join('/')}` : `${block}/…/${parts.at(-1)}`
}

/** What it is on, in words. */
export function breakpointText(b: Breakpoint): string {
  if (b.type === 'pattern') return `pattern ${b.label}`
  if (b.type === 'layer') return `layer ${shortName(b.name)}`
  return b.type === 'scope' ? `module ${b.path}` : 'a failed verdict'
}

export function isSet(breakpoints: readonly Breakpoint[], b: Breakpoint): boolean {
  const key = breakpointKey(b)
  return breakpoints.some((x) => breakpointKey(x) === key)
}

/** With this breakpoint if it was not there, without it if it was. */
export function toggled(breakpoints: readonly Breakpoint[], b: Breakpoint): readonly Breakpoint[] {
  const key = breakpointKey(b)
  return isSet(breakpoints, b) ? breakpoints.filter((x) => breakpointKey(x) !== key) : [...breakpoints, b]
}

/**
 * The first breakpoint that a step runs into; null for none.
 * @param failed whether its numbers are known to differ
 */
export function hitBy(step: StepInfo, breakpoints: readonly Breakpoint[], failed: boolean): Breakpoint | null {
  return breakpoints.find((b) => isHit(step, b, failed)) ?? null
}

function isHit(step: StepInfo, b: Breakpoint, failed: boolean): boolean {
  switch (b.type) {
    case 'pattern':
      return step.label === b.label
    case 'layer':
      return step.root === b.layer || step.layers.includes(b.layer)
    case 'scope':
      return step.root !== null && inScope(step.scope, b.path)
    case 'verdict':
      return failed
  }
}
