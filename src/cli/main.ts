import { OnnxExportError } from '../dialects/onnx'
import { LoweringError, NetworkFileError, RaiseError } from '../dialects/tensorrt'
import { PatternError, RewriteLimitError, TraceError } from '../engine'
import { RuntimeMissingError } from '../verify/node'
import { UsageError } from './arguments'
import * as building from './commands/build'
import * as converting from './commands/convert'
import * as costing from './commands/cost'
import * as engines from './commands/engine'
import * as matching from './commands/match'
import * as opening from './commands/open'
import * as patterns from './commands/patterns'
import * as rewriting from './commands/rewrite'
import * as serving from './commands/serve'
import * as testing from './commands/test'
import * as tracing from './commands/trace'
import * as verifying from './commands/verify'
import { Console } from './console'
import { failureText } from './pattern-failure'
import { reasonOf } from './reasons'

type Command = (argv: readonly string[], console: Console, home: string) => number | Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  open: opening.open,
  rewrite: rewriting.rewrite,
  match: matching.match,
  explain: matching.explain,
  test: testing.test,
  build: building.build,
  convert: converting.convert,
  verify: verifying.verify,
  trace: tracing.trace,
  cost: costing.cost,
  engine: engines.engine,
  patterns: patterns.patterns,
  serve: serving.serve,
}

const HELP = [
  'graft rewrites neural-network graphs.\n',
  ...[
    opening,
    rewriting,
    matching,
    testing,
    building,
    converting,
    verifying,
    tracing,
    costing,
    engines,
    patterns,
    serving,
  ].map((c) => c.usage),
  '\nExit codes: 0, 1 (differs or failed), 2 (bad usage or file, or nothing to run models in),\n3 (a test that could not prove it).\n',
].join('\n')

/**
 * Runs one command.
 * @param home the folder of Graft itself, which the built app is in
 * @returns the exit code: 0, 1 where something differs or failed, 2 for bad usage or a bad file
 */
export async function main(argv: readonly string[], home = '.'): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || rest.includes('--help') || name === '--help' || name === '-h') {
    process.stdout.write(HELP)
    return name === undefined ? 2 : 0
  }
  const console = new Console(rest.includes('--json'))
  process.stdout.on('error', leave)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  try {
    if (!command) throw new UsageError(`there is no command ${name}: there are ${Object.keys(COMMANDS).join(', ')}`)
    return await command(rest, console, home)
  } catch (error) {
    const code = error instanceof UsageError || error instanceof RuntimeMissingError ? 2 : 1
    console.error(explained(error), code)
    return code
  }
}

/** The results cannot be told: there is nothing left but to say so. */
function leave(error: NodeJS.ErrnoException): void {
  process.stderr.write(`graft: the results cannot be written: ${reasonOf(error)}\n`)
  process.exit(2)
}

const EXPECTED = [
  UsageError,
  RuntimeMissingError,
  OnnxExportError,
  NetworkFileError,
  RaiseError,
  LoweringError,
  PatternError,
  RewriteLimitError,
  TraceError,
]

/** What went wrong, for a person; with its trace where it is a fault of ours. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof PatternError) return failureText(error)
  return EXPECTED.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message)
}
