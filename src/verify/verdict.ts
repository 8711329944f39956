import { ConstantValue } from '../engine'
import type { DType } from '../engine'
import type { InputClass } from './feeds'
import type { Values } from './runtime'

/** What running both sides told. `cannot-run` is no pass: nothing was compared, or not all of it. */
export interface Verdict {
  readonly verdict: 'equal' | 'different' | 'cannot-run'
  /** Largest difference of two elements. */
  readonly maxAbsolute: number
  /** Largest difference measured against the element and the size that the output's elements usually have. */
  readonly maxRelative: number
  /** What `maxRelative` was held to: that of the output that came nearest to it, or passed it. */
  readonly tolerance: number
  /** Why it cannot be run, or which output differs. */
  readonly reason?: string
  /** The inputs on which both sides agree. Empty where nothing was compared. */
  readonly covers: readonly InputClass[]
  /** Inputs on which they do not, and need not where what is claimed is equality up to rounding. */
  readonly differsOn: readonly InputClass[]
}

/** Rounding in a reordered sum, with room; integers and booleans must agree exactly. */
const TOLERANCE: Readonly<Partial<Record<DType, number>>> = {
  float64: 1e-9,
  float32: 1e-4,
  float16: 2e-2,
  bfloat16: 1e-1,
}

export function toleranceOf(dtype: DType): number {
  return TOLERANCE[dtype] ?? 0
}

const NO_CLASSES = { covers: [], differsOn: [] } as const

export const NOTHING_TO_COMPARE: Verdict = {
  verdict: 'equal',
  maxAbsolute: 0,
  maxRelative: 0,
  tolerance: 0,
  ...NO_CLASSES,
}

export function cannotRun(reason: string): Verdict {
  return { verdict: 'cannot-run', maxAbsolute: NaN, maxRelative: NaN, tolerance: 0, reason, ...NO_CLASSES }
}

/** The verdict on one output, and how many of its elements were finite on both sides. */
interface Comparison {
  readonly verdict: Verdict
  readonly finite: number
}

/** Collects comparisons over outputs and seeds into one verdict. */
export class Tally {
  /**
   * @param exact held to the bit, any NaN for any NaN
   * @param slack how many times the usual rounding is allowed
   * @param assumesFinite elements that are not finite before are not compared
   * @param isMixed float64 holds what was rounded to float32 on its way
   * @param isNarrowed the side after has float32 for float64
   */
  constructor(
    private readonly exact: boolean,
    private readonly slack = 1,
    private readonly assumesFinite = false,
    private readonly isMixed = false,
    private readonly isNarrowed = false,
  ) {}

  get isEmpty(): boolean {
    return this.outputs === 0
  }

  private worst: Verdict = NOTHING_TO_COMPARE
  private finite = 0
  private outputs = 0

  /** Compares the outputs of one run, of `names` all. */
  add(names: readonly string[], before: Values, after: Values): void {
    for (const name of names) {
      const [wide, b] = [before.get(name), after.get(name)]
      const a = this.isNarrowed && wide?.dtype === 'float64' ? single(wide) : wide
      this.outputs++
      if (!a || !b) this.keep({ ...DIFFERENT, reason: `${name} is missing on one side` })
      else {
        const { verdict, finite } = compare(name, a, b, this.exact ? 0 : this.slack, this.assumesFinite, this.isMixed)
        this.finite += finite
        this.keep(verdict)
      }
    }
  }

  private keep(v: Verdict): void {
    if (share(v) > share(this.worst) || this.worst === NOTHING_TO_COMPARE) this.worst = v
  }

  verdict(): Verdict {
    if (this.outputs > 0 && this.finite === 0 && this.worst.verdict === 'equal')
      return cannotRun('no output has a finite element to compare')
    return this.worst
  }
}

const single = (v: ConstantValue): ConstantValue => ConstantValue.of('float32', v.shape, v.numbers())

const DIFFERENT = {
  verdict: 'different',
  maxAbsolute: Infinity,
  maxRelative: Infinity,
  tolerance: 0,
  ...NO_CLASSES,
} as const

/** How much of the tolerance a difference uses up. */
function share(v: Verdict): number {
  if (v.verdict === 'different') return Infinity
  return v.tolerance === 0 ? 0 : v.maxRelative / v.tolerance
}

/** @param slack times the usual rounding; 0 for none at all */
function compare(
  name: string,
  a: ConstantValue,
  b: ConstantValue,
  slack: number,
  assumesFinite: boolean,
  isMixed: boolean,
): Comparison {
  const exact = slack === 0
  const typed = (v: ConstantValue): string => `${v.dtype}[${v.shape.join(',')}]`
  if (typed(a) !== typed(b))
    return { verdict: { ...DIFFERENT, reason: `${name} is ${typed(a)} before, ${typed(b)} after` }, finite: 0 }
  if (a.strings || b.strings) {
    const isSame = a.equals(b)
    return { verdict: isSame ? NOTHING_TO_COMPARE : { ...DIFFERENT, reason: `${name} differs` }, finite: 1 }
  }
  const [x, y] = [a.numbers(), b.numbers()]
  const tolerance = slack * toleranceOf(isMixed && a.dtype === 'float64' ? 'float32' : a.dtype)
  const usual = tolerance === 0 ? 1 : Math.max(rootMeanSquare(x), 1e-6)
  let maxAbsolute = 0
  let maxRelative = 0
  let finite = 0
  for (let i = 0; i < x.length; i++) {
    const [p, q] = [x[i]!, y[i]!]
    if (Number.isFinite(p)) finite++
    else if (assumesFinite) continue
    if (Object.is(p, q) || (!exact && p === q)) continue
    const d = Number.isFinite(p) && Number.isFinite(q) ? Math.abs(p - q) : Infinity
    if (d > maxAbsolute) maxAbsolute = d
    // What is held to the bit differs however small the difference is: that of −0 and 0 is 0.
    const relative = exact ? Math.max(d, Number.MIN_VALUE) : d / (usual + Math.abs(p))
    if (!(relative <= maxRelative)) maxRelative = Number.isNaN(relative) ? Infinity : relative
  }
  const equal = maxRelative <= tolerance
  const facts = { maxAbsolute, maxRelative, tolerance, ...NO_CLASSES }
  return {
    verdict: equal ? { verdict: 'equal', ...facts } : { verdict: 'different', ...facts, reason: `${name} differs` },
    finite: x.length === 0 ? 1 : finite,
  }
}

/** How far two values are apart. */
export interface ValueDifference {
  /** They have other types, sizes or texts. */
  readonly kind: 'numbers' | 'type'
  /** Not more than rounding. */
  readonly equal: boolean
  readonly maxAbsolute: number
  readonly maxRelative: number
}

/** Two values held to what a step's results are held to. */
export function differenceOf(a: ConstantValue, b: ConstantValue): ValueDifference {
  const typed = (v: ConstantValue): string => `${v.dtype}[${v.shape.join(',')}]`
  const kind = typed(a) === typed(b) && !a.strings ? 'numbers' : 'type'
  const { verdict } = compare('', a, b, 1, false, false)
  const { maxAbsolute, maxRelative } = verdict
  return { kind, equal: verdict.verdict === 'equal', maxAbsolute, maxRelative }
}

function rootMeanSquare(x: ArrayLike<number>): number {
  let [sum, count] = [0, 0]
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]!)) continue
    sum += x[i]! * x[i]!
    count++
  }
  const mean = Math.sqrt(sum / Math.max(1, count))
  return Number.isFinite(mean) ? mean : 1
}

const NAMES: Readonly<Record<InputClass, string>> = {
  ordinary: 'ordinary numbers',
  closed: 'mask rows that are closed as a whole',
  special: '±∞, NaN, −0 and extreme numbers',
  tied: 'numbers of which some are equal, or 0',
}

/** The classes in words. */
export function classesText(classes: readonly InputClass[]): string {
  return classes.map((c) => NAMES[c]).join('; ')
}

/**
 * One verdict of those on each class of inputs. What is claimed to be exact has to agree on all; what is equal up to rounding on
 * ordinary numbers, on those that tie, and closed masks: where it does not on special ones, the verdict says so.
 * @param isAboutSpecial special ones count, too
 */
export function verdictOver(
  compared: ReadonlyMap<InputClass, Verdict>,
  exact: boolean,
  isAboutSpecial = false,
): Verdict {
  const ordinary = compared.get('ordinary') ?? NOTHING_TO_COMPARE
  const covers: InputClass[] = []
  const differsOn: InputClass[] = []
  let failed: Verdict | null = null
  for (const [inputs, verdict] of compared) {
    if (verdict.verdict === 'different') {
      differsOn.push(inputs)
      if (exact || isAboutSpecial || inputs !== 'special')
        failed ??= { ...verdict, reason: `${verdict.reason ?? 'an output differs'}, on ${NAMES[inputs]}` }
    } else if (verdict.verdict === 'equal' || inputs !== 'ordinary') covers.push(inputs)
  }
  return { ...(failed ?? ordinary), covers, differsOn }
}
