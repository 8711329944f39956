/** What the page is told of a comparison of two networks. Plain values. */
import type { LayerId, TensorId } from '../../engine'
import type { Plain } from './codec'

/** One layer, or one network output, that is not the same on both sides. */
export interface Difference {
  readonly status: 'removed' | 'added' | 'changed'
  /** As it is drawn: in the network now, or the id of its ghost; -1 for a network output. */
  readonly layer: LayerId
  readonly name: string
  readonly kind: string
  readonly scope: string
  /** What changed, in words. */
  readonly changes: readonly string[]
  /** Which of the comparison's rewrites it belongs to; null for none. */
  readonly rewrite: number | null
}

/** Layers that are gone, in ids of the network now, for the layout to draw among what is there. */
export interface Ghosts extends Plain {
  /** For layers that take other values now: those that they took, and the operand position from which they are drawn. */
  readonly oldInputs: readonly {
    readonly layer: LayerId
    readonly inputs: readonly TensorId[]
    readonly from: number
  }[]
}

/** Layers that became others, by rewrites that build on each other. */
export interface Rewritten {
  /** `9 layers became Attention` */
  readonly title: string
  readonly patterns: readonly string[]
}

export interface Compared {
  /** By rewrite, then scope by scope, in the order of the network. */
  readonly differences: readonly Difference[]
  readonly rewrites: readonly Rewritten[]
  /** A layer that only takes what became of its operands is kept. */
  readonly counts: {
    readonly removed: number
    readonly added: number
    readonly changed: number
    readonly kept: number
  }
  readonly ghosts: Ghosts
}
