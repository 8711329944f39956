import { libraryFor } from '../../patterns'
import type { Target } from '../../patterns'
import { readArguments } from '../arguments'
import { isForTensorrt } from '../choice'
import { table } from '../console'
import type { Console } from '../console'

export const usage = 'graft patterns [--dialect tensorrt] [--json]'

const TARGETS: readonly Target[] = ['ort', 'onnx']

/** The library: what there is to ask for with `--patterns`. */
export function patterns(argv: readonly string[], console: Console): number {
  const dialect = isForTensorrt(readArguments(argv, { dialect: 'string' }, 0)) ? 'tensorrt' : 'onnx'
  const entries = [...new Map(TARGETS.flatMap((t) => libraryFor(dialect, t).map((e) => [e.label, e])))].map(
    ([, e]) => e,
  )
  const result = entries.map(({ make: _make, ...facts }) => facts)
  console.result(result, () =>
    table(
      entries.map((e) => [
        e.family,
        e.label,
        e.targets.join(' '),
        e.optIn ? 'off' : 'on',
        e.exactness,
        e.assumes ? `${e.equation} (assumes ${e.assumes})` : e.equation,
      ]),
    ),
  )
  return 0
}
