/** The files of patterns that run in sandboxes: started, asked before the engine's own code looks at them, and given up. */
import { codeErrorOf } from '../../code'
import type { CodeInfo } from '../../code'
import { RulePattern } from '../../engine'
import type { LayerId, LogEntry } from '../../engine'
import { DRAFT } from '../protocol/match-info'
import type { RuleReport } from '../protocol/match-info'
import type { PlanRequest } from '../protocol/moves'
import type { CodeCases } from '../protocol/verify-calls'
import { codeCases } from './code-cases'
import { planWithCode } from './code-plan'
import { companyOf, NotRepeatedError, repeating } from './company-plan'
import { SandboxedCode } from './sandboxed-code'
import type { Workspace } from './workspace'

interface Told {
  said(label: string, lines: readonly LogEntry[]): void
  busy(label: string, busy: boolean): void
  failed(label: string, reason: string, line: number | null): void
}

export class Codes {
  constructor(
    private readonly home: () => Workspace | null,
    private readonly told: Told,
  ) {}

  has(label: string): boolean {
    return this.home()?.codes.has(label) === true
  }

  /** Runs a file in its sandbox, in place of what had its label; what is wrong with it is the report. */
  async start(home: Workspace, label: string, text: string, port: MessagePort): Promise<RuleReport> {
    this.end(label, 'another text takes its place')
    const code = new SandboxedCode(text, port, home, {
      said: (lines) => this.told.said(label, lines),
      busy: (busy) => this.told.busy(label, busy),
      ended: (why) => {
        if (home.codes.get(label) !== code) return
        home.codes.delete(label)
        this.told.failed(label, why.reason, why.place?.line ?? null)
      },
    })
    home.codes.set(label, code)
    try {
      const report = reportOf(await code.load())
      if (label === DRAFT) home.writeCode(code)
      return report
    } catch (error) {
      return badReport(error)
    }
  }

  end(label: string, why: string): void {
    const code = this.home()?.codes.get(label)
    this.home()?.codes.delete(label)
    code?.end(why)
  }

  /** Before matches of these are looked for. @throws CodeError, and the file is off from then on */
  async refresh(labels: readonly string[]): Promise<void> {
    for (const label of labels) await this.ask(label, (code) => code.refresh())
  }

  /** Before a match is rewritten, or what would become of it is shown. @throws CodeError */
  async prime(label: string, root: LayerId): Promise<void> {
    await this.ask(label, (code) => code.prime(root))
  }

  /** Of a rule too, which has no code. @throws Error where nothing runs under the label */
  async cases(label: string): Promise<CodeCases> {
    const home = this.home()
    const code = home?.codes.get(label) ?? null
    if (!home || (!code && !(home.rewriter(label).pattern instanceof RulePattern)))
      throw new Error(`${label} does not run`)
    return codeCases(home, label, code)
  }

  /**
   * By benefit, all in one run, where the code is a person's own; else code first, then the others, in turns.
   * @param others does what the engine's own patterns of a request do
   * @param slices does work in slices
   */
  async plan(
    request: PlanRequest,
    others: (rest: PlanRequest) => Promise<unknown>,
    stopped: () => boolean,
    slices: (work: Generator<{ readonly type: 'rewritten' }>) => Promise<unknown>,
  ): Promise<void> {
    const home = this.home()
    const mine = request.wanted.flatMap(({ label }) => {
      const code = home?.codes.get(label)
      return code ? [{ label, code }] : []
    })
    if (!home || mine.length === 0) return void (await others(request))
    const rest = { ...request, wanted: request.wanted.filter(({ label }) => !home.codes.has(label)) }
    const work = (): Promise<unknown> => (rest.wanted.length > 0 || rest.whole ? others(rest) : this.nothing(home))
    try {
      if (await this.inCompany(home, request, mine[0]!.code, slices)) return
      await planWithCode(home, mine, request.scope ?? '', work, stopped)
    } catch (error) {
      const { reason } = codeErrorOf(error)
      const guilty = mine.filter(({ label }) => reason.includes(`pattern ${label}: `))
      for (const { label } of guilty.length > 0 ? guilty : mine) this.fail(label, error)
      throw error
    }
  }

  /** @returns false where it cannot be done so */
  private async inCompany(
    home: Workspace,
    { wanted, whole, scope = '' }: PlanRequest,
    code: SandboxedCode,
    slices: (work: Generator<{ readonly type: 'rewritten' }>) => Promise<unknown>,
  ): Promise<boolean> {
    const company = companyOf(home, wanted)
    if (!company) return false
    const at = home.history.cursor
    const steps = await code.plan(scope, company)
    if (home.history.cursor !== at) throw new Error('the network was changed while this was worked out')
    try {
      await slices(repeating(home, (label) => home.codes.get(label), steps, whole))
      return true
    } catch (error) {
      if (error instanceof NotRepeatedError) return false
      throw error
    }
  }

  private nothing(home: Workspace): Promise<void> {
    home.reached = home.history.cursor
    return Promise.resolve()
  }

  private async ask(label: string, what: (code: SandboxedCode) => Promise<void>): Promise<void> {
    const code = this.home()?.codes.get(label)
    if (!code) return
    try {
      await what(code)
    } catch (error) {
      if (this.home()?.codes.get(label) === code) this.fail(label, error)
      throw error
    }
  }

  /** It is off: whoever wrote it changes it, or starts it again. */
  private fail(label: string, error: unknown): void {
    const { reason, place } = codeErrorOf(error)
    if (!this.has(label)) return
    this.end(label, reason)
    this.told.failed(label, reason, place?.line ?? null)
  }
}

function reportOf({ patterns }: CodeInfo): RuleReport {
  return {
    type: 'good',
    name: patterns.map((p) => p.label).join(', '),
    equation: 'a class',
    benefit: Math.max(0, ...patterns.map((p) => p.benefit)),
    exactness: null,
    analyzes: patterns.some((p) => p.type === 'analyzer'),
  }
}

function badReport(error: unknown): RuleReport {
  const { reason, place } = codeErrorOf(error)
  return { type: 'bad', message: reason, ...(place ?? { line: 1, column: 1 }), instead: null }
}
