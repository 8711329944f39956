/** What the page is told of patterns: where they match, where they nearly match, and what they would do. Plain values. */
import type { FailureAbout, Kept, LayerId, SelectionPart, TensorId } from '../../engine'
import type { Exactness } from '../../patterns'
import type { RuleVerdict } from '../../verify'

/** What patterns of one's own are written in: the language of rules, or TypeScript. */
export type OwnLanguage = 'rules' | 'ts'

/** A pattern that a person wrote, as it is kept. */
export interface OwnRule {
  readonly label: string
  readonly text: string
  /** Rules where it is left out. */
  readonly language?: OwnLanguage
  /** It came with a session, a file or a link: its code runs in an interpreter with a limit of memory. */
  readonly foreign?: boolean
  /** False for foreign code that the person has not agreed to: it does not run. */
  readonly agreed?: boolean
  /** What it lies in, beside others; none where it is left out. */
  readonly folder?: string
  /** What the person gave it in place of what its text says. */
  readonly benefit?: number
  /** It does not take part when the library is played. */
  readonly off?: boolean
  /** What came of it when it was tried by numbers; left out where it was not yet, with this text. */
  readonly tried?: RuleTrial
}

/** What the gate says of a rule. */
export interface RuleTrial {
  readonly verdict: RuleVerdict
  /** In words. */
  readonly text: string
}

/** The rule that is being written is offered under this label, which no kept rule has. */
export const DRAFT = 'The rule being written'

export interface PatternInfo {
  readonly label: string
  readonly family: string
  /** The rewrite as an equation. */
  readonly equation: string
  readonly type: 'rewriter' | 'analyzer'
  readonly benefit: number
  readonly exactness: Exactness | null
  /** What it takes for granted, in words; empty for nothing. */
  readonly assumes: string
  /** Off unless chosen. */
  readonly optIn: boolean
  /** The person has switched it off for every network. */
  readonly off?: boolean
  /** What a pattern of one's own lies in. */
  readonly folder?: string
  /** The text of a pattern of one's own. */
  readonly rule?: string
  readonly language?: OwnLanguage
  /** What the gate said of it. */
  readonly tried?: RuleTrial
  /** A rule of the library as text; `hasCode` where that is not all of it. */
  readonly source?: RuleSource
}

export interface RuleSource {
  readonly text: string
  readonly hasCode: boolean
}

/** A rule that was made of layers, with what a person can decide about; or why there is none. */
/** A part of a selection, with how many places match for each choice, as far as there was time to look. */
export interface CountedPart extends SelectionPart {
  readonly counts: Readonly<Partial<Record<Kept, number>>>
}

export type MadeRule =
  | { readonly type: 'made'; readonly text: string; readonly parts: readonly CountedPart[] }
  | { readonly type: 'refused'; readonly reason: string }

/** A place where a pattern nearly matches. */
export interface Miss {
  readonly root: LayerId
  readonly rootName: string
  /** The pattern's part that found no counterpart. */
  readonly part: string
  /** The layer that stopped it; null where there is none. */
  readonly layer: LayerId | null
  readonly layerName: string
  readonly expected: string
  readonly found: string
  readonly about: FailureAbout
  /** Expected against found, in words. */
  readonly reason: string
  /** Part name and layer, in the order in which the matcher walked. */
  readonly matched: readonly (readonly [string, LayerId])[]
  /** How many parts the pattern has. */
  readonly parts: number
}

/** How a part of a rule fared. `open`: the search did not get there; `value`: an operand that may be anything. */
export type BoardState = 'matched' | 'stopped' | 'open' | 'value'

export interface RuleDiagramNode {
  readonly part: string
  readonly title: string
  /** Constants and attributes. */
  readonly detail: string
  /** The layer that plays the part, or that stood in its place; null for none. */
  readonly layer: LayerId | null
  readonly state: BoardState
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The left side of a rule, drawn. */
export interface RuleDiagram {
  /** Operands before what takes them. */
  readonly nodes: readonly RuleDiagramNode[]
  /** Indices of the ends. */
  readonly edges: readonly (readonly [from: number, to: number])[]
  readonly width: number
  readonly height: number
}

/** Misses with one cause. */
export interface MissGroup {
  readonly key: string
  readonly count: number
  /** The nearest of them. */
  readonly places: readonly Miss[]
}

/** Where a pattern does not match: what is worth a look, and the places where it has little more than its root. */
export interface Misses {
  /** Nearest first. */
  readonly near: readonly MissGroup[]
  readonly far: {
    /** Of places. */
    readonly count: number
    /** Most parts that matched at any of them. */
    readonly most: number
    readonly groups: readonly MissGroup[]
  }
}

/** What a pattern says at a layer. `nothing`: it takes no notice of the layer, nor gives a reason. */
export type Explanation =
  | { readonly type: 'match'; readonly match: MatchInfo }
  | { readonly type: 'miss'; readonly miss: Miss }
  | { readonly type: 'nothing' }

/** What is to be said of the text of a rule. Lines and columns count from 1. */
export type RuleReport =
  | {
      readonly type: 'good'
      readonly name: string
      readonly equation: string
      readonly benefit: number
      readonly exactness: Exactness | null
      /** It analyzes, and rewrites nothing. */
      readonly analyzes?: boolean
    }
  | {
      readonly type: 'bad'
      readonly message: string
      readonly line: number
      readonly column: number
      /** What was probably meant in place of the word that stands there. */
      readonly instead: string | null
    }

export interface MatchInfo {
  readonly pattern: string
  readonly root: LayerId
  readonly rootName: string
  readonly scope: string
  /** Part name and layer, in the order in which the matcher walked. */
  readonly parts: readonly (readonly [string, LayerId])[]
  readonly tensors: readonly (readonly [string, TensorId])[]
  /** What an analyzer says of the layer. */
  readonly value?: number
}

export interface NewLayerInfo {
  readonly id: LayerId
  readonly kind: string
  readonly name: string
  /** Shape of its first result. */
  readonly result: string
}

/** A match by what it is: a pattern at a layer. */
export interface MatchRef {
  readonly pattern: string
  readonly root: LayerId
}

/** What applying a match would do. Nothing of it has been done. */
export interface Preview {
  readonly label: string
  readonly root: LayerId
  readonly rootName: string
  readonly removed: readonly { readonly id: LayerId; readonly kind: string }[]
  readonly added: readonly NewLayerInfo[]
  /** Ends of the values that new layers take and give. */
  readonly links: readonly (readonly [from: LayerId, to: LayerId])[]
  /** The other matches that would be gone, of those that were asked about. */
  readonly taken: readonly MatchRef[]
}
