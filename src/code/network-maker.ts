import { Network } from '../engine'

/** What a file may export that makes a network: the network, a function, or a model of modules. */
export type Maker = Network | ((name: string) => unknown) | { build(name: string): unknown }

export function canMake(x: unknown): x is Maker {
  if (typeof x === 'function') return !/^class\b/.test(Function.prototype.toString.call(x))
  return x instanceof Network || (typeof x === 'object' && x !== null && 'build' in x && typeof x.build === 'function')
}
