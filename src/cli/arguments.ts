import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'

/** The command line, or a file that it names, is not what the command needs: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export interface Arguments {
  /** What is no option, in order. */
  readonly files: readonly string[]
  has(option: string): boolean
  /** @throws UsageError where the option is given without a value */
  text(option: string): string | undefined
}

/**
 * Reads the arguments of one command.
 * @param options what the command takes besides files: `string` with a value, `boolean` without
 * @param files how many files it needs
 * @param most how many it takes
 * @throws UsageError for anything else
 */
export function readArguments(
  args: readonly string[],
  options: Readonly<Record<string, 'string' | 'boolean'>>,
  files: number,
  most = files,
): Arguments {
  const { values, positionals } = parsed(args, options)
  if (positionals.length < files || positionals.length > most)
    throw new UsageError(
      `expected ${files === 1 ? 'one file' : `${files} files`}${most > files ? ' or more' : ''}, got ${positionals.length}`,
    )
  return {
    files: positionals,
    has: (option) => values[option] === true,
    text: (option) => values[option] as string | undefined,
  }
}

function parsed(args: readonly string[], options: Readonly<Record<string, 'string' | 'boolean'>>) {
  const config: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, type] of Object.entries({ ...options, json: 'boolean' as const }))
    config[name] = name === 'output' ? { type, short: 'o' } : { type }
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
