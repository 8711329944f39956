/** All ways through Python: each condition of what only a match knows leads on in two. */
import { conditionText, isEach, isFalse, isTrue, not, ofElements } from './conditions'
import type { Condition } from './conditions'
import { knownOf } from './known'
import { Failed } from './machine'
import type { LoopEvent, Way } from './machine'
import { Untold } from './syntax'
import type { SyntaxNode } from './syntax'
import type { ListValue, Value } from './values'

/** More ways through a check than this are no rule that anybody reads. */
const MOST_WAYS = 300

class Path {
  readonly conditions: Condition[] = []
  readonly events: LoopEvent[] = []
  readonly taken: boolean[] = []

  constructor(readonly prefix: readonly boolean[]) {}
}

/** One way that was gone to its end, and what it came to. */
export interface Ending<T> {
  readonly conditions: readonly Condition[]
  readonly result: T
}

export abstract class Ways {
  private readonly paths: Path[] = []
  private collected: Condition[] | null = null
  private undo: (() => void)[] | null = null

  /** What is followed now. */
  protected abstract here(): SyntaxNode

  /** Goes all ways; those on which the rule does not hold are left out. */
  explore<T>(run: () => T): Ending<T>[] {
    const found: Ending<T>[] = []
    this.everyWay((path) => {
      try {
        const result = run()
        found.push({ conditions: path.conditions, result })
      } catch (error) {
        if (!(error instanceof Failed)) throw error
      }
    })
    return found
  }

  ways(run: () => Value | null): Way[] {
    const found: Way[] = []
    const outer = this.undo
    this.everyWay((path) => {
      const undo: (() => void)[] = []
      this.undo = undo
      let failed = false
      let returned: Value | null = null
      try {
        returned = run()
      } catch (error) {
        if (!(error instanceof Failed)) throw error
        failed = true
      } finally {
        for (const back of undo.reverse()) back()
        this.undo = outer
      }
      found.push({ conditions: path.conditions, events: path.events, failed, returned })
    })
    return found
  }

  private everyWay(go: (path: Path) => void): void {
    let prefix: boolean[] | null = []
    for (let count = 0; prefix; count++) {
      if (count === MOST_WAYS) throw new Untold(`it has more than ${MOST_WAYS} ways to go`, this.here())
      const path: Path = new Path(prefix)
      this.paths.push(path)
      try {
        go(path)
      } finally {
        this.paths.pop()
      }
      prefix = nextPrefix(path.taken)
    }
  }

  get isInLoop(): boolean {
    return this.paths.length > 1
  }
  get depth(): number {
    return this.paths.length
  }

  decide(c: Condition): boolean {
    if (isTrue(c) || isFalse(c)) return isTrue(c)
    const known = this.knows(c)
    if (known !== null) return known
    const path = this.paths.at(-1)
    if (!path) throw new Error('nothing is explored')
    if (isEach(c) && !this.isInLoop) throw new Failed()
    const yes = path.prefix[path.taken.length] ?? true
    path.taken.push(yes)
    path.conditions.push(yes ? c : not(c))
    return yes
  }

  private knows(c: Condition): boolean | null {
    return knownOf(
      this.paths.flatMap((p) => p.conditions),
      c,
    )
  }

  assume(given: Condition): void {
    const c = this.isInLoop ? given : ofElements('every', given)
    if (isTrue(c)) return
    if (isFalse(c)) throw new Failed()
    if (this.collected)
      return void this.collected.push(...(c.op === 'all' ? c.of : [c]).filter((x) => this.knows(x) !== true))
    if (this.isInLoop) {
      if (!this.decide(c)) throw new Failed()
      return
    }
    if (this.knows(c) === true) return
    this.paths.at(-1)?.conditions.push(c)
  }

  asking<T>(under: Condition, ask: () => T): { readonly assumed: readonly Condition[]; readonly result: T } {
    const outer = this.collected
    const assumed: Condition[] = []
    this.collected = assumed
    try {
      const result = ask()
      const first = conditionText(under)
      return { assumed: assumed.filter((c) => conditionText(c) !== first && !isPartOf(under, c)), result }
    } finally {
      this.collected = outer
    }
  }

  change(now: () => void, back: () => void): void {
    this.undo?.push(back)
    now()
  }

  note(event: LoopEvent): void {
    this.paths.at(-1)!.events.push(event)
  }

  pending(place: string): Value | null {
    const found = this.paths.at(-1)?.events.find((e) => e.type === 'put' && e.place === place)
    return found?.type === 'put' ? found.before : null
  }

  appendInLoop(list: ListValue, value: Value): boolean {
    if (!this.isInLoop || list.depth >= this.depth) return false
    this.note({ type: 'append', list, value })
    const { items } = list
    // Nobody can read it before the loop has ended.
    this.change(
      () => (list.items = [{ type: 'lost', name: 'a list' }]),
      () => (list.items = items),
    )
    return true
  }
}

function nextPrefix(taken: readonly boolean[]): boolean[] | null {
  const last = taken.lastIndexOf(true)
  return last < 0 ? null : [...taken.slice(0, last), false]
}

const isPartOf = (whole: Condition, c: Condition): boolean =>
  whole.op === 'all' && whole.of.some((x) => conditionText(x) === conditionText(c))
