/** Whether two networks are the same up to names: kinds, attributes, operands in order, outputs, and what is shared. */
import { sameRecord } from '../../src/engine'
import type { AttributeValue, Layer, Network, Tensor } from '../../src/engine'

/**
 * Where `actual` first differs from `expected`, going up from the outputs; null where it does not. Network inputs and outputs
 * count by name; a constant of `expected` without data stands for any of its type.
 */
export function wiringDifference(expected: Network, actual: Network): string | null {
  const pairs = new Map<Layer, Layer>()
  const taken = new Set<Layer>()
  const stack: [Tensor | null, Tensor | null, string][] = []
  const names = (n: Network): string => n.outputs.map((o) => o.name).join(', ')
  if (names(expected) !== names(actual)) return `outputs: expected ${names(expected)}, found ${names(actual)}`
  const [wanted, given] = [expected.getOutputs(), actual.getOutputs()]
  expected.outputs.forEach((o, i) => stack.push([wanted[i]!, given[i]!, `output ${o.name}`]))
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [e, a, where] = next
    const problem = valueDifference(e, a)
    if (problem !== null) return `${where}: ${problem}`
    const [from, to] = [e?.getParent(), a?.getParent()]
    if (!from || !to) continue
    const known = pairs.get(from)
    if (known === to) continue
    if (known !== undefined || taken.has(to)) return `${where}: ${from.kind} is shared in one network only`
    pairs.set(from, to)
    taken.add(to)
    const count = Math.max(from.numInputs, to.numInputs)
    for (let i = 0; i < count; i++) stack.push([from.input(i), to.input(i), `${where} < operand ${i} of ${from.kind}`])
  }
  const live = (n: Network): number => n.getLayers().filter((l) => !l.isRemoved()).length
  return live(actual) === pairs.size ? null : `${live(actual) - pairs.size} layers lead to no output`
}

function valueDifference(e: Tensor | null, a: Tensor | null): string | null {
  const differs = text(e) === text(a) ? null : `expected ${text(e)}, found ${text(a)}`
  if (differs !== null || !e || !a) return differs
  if (e.value?.isAvailable && !e.value.equals(a.value!)) return `another constant than expected: ${text(a)}`
  const [from, to] = [e.getParent(), a.getParent()]
  if (!from || !to) return null
  const [index, found] = [from.results.indexOf(e), to.results.indexOf(a)]
  if (index !== found) return `expected result ${index} of ${from.kind}, found result ${found}`
  const [wanted, given] = [attributesOf(from), attributesOf(to)]
  return sameRecord(wanted, given)
    ? null
    : `expected ${from.kind}<${JSON.stringify(wanted)}>, found ${to.kind}<${JSON.stringify(given)}>`
}

function text(t: Tensor | null): string {
  if (!t) return 'no operand'
  if (t.value) return `a constant ${t.value.dtype}[${t.value.shape.join(',')}]`
  return t.getParent()?.kind ?? `network input ${t.name}`
}

/** Those that are not as they are by default. */
function attributesOf(layer: Layer): Record<string, AttributeValue> {
  const own = Object.entries(layer.record.attributes)
  return Object.fromEntries(own.filter(([name, v]) => !sameRecord(v, layer.schema?.attributes[name]?.default)))
}
