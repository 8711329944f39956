import { classesText, verifyModels } from '../../verify'
import type { Verdict } from '../../verify'
import { nodeRuntime } from '../../verify/node'
import { readArguments, UsageError } from '../arguments'
import type { Console } from '../console'
import { readModel } from '../files'

export const usage = 'graft verify a.onnx b.onnx [--seeds 1,2,3] [--json]'

/** Whether two models give equal outputs on the same random inputs. */
export async function verify(argv: readonly string[], console: Console): Promise<number> {
  const args = readArguments(argv, { seeds: 'string' }, 2)
  const seeds = args.text('seeds')?.split(',').map(Number)
  if (seeds?.some((s) => !Number.isInteger(s))) throw new UsageError('--seeds takes whole numbers, as in 1,2,3')
  const runtime = await nodeRuntime()
  console.progress('opening both models')
  const [a, b] = args.files.map((file) => readModel(file))
  console.progress('running both models')
  const verdict = await verifyModels(a!, b!, runtime, seeds ? { seeds } : {})
  console.result(verdict, () => [verdictText(verdict)])
  return verdict.verdict === 'equal' ? 0 : 1
}

export function verdictText(v: Verdict): string {
  if (v.verdict === 'cannot-run') return `cannot be run: ${v.reason}`
  const facts = `largest difference ${number(v.maxAbsolute)}, relative ${number(v.maxRelative)} of ${number(v.tolerance)} allowed`
  const classes = [
    ...(v.covers.length > 0 ? [`compared on ${classesText(v.covers)}`] : []),
    ...(v.verdict === 'equal' && v.differsOn.length > 0 ? [`not equal on ${classesText(v.differsOn)}`] : []),
  ]
  return [`${v.verdict}: ${facts}${v.reason ? ` (${v.reason})` : ''}`, ...classes].join('; ')
}

function number(x: number): string {
  return x === 0 ? '0' : x.toExponential(1)
}
