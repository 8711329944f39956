import { onnxDialect } from '../../../dialects/onnx'
import { exportRule, parseRule, RULE_TARGETS, Schemas } from '../../../engine'
import type { RuleTarget } from '../../../engine'
import { useEditor } from '../../editor-context'

const TARGETS = Object.entries(RULE_TARGETS) as [RuleTarget, string][]

/** Saves what is written as a file for another compiler; what that cannot say is told, and stands at its head. */
export function ExportRule({ text, ready }: { readonly text: string; readonly ready: boolean }) {
  const editor = useEditor()
  const save = (target: RuleTarget) => {
    const { file, text: content, missing } = exportRule(parseRule(text), target, Schemas.newest(onnxDialect))
    editor.platform.save(file, new TextEncoder().encode(content))
    if (missing.length === 0) return editor.say(`${file} is saved`)
    editor.set({
      notice: { title: `${file} is saved`, detail: `It cannot say all of the rule: ${missing.join('; ')}.` },
    })
  }
  return (
    <label className="export-rule">
      <span className="visually-hidden">Export the rule as</span>
      <select value="" disabled={!ready} onChange={(e) => save(e.target.value as RuleTarget)}>
        <option value="">Export as …</option>
        {TARGETS.map(([target, words]) => (
          <option key={target} value={target}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
