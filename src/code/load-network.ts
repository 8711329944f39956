import { faultsOf, Network, verifyNetwork } from '../engine'
import { CodeError, codeErrorOf } from './code-error'
import { canMake } from './network-maker'
import type { Maker } from './network-maker'
import { exportsOf } from './load'

const WRITE = 'write export default network, or export function build() { ... return network }'

/**
 * Runs a file that makes a network: the one that it exports, or that a function makes, or the `build` of a model of modules. A default export
 * comes before the others, of which there may be one.
 * @param name of a network that a model builds
 * @throws CodeError with the line where it is no TypeScript, imports what it may not, throws, or makes no network
 */
export function loadNetwork(source: string, name: string): Network {
  const { default: own, ...others } = exportsOf(source) as Readonly<Record<string, unknown>>
  const makers = (own === undefined ? Object.values(others) : [own]).filter(canMake)
  const [maker] = makers
  if (maker === undefined) throw new CodeError(`it exports no network: ${WRITE}`)
  if (makers.length > 1) throw new CodeError(`it exports ${makers.length} networks: export one as the default`)
  const made = run(maker, name)
  if (!(made instanceof Network)) throw new CodeError(`what it exports makes no network: ${WRITE}`)
  return made
}

/** So many faults are named. */
const NAMED = 5

/**
 * The same, where the network is one that a runtime could take.
 * @throws CodeError with what is wrong with it
 */
export function loadSoundNetwork(
  source: string,
  name: string,
): { readonly network: Network; readonly warnings: readonly string[] } {
  const network = loadNetwork(source, name)
  const faults =
    network.outputs.length === 0
      ? ['it has no output: mark one with network.markOutput(tensor, name)']
      : verifyNetwork(network)
  if (faults.length === 0) return { network, warnings: faultsOf(network) }
  const more = faults.length > NAMED ? [`and ${faults.length - NAMED} more`] : []
  throw new CodeError(`the network is not sound: ${[...faults.slice(0, NAMED), ...more].join('; ')}`)
}

function run(maker: Maker, name: string): unknown {
  if (maker instanceof Network) return maker
  try {
    return typeof maker === 'function' ? maker(name) : maker.build(name)
  } catch (error) {
    throw codeErrorOf(error)
  }
}
