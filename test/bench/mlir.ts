/**
 * W1 to W4 in MLIR: the same network as text, the same rewrite as a PDL pattern, run by Debian's mlir-opt-19 (mlir-19-tools) where
 * it is installed. What counts is the time of the pass alone, as MLIR itself gives it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface MlirWorkload {
  /** The body of `pdl.pattern`. */
  readonly pattern: readonly string[]
  /** The operations of the function, from %x and %y; the last line gives %out. */
  readonly body: (n: number) => string[]
  /** How often each operation is left. */
  readonly left: (n: number) => Readonly<Record<string, number>>
}

const RUNS = 5
const ARITY = ['', '(f32)', '(f32, f32)', '(f32, f32, f32)']

const operation = (result: string, name: string, ...operands: readonly string[]): string =>
  `%${result} = "t.${name}"(${operands.map((o) => `%${o}`).join(', ')}) : ${ARITY[operands.length]} -> f32`

/** `steps` operations in a chain, each made from the value before. */
function chained(names: readonly string[], wide: boolean): string[] {
  return names.map((name, i) => {
    const from = i === 0 ? 'x' : `v${i - 1}`
    return operation(i === names.length - 1 ? 'out' : `v${i}`, name, from, ...(wide ? ['y'] : []))
  })
}

const repeated = (n: number, ...names: readonly string[]): string[] =>
  Array.from({ length: n }, (_, i) => names[i % names.length]!)

function matched(result: string, name: string, ...operands: readonly string[]): string {
  const types = operands.map(() => '!pdl.value').join(', ')
  const given = operands.map((o) => `%${o}`).join(', ')
  return `%${result} = pdl.operation "t.${name}"(${given} : ${types}) -> (%type : !pdl.type)`
}

const operands = (...names: readonly string[]): string[] => [
  '%type = pdl.type',
  ...names.map((name) => `%${name} = pdl.operand : %type`),
]

const FMA = [
  ...operands('a', 'b', 'c'),
  matched('mul', 'mul', 'a', 'b'),
  '%product = pdl.result 0 of %mul',
  matched('root', 'add', 'product', 'c'),
  'pdl.rewrite %root {',
  matched('fma', 'fma', 'a', 'b', 'c'),
  'pdl.replace %root with %fma',
  'pdl.erase %mul',
  '}',
]

export const MLIR: Readonly<Record<'addsub' | 'fma' | 'noop' | 'nested', MlirWorkload>> = {
  addsub: {
    pattern: [
      ...operands('a', 'b'),
      matched('root', 'add', 'a', 'b'),
      'pdl.rewrite %root {',
      matched('sub', 'sub', 'a', 'b'),
      'pdl.replace %root with %sub',
      '}',
    ],
    body: (n) => chained(repeated(n, 'add'), true),
    left: (n) => ({ add: 0, sub: n }),
  },
  fma: {
    pattern: FMA,
    body: (n) => chained(repeated(n, 'mul', 'add'), true),
    left: (n) => ({ mul: 0, add: 0, fma: n / 2 }),
  },
  noop: {
    pattern: FMA,
    body: (n) => chained(repeated(n, 'add'), true),
    left: (n) => ({ add: n, fma: 0 }),
  },
  nested: {
    pattern: [
      ...operands('a'),
      matched('inner', 'f', 'a'),
      '%value = pdl.result 0 of %inner',
      matched('root', 'g', 'value'),
      'pdl.rewrite %root {',
      'pdl.replace %root with (%a : !pdl.value)',
      'pdl.erase %inner',
      '}',
    ],
    body: (n) => chained([...repeated(n / 2, 'f'), ...repeated(n / 2, 'g')], false),
    left: () => ({ f: 0, g: 0 }),
  },
}

function textOf(w: MlirWorkload, n: number): string {
  return [
    'module @patterns {',
    'pdl.pattern @p : benefit(1) {',
    ...w.pattern,
    '}',
    '}',
    'module @ir {',
    'func.func @f(%x: f32, %y: f32) -> f32 {',
    ...w.body(n),
    'return %out : f32',
    '}',
    '}',
  ].join('\n')
}

const program = process.env['GRAFT_MLIR_OPT'] ?? 'mlir-opt-19'

export const hasMlir = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.includes('version 19') ?? false

/** Milliseconds of the pass, each run a process of its own. @throws Error where the result is wrong */
export function mlirTimes(w: MlirWorkload, n: number): { readonly first: number; readonly min: number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'graft-mlir-'))
  try {
    const file = path.join(folder, 'in.mlir')
    writeFileSync(file, textOf(w, n))
    const runs = Array.from({ length: RUNS }, () => once(file, w.left(n)))
    return { first: runs[0]!, min: Math.min(...runs) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const FLAGS = [
  '--allow-unregistered-dialect',
  '--test-pdl-bytecode-pass',
  '--mlir-timing',
  '--mlir-timing-display=list',
]

function once(file: string, left: Readonly<Record<string, number>>): number {
  const { status, stdout, stderr } = spawnSync(program, [...FLAGS, file], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`)
  for (const [name, count] of Object.entries(left)) {
    const found = stdout.split(`"t.${name}"`).length - 1
    if (found !== count) throw new Error(`MLIR left ${found} of t.${name}, not ${count}`)
  }
  const [, seconds] = /([\d.]+) \([^)]*\)\s+.*TestPDLByteCodePass/.exec(stderr)!
  return Number(seconds) * 1000
}
