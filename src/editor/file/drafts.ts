/**
 * Patterns that are being written, as they lie in the browser's storage: each under an id of its own, and each in the hands of one tab
 * at most, so that two tabs that write the same pattern, or two new ones, write two drafts.
 */
import { decode } from '../../engine'
import type { Hold, Platform } from '../platform/platform'
import type { RuleDraft } from '../state/pattern-slice'
import { RELOAD } from './documents'
import { unique } from './unique'

const { DecodeError, flag, given, literal, number, object, text } = decode

const KEY = 'rule-drafts'

const decodeDraft = object({
  label: text,
  name: text,
  text,
  saved: text,
  language: given(literal('rules', 'ts'), 'rules'),
  /** The panel was open with it. */
  open: given(flag, false),
  /** Written last, in milliseconds since 1970. */
  time: given(number, 0),
  foreign: given(flag, false),
  agreed: given(flag, true),
})

export interface KeptDraft {
  readonly id: string
  readonly draft: RuleDraft
  readonly open: boolean
  readonly time: number
}

export class Drafts {
  private mine: { readonly id: string; readonly hold: Promise<Hold | null> } | null = null

  constructor(private readonly platform: Pick<Platform, 'storage' | 'tab'>) {}

  /** The id of this tab's draft; null for none. */
  get id(): string | null {
    return this.mine?.id ?? null
  }

  /** The newest first. What cannot be read is left out, and stays. */
  async list(): Promise<KeptDraft[]> {
    const found = Object.entries(await this.stored()).flatMap(([id, json]) => readDraft(id, json) ?? [])
    return found.toSorted((a, b) => b.time - a.time)
  }

  /** What is written from here on is a draft of its own. */
  begin(): void {
    const id = unique()
    this.take(id, this.platform.tab.hold(nameOf(id), 0))
  }

  /** Takes up the newest that fits and that no tab holds; null where there is none. */
  async resume(fits: (kept: KeptDraft) => boolean): Promise<KeptDraft | null> {
    for (const kept of await this.list()) {
      if (!fits(kept)) continue
      if (kept.id === this.mine?.id) return kept
      const hold = await this.platform.tab.hold(nameOf(kept.id), 0)
      if (!hold) continue
      this.take(kept.id, Promise.resolve(hold))
      return kept
    }
    return null
  }

  /** What the panel was open with: that of this tab before it was reloaded, or one whose tab is gone. */
  async reopen(): Promise<KeptDraft | null> {
    const { tab } = this.platform
    const own = tab.remembered('draft')
    const kept = own === null ? undefined : (await this.list()).find((d) => d.id === own && d.open)
    const hold = kept && (await tab.hold(nameOf(kept.id), RELOAD))
    if (!hold) return this.resume((d) => d.open)
    this.take(kept.id, Promise.resolve(hold))
    return kept
  }

  /** Keeps the text of this tab's draft. @throws what the storage throws */
  async write(draft: RuleDraft, open: boolean): Promise<void> {
    const id = this.mine?.id
    if (id !== undefined) await this.change((all) => ({ ...all, [id]: { ...draft, open, time: Date.now() } }))
  }

  /** The text of a draft is not wanted any more. @throws what the storage throws */
  async drop(id: string | null = this.id): Promise<void> {
    if (id === null) return
    await this.change((all) => {
      const { [id]: _gone, ...others } = all
      return others
    })
  }

  /** Lets go of this tab's draft: another tab may take it up. Nothing where another has taken its place since. */
  leave(id: string | null = this.id): void {
    const { mine } = this
    if (mine === null || mine.id !== id) return
    this.mine = null
    this.platform.tab.remember('draft', null)
    void mine.hold.then((hold) => hold?.release())
  }

  private take(id: string, hold: Promise<Hold | null>): void {
    this.leave()
    this.mine = { id, hold }
    this.platform.tab.remember('draft', id)
  }

  private change(to: (all: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>): Promise<void> {
    const { storage, tab } = this.platform
    return tab.alone(KEY, async () => storage.set(KEY, to(await this.stored())))
  }

  private async stored(): Promise<Readonly<Record<string, unknown>>> {
    try {
      const found = await this.platform.storage.get(KEY)
      return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {}
    } catch {
      return {}
    }
  }
}

const nameOf = (id: string): string => `draft-${id}`

function readDraft(id: string, json: unknown): KeptDraft | null {
  try {
    const { open, time, language, foreign, agreed, ...rest } = decodeDraft(json, 'draft')
    const more = { ...(language === 'ts' && { language }), ...(foreign && { foreign }), ...(!agreed && { agreed }) }
    return { id, draft: { ...rest, ...more }, open, time }
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}
