/** What TypeScript says of a class that is being written. */
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { graftTypes } from '../../scripts/graft-types.mjs'
import { CODE_TEMPLATES, NETWORK_TEMPLATE } from '../../src/editor/view/code-templates'
import { CodeService } from '../../src/ui/patterns/rule-editor/code-service'

const load = graftTypes().load as (id: string) => string
const files = JSON.parse(load('\0virtual:graft-types').replace('export default ', '')) as Record<string, string>
const service = new CodeService(ts, files)

describe('types', () => {
  test.each([...CODE_TEMPLATES, NETWORK_TEMPLATE])('$title: nothing is wrong', ({ text }) => {
    expect(service.problems(text)).toEqual([])
  })
  test('a name that is none, and what a door does not have, are told where they stand', () => {
    const text =
      "import { PatternRewriter, Nonsense } from 'graft/engine'\nnew PatternRewriter('a').rotLayer\nfetch('x')"
    const found = service.problems(text).map(({ from, to, message }) => [text.slice(from, to), message] as const)
    expect(found.map(([word]) => word)).toEqual(['Nonsense', 'rotLayer', 'fetch'])
    expect(found[1]![1]).toContain("Did you mean 'rootLayer'?")
  })
})

describe('words', () => {
  const HEAD = "import type { Layer } from 'graft/engine'\nexport const a = (layer: Layer) => layer."
  test('what a layer has, with what it means', () => {
    const words = service.words(HEAD, HEAD.length).map((w) => w.label)
    expect(words).toEqual(expect.arrayContaining(['getInputs', 'kind', 'markAsRemoved', 'network']))
    expect(service.wordHelp(HEAD, HEAD.length, 'kind')?.signature).toContain('string')
  })
  test('the doors that may be imported', () => {
    expect(
      service
        .words("import {} from 'graft/'", 22)
        .map((w) => w.label)
        .join(),
    ).toMatch(/engine.*onnx|graft\/engine/)
  })
  test('help for what stands under the mouse', () => {
    const { text } = CODE_TEMPLATES[0]
    expect(service.help(text, text.indexOf('getInputs') + 2)?.signature).toContain('getInputs')
  })
})
