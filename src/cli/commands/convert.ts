import { onnxDialect } from '../../dialects/onnx'
import { exportRule, parseRules, RULE_TARGETS, Schemas } from '../../engine'
import type { RuleTarget } from '../../engine'
import { readArguments, UsageError } from '../arguments'
import type { Console } from '../console'
import { readBytes } from '../files'
import { Outputs, STANDARD_OUTPUT } from '../outputs'
import { rulesIn } from '../rule-files'
import { convertModel } from './convert-model'

const TARGETS = Object.keys(RULE_TARGETS) as RuleTarget[]

export const usage = `graft convert one.rules --to ${TARGETS.join('|')} [-o file] [--json]
       graft convert in.onnx --dialect tensorrt [-o out.onnx] [--json]`

/** A rule as another compiler takes it, and what that cannot say; or a model in the layers of another dialect. */
export async function convert(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, { to: 'string', output: 'string', dialect: 'string' }, 1)
  if (args.text('dialect') !== undefined) return convertModel(args, console)
  const to = args.text('to')
  const target = TARGETS.find((t) => t === to)
  if (!target) throw new UsageError(`--to is one of ${TARGETS.join(', ')}${to === undefined ? '' : `, not ${to}`}`)
  const file = args.files[0]!
  const checked = rulesIn(file)
  if (checked.length > 1) throw new UsageError(`${file} has ${checked.length} rules: a file of one is needed here`)
  const [rule] = parseRules(new TextDecoder().decode(readBytes(file)))
  const { text, missing } = exportRule(rule!, target, Schemas.newest(onnxDialect))
  const output = args.text('output') ?? STANDARD_OUTPUT
  if (console.json) {
    console.result({ target, text, missing }, () => [])
    return 0
  }
  const outputs = new Outputs([output])
  await outputs.stage(output, text)
  await outputs.commit()
  for (const m of missing) console.warn(`not in it: ${m}`)
  return 0
}
