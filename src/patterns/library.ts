import { RewritePatternManager } from '../engine'
import type { PatternRewriter } from '../engine'

/** What the rewritten network is for: ONNX Runtime with its com.microsoft operators, or any runtime of standard ONNX. */
export type Target = 'ort' | 'onnx'

/** Bit-exact; equal in real arithmetic but rounded differently; or an approximation, which is off unless chosen. */
export type Exactness = 'exact' | 'rounding' | 'approximation'

/** One pattern of the library, as the panel, the command line and the tests know it. */
export interface LibraryEntry {
  readonly label: string
  readonly family: string
  readonly equation: string
  readonly exactness: Exactness
  /** Tried in order of benefit, highest first. */
  readonly benefit: number
  /** Patterns of a later stage wait until those of the earlier ones have nothing left to do. */
  readonly stage: Stage
  readonly targets: readonly Target[]
  /** Off unless chosen. */
  readonly optIn?: boolean
  /** What it takes for granted of the network's inputs, in words; without it the rewrite holds for all inputs. */
  readonly assumes?: string
  readonly make: (target: Target) => PatternRewriter
}

/** 1 clean-up, 2 what shows in its primitive form, 3 what builds on fused layers, 4 what is left of the small ones. */
export type Stage = 1 | 2 | 3 | 4

/** A family's members with what they share. */
export function family(
  name: string,
  shared: {
    readonly stage: Stage
    readonly exactness?: Exactness
    readonly targets?: readonly Target[]
    readonly benefit?: number
  },
  members: readonly FamilyMember[],
): LibraryEntry[] {
  return members.map((m) => ({
    family: name,
    exactness: 'rounding',
    targets: ['ort', 'onnx'],
    benefit: 10,
    ...shared,
    ...m,
  }))
}

type FamilyMember = Pick<LibraryEntry, 'label' | 'equation' | 'make'> & Partial<LibraryEntry>

/** A manager of patterns of the library, each with its benefit and its stage. */
export function managerOf(entries: readonly LibraryEntry[], target: Target): RewritePatternManager {
  const manager = new RewritePatternManager()
  for (const { label, make, benefit, stage } of entries) manager.add(label, make(target), benefit, stage)
  return manager
}
