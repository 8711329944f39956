/** The trial of a file of code: what it makes of networks comes out of its sandbox as edits, and is compared here. */
import { CodeChannel, CodeError } from '../../code'
import { dialectNamed } from '../../dialects/tensorrt'
import { decodeTransaction, networkFromSnapshot, PatternRewriter, snapshotOf, verifyNetwork } from '../../engine'
import type { Network, NetworkSnapshot } from '../../engine'
import { networkFromText, testRule } from '../../verify'
import type { Runtime } from '../../verify'
import { packedWhole, unpackedSnapshot } from '../protocol/codec'
import type { RuleTestPart, VerifyCalls } from '../protocol/verify-calls'
import { galleryCases } from './gallery-cases'
import { plainTest } from './rule-test-part'

let channel: CodeChannel | null = null
/** What was cut out of the gallery for the code that runs. */
let seen: readonly NetworkSnapshot[] = []

export async function testCodePart(
  { port, text, cases, gallery, seed, instances }: VerifyCalls['testCode']['args'],
  runtime: Runtime,
): Promise<RuleTestPart> {
  if (port) {
    channel?.end(new CodeError('another trial has begun'))
    channel = new CodeChannel(port, nothing, nothing)
    await channel.ask('load', { source: text })
    seen = await galleryCases(channel, gallery)
  }
  const own = cases.examples.flatMap((e) => (e.expected === 'matches' ? (read(e.network) ?? []) : []))
  const networks = [...cases.networks.map(unpackedSnapshot), ...own, ...seen]
  const pattern = new PatternRewriter('the class')
  const claim = 'rounding'
  const found = await testRule({ label: 'the class', pattern, claim, networks, elsewhere: rewritten }, runtime, {
    seed,
    instances,
  })
  const reason =
    networks.length === 0
      ? 'it matches nowhere in this network and those of the gallery, and carries no example that it matches'
      : found.reason
  const examples = port ? await triedExamples(cases.examples) : []
  return { ...plainTest(found, claim), reason, examples }
}

const nothing = (): void => undefined

function read(text: string): NetworkSnapshot | null {
  try {
    return snapshotOf(networkFromText(text))
  } catch {
    return null
  }
}

/** @throws CodeError, and Error where it leaves the network unsound */
async function rewritten(snapshot: NetworkSnapshot, first = false): Promise<NetworkSnapshot | null> {
  if (!channel) throw new CodeError('it does not run')
  await channel.ask('network', { snapshot: packedWhole({ ...snapshot, properties: {} }).plain, data: [] })
  const steps = await channel.ask('plan', first ? { scope: '', most: 1 } : { scope: '' })
  if (steps.length === 0) return null
  const network = networkFromSnapshot(snapshot, dialectNamed(snapshot.dialect))
  for (const { transaction } of steps) apply(network, transaction)
  const [problem] = verifyNetwork(network)
  if (problem) throw new Error(problem.message)
  return snapshotOf(network)
}

function apply(network: Network, plain: unknown): void {
  const { edits } = decodeTransaction(plain, 'rewrite')
  network.transact({ label: 'trial' }, () => edits.forEach((edit) => network.edit(edit)))
}

async function triedExamples(
  examples: VerifyCalls['testCode']['args']['cases']['examples'],
): Promise<RuleTestPart['examples']> {
  const found: RuleTestPart['examples'][number][] = []
  for (const [i, { expected, network }] of examples.entries()) {
    const title = `example ${i + 1}`
    const snapshot = read(network)
    if (!snapshot) {
      found.push({ title, line: 0, holds: false, reason: 'its network cannot be read' })
      continue
    }
    const matched = Boolean(await rewritten(snapshot).catch(nothing))
    const holds = matched === (expected === 'matches')
    found.push({ title, line: 0, holds, reason: holds ? '' : matched ? 'it matches' : 'it does not match' })
  }
  return found
}
