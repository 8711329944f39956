import { autocompletion } from '@codemirror/autocomplete'
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { javascript } from '@codemirror/lang-javascript'
import { indentOnInput } from '@codemirror/language'
import { linter } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import type { Extension, Text } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'
import type { CodeHelp, CodeService } from './code-service'

/** Calls to the worker that holds TypeScript, which is started with the first of them and stays. */
class RemoteService {
  private worker: Worker | null = null
  private readonly waiting = new Map<number, (value: unknown) => void>()
  private nextId = 0

  ask<K extends 'problems' | 'words' | 'wordHelp' | 'help'>(
    name: K,
    ...args: Parameters<CodeService[K]>
  ): Promise<ReturnType<CodeService[K]> | null> {
    const worker = (this.worker ??= this.start())
    const id = this.nextId++
    return new Promise((resolve) => {
      this.waiting.set(id, resolve as (value: unknown) => void)
      worker.postMessage({ id, name, args })
    })
  }

  private start(): Worker {
    const worker = new Worker(new URL('./typescript-worker.ts', import.meta.url), {
      type: 'module',
      name: 'typescript',
    })
    worker.onmessage = ({ data }: MessageEvent<{ id: number; value: unknown }>) => {
      this.waiting.get(data.id)?.(data.value)
      this.waiting.delete(data.id)
    }
    return worker
  }
}

const service = new RemoteService()

/**
 * TypeScript: colours, types checked against the engine's own as one types, completion, and help under the mouse.
 * @param told what is to be underlined besides: what the sandbox said
 */
export const codeLanguage = (told: (doc: Text) => readonly Diagnostic[]): Extension => [
  javascript({ typescript: true }),
  indentOnInput(),
  autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
  linter(
    async (view) => {
      const text = view.state.doc.toString()
      const found = await service.ask('problems', text)
      if (view.state.doc.toString() !== text) return []
      const types = (found ?? []).map((p): Diagnostic => ({ ...p, severity: 'warning', source: 'types' }))
      return [...told(view.state.doc), ...types]
    },
    { delay: 300 },
  ),
  hoverTooltip(async (view, at) => {
    const help = await service.ask('help', view.state.doc.toString(), at)
    return help && { pos: help.from, end: help.to, above: true, create: () => ({ dom: helpOf(help) }) }
  }),
]

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString()
  const word = context.matchBefore(/[\w$]*/)
  const from = word?.from ?? context.pos
  const behind = text.slice(Math.max(0, from - 1), from)
  if (!context.explicit && from === context.pos && !/[.'"]/.test(behind)) return null
  const found = await service.ask('words', text, context.pos)
  if (!found || found.length === 0 || context.aborted) return null
  const options = found.map(({ label, kind }): Completion => ({
    label,
    detail: kind,
    info: async () => {
      const help = await service.ask('wordHelp', text, context.pos, label)
      return help && helpOf(help)
    },
  }))
  return { from, options, validFor: /^[\w$]*$/ }
}

function helpOf({ signature, info }: CodeHelp): HTMLElement {
  const dom = document.createElement('div')
  dom.className = 'rule-help'
  dom.appendChild(document.createElement('code')).textContent = signature
  if (info !== '') dom.appendChild(document.createElement('p')).textContent = info
  return dom
}
