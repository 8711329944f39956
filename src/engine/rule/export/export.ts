import type { Schemas } from '../../network/schemas'
import type { RuleGraph } from '../graph'
import { printRule } from '../print'
import { onnxscriptOf } from './onnxscript'
import { pdlOf } from './pdl'
import { tensorrtOf } from './tensorrt-llm'
import { typescriptOf } from './typescript'
import { fileName } from './writer'

/** What a rule can be written as, in words. */
export const RULE_TARGETS = {
  rules: 'rule text',
  typescript: 'TypeScript class',
  onnxscript: 'onnxscript, Python',
  'tensorrt-llm': 'TensorRT-LLM PatternRewriter, Python',
  pdl: 'MLIR PDL',
} as const

/** What a rule can be written as, by its short name. */
export type RuleTarget = keyof typeof RULE_TARGETS

/** A rule written for another tool. */
export interface ExportedRule {
  readonly file: string
  readonly text: string
  /** What the target cannot say; it stands at the head of the text, too. */
  readonly missing: readonly string[]
}

/** A rule as others read it. Nothing of it is dropped without being said. */
export function exportRule(rule: RuleGraph, target: RuleTarget, schemas: Schemas | null = null): ExportedRule {
  const name = fileName(rule.name)
  switch (target) {
    case 'rules':
      return { file: `${name}.rules`, text: printRule(rule), missing: [] }
    case 'typescript':
      return { file: `${name}.ts`, ...typescriptOf(rule) }
    case 'onnxscript':
      return { file: `${name.replaceAll('-', '_')}.py`, ...onnxscriptOf(rule, schemas) }
    case 'tensorrt-llm':
      return { file: `${name.replaceAll('-', '_')}.py`, ...tensorrtOf(rule) }
    case 'pdl':
      return { file: `${name}.mlir`, ...pdlOf(rule, schemas) }
  }
}
