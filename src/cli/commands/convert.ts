import { existsSync } from 'node:fs'
import path from 'node:path'
import { schemasOfRule } from '../../dialects/tensorrt'
import { exportRule, parseRules, RULE_TARGETS } from '../../engine'
import type { RuleTarget } from '../../engine'
import { rulesFromOnnxscript } from '../../code/onnxscript/rules-of-file'
import { readArguments, UsageError } from '../arguments'
import type { Console } from '../console'
import { readBytes } from '../files'
import { Outputs, STANDARD_OUTPUT } from '../outputs'
import { rulesIn } from '../rule-files'
import { convertModel } from './convert-model'

const TARGETS = Object.keys(RULE_TARGETS) as RuleTarget[]

export const usage = `graft convert one.rules --to ${TARGETS.join('|')} [-o file] [--json]
       graft convert in.onnx --dialect tensorrt [-o out.onnx|out.graft-trt|out.py] [--json]
       graft convert in.graft-trt [-o out.onnx|out.graft-trt|out.py] [--json]
       graft convert onnxscript.py [-o my.rules] [--json]`

/** A rule as another compiler takes it, and what that cannot say; or a model in the layers of another dialect. */
export async function convert(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, { to: 'string', output: 'string', dialect: 'string' }, 1)
  if (args.text('dialect') !== undefined || isModelFile(args.files[0]!)) return convertModel(args, console)
  if (/\.py$/i.test(args.files[0]!)) return fromPython(args.files[0]!, args.text('output') ?? STANDARD_OUTPUT, console)
  if (/\.json$/i.test(args.files[0]!))
    throw new UsageError(
      `${args.files[0]!} is no model and no rules: graft engine reads what trtexec says of an engine`,
    )
  const to = args.text('to')
  const target = TARGETS.find((t) => t === to)
  if (!target) throw new UsageError(`--to is one of ${TARGETS.join(', ')}${to === undefined ? '' : `, not ${to}`}`)
  const file = args.files[0]!
  const checked = rulesIn(file)
  if (checked.length > 1) throw new UsageError(`${file} has ${checked.length} rules: a file of one is needed here`)
  const [rule] = parseRules(new TextDecoder().decode(readBytes(file)))
  const { text, missing } = exportRule(rule!, target, schemasOfRule(rule!))
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

/** What is no file of rules by its name. */
const isModelFile = (file: string): boolean => /\.(graft-trt|onnx)$/i.test(file)

const textOf = (file: string): string => new TextDecoder().decode(readBytes(file))

/** What a module imports from another one of its folder: `rules.common._checks` lies in `_checks.py`. */
function beside(file: string, module: string): string | null {
  const other = path.join(path.dirname(file), `${module.split('.').at(-1)}.py`)
  return existsSync(other) ? textOf(other) : null
}

/** Rules of onnxscript as rule text; what did not come over is named with its line. */
async function fromPython(file: string, output: string, console: Console): Promise<number> {
  const { rules, missing } = rulesFromOnnxscript(textOf(file), (module) => beside(file, module))
  if (rules.length === 0 && missing.length === 0) throw new UsageError(`${file} has no rewrite rules of onnxscript`)
  const text = rules.map((r) => r.text).join('\n')
  if (console.json) {
    console.result({ rules, missing }, () => [])
    return 0
  }
  const outputs = new Outputs([output])
  await outputs.stage(output, text)
  await outputs.commit()
  for (const { name, added } of rules)
    for (const what of added) console.warn(`${file}: ${name}: added as a condition: ${what}`)
  for (const { rule, file: other, line, what } of missing)
    console.warn(`${other ? path.join(path.dirname(file), other) : file}:${line}: ${rule}: ${what}`)
  return 0
}
