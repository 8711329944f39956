/**
 * The left side of a rule as a small graph, for one miss: which parts matched, which one stopped it, which were not
 * reached. Of alternatives the one that the match went into is shown. A pattern without a rule shows the parts that it
 * named when it declined.
 */
import { operatorOf, printAttribute, RulePattern } from '../../engine'
import type { CallGraph, CompiledRule, LayerId, Network, PatternRewriter, ValueGraph } from '../../engine'
import type { Miss, RuleDiagram } from '../protocol/match-info'
import { arranged } from '../view/rule-diagram-layout'
import type { Box } from '../view/rule-diagram-layout'

export function ruleDiagramOf(network: Network, pattern: PatternRewriter, miss: Miss): RuleDiagram {
  const drawn = pattern instanceof RulePattern ? new Drawing(pattern.rule, miss).boxes() : namedParts(network, miss)
  return arranged(miss.about === 'condition' && miss.part === 'where' ? [...drawn, condition(miss, drawn)] : drawn)
}

/** The condition that did not hold, below what it is about. */
function condition({ expected, layer }: Miss, drawn: readonly Box[]): Box {
  const from = drawn.length > 0 ? [drawn.length - 1] : []
  return { part: 'where', title: 'where', detail: expected, layer, state: 'stopped', from }
}

class Drawing {
  private readonly made: Box[] = []
  private readonly known = new Map<object | string, number>()
  private readonly matched: ReadonlyMap<string, LayerId>

  constructor(
    private readonly rule: CompiledRule,
    private readonly miss: Miss,
  ) {
    this.matched = new Map(miss.matched)
  }

  /** Operands before those that take them; the root last. */
  boxes(): Box[] {
    for (const s of this.rule.extraRoots) this.value(s.value)
    this.value(this.rule.root.value)
    return this.made
  }

  /** Index of the box of a value; null for what has none of its own. */
  private value(v: ValueGraph): number | null {
    switch (v.type) {
      case 'call':
        return this.call(v)
      case 'either':
        return this.value(this.likeliest(v.of))
      case 'name':
        return this.named(v.name, v.constant === true)
      default:
        return null
    }
  }

  private call(v: CallGraph): number | null {
    const known = this.known.get(v)
    if (known !== undefined) return known
    const part = this.rule.partOf.get(v) ?? ''
    const first = v.operands[0]
    if (v.maybe && !this.matched.has(part) && this.miss.part !== part) return first ? this.value(first) : null
    const from = v.operands.map((o) => this.value(o)).filter((i) => i !== null)
    const constants = v.operands.map((o) => constantText(this.settled(o))).filter((t) => t !== '')
    const named = Object.entries(v.attributes).map(
      ([name, a]) => `${name} ${'variable' in a ? a.variable : printAttribute(a)}`,
    )
    const attributes = v.otherAttributes === undefined ? named : [`…${v.otherAttributes}`, ...named]
    const holds = v.operands.some((o) => this.isStop(o))
    return this.add(v, {
      part,
      title: operatorOf(v.kind),
      detail: [...constants, ...attributes].join('  '),
      layer: this.matched.get(part) ?? (this.miss.part === part || holds ? this.miss.layer : null),
      state: this.miss.part === part || holds ? 'stopped' : this.matched.has(part) ? 'matched' : 'open',
      from,
    })
  }

  /** A constant that stopped the match is written in the box that takes it. */
  private isStop(v: ValueGraph): boolean {
    return v.type === 'name' && v.constant === true && v.name === this.miss.part
  }

  private settled(v: ValueGraph): ValueGraph {
    return v.type === 'either' ? this.settled(this.likeliest(v.of)) : v
  }

  private named(name: string, constant: boolean): number | null {
    const definition = this.rule.definitions.get(name)
    if (definition) return this.value(definition.statement.value)
    if (constant) return null
    const known = this.known.get(name)
    if (known !== undefined) return known
    const stopped = this.miss.part === name
    const layer = stopped ? this.miss.layer : null
    return this.add(name, {
      part: name,
      title: name,
      detail: '',
      layer,
      state: stopped ? 'stopped' : 'value',
      from: [],
    })
  }

  private add(key: object | string, box: Box): number {
    this.made.push(box)
    this.known.set(key, this.made.length - 1)
    return this.made.length - 1
  }

  /** The alternative with the most parts that matched; of equals the one that holds the part that stopped it. */
  private likeliest(of: readonly ValueGraph[]): ValueGraph {
    const worth = (v: ValueGraph): number => {
      const parts = this.partsIn(v)
      return 2 * parts.filter((p) => this.matched.has(p)).length + (parts.includes(this.miss.part) ? 1 : 0)
    }
    return of.reduce((best, v) => (worth(v) > worth(best) ? v : best))
  }

  private partsIn(v: ValueGraph): string[] {
    if (v.type === 'either') return v.of.flatMap((x) => this.partsIn(x))
    return v.type === 'call' ? [this.rule.partOf.get(v) ?? '', ...v.operands.flatMap((x) => this.partsIn(x))] : []
  }
}

function constantText(v: ValueGraph): string {
  if (v.type === 'number') return String(Number(v.value.toPrecision(5)))
  if (v.type === 'rest') return `…${v.name}`
  return v.type === 'name' && v.constant ? v.name : ''
}

/** What a pattern that declined had matched, joined as the network joins it, and what stopped it. */
function namedParts(network: Network, { matched, part, layer, about }: Miss): Box[] {
  const rows = matched.map(([name, id]): [string, LayerId | null] => [name, id])
  if (!rows.some(([name]) => name === part) && about !== 'condition') rows.push([part, layer])
  const order = rows
    .map(([name, id]) => ({ name, id, found: id === null ? undefined : network.getLayer(id) }))
    .sort((a, b) => (a.found?.order ?? 0) - (b.found?.order ?? 0))
  return order.map(({ name, id, found }, i) => ({
    part: name,
    title: found ? operatorOf(found.kind) : '?',
    detail: '',
    layer: id,
    state: name === part ? 'stopped' : 'matched',
    from: order.flatMap((other, k) =>
      k < i && found?.getInputs().some((t) => t.parent && t.parent.id === other.id) ? [k] : [],
    ),
  }))
}
