/** Every message between the page and the layout worker. Plain values. */
import type { LayerId } from '../../engine'
import type { Breaks, Columns, Direction, GroupPath } from '../../layout'
import type { Ghosts } from './comparison'
import type { MoveStep } from './moves'
import type { NoEvents } from './rpc'
import type { PackedScene } from './scene-codec'

/** A run of equal blocks that can be drawn as one box: the path of that box, and its blocks. */
export interface BlockRun {
  readonly path: GroupPath
  readonly blocks: readonly GroupPath[]
}

export interface Drawn {
  readonly scene: PackedScene
  readonly open: readonly GroupPath[]
  readonly runs: readonly BlockRun[]
  /** Paths of the runs that are drawn as one box. */
  readonly folded: readonly GroupPath[]
  /** The columns that the network is put into. */
  readonly columns: Breaks
}

export interface LoadRequest {
  /** Where the engine worker answers `EvidenceCalls`. */
  readonly port: MessagePort
  readonly columns: Columns
  readonly direction: Direction
}

export interface FollowRequest {
  readonly steps: readonly MoveStep[]
  /** Revision of the scene that the page has. */
  readonly since?: number
}

export interface LayoutCalls {
  /** Asks for the network at a port, and draws it. */
  readonly load: { readonly args: LoadRequest; readonly result: Drawn }
  /** Opens exactly these groups. */
  readonly setOpen: { readonly args: { open: readonly GroupPath[] }; readonly result: Drawn }
  /** Draws exactly these runs as one box each, in as many columns as fill a screen of this width over its height. */
  readonly fold: { readonly args: { runs: readonly GroupPath[]; aspect?: number }; readonly result: Drawn }
  readonly setColumns: { readonly args: { columns: Columns; direction: Direction }; readonly result: Drawn }
  readonly openAll: { readonly args: null; readonly result: Drawn }
  readonly closeAll: { readonly args: null; readonly result: Drawn }
  /** Opens whatever must be open for these layers to be seen, or for their group `upTo`, and unfolds their runs unless told not to. */
  readonly reveal: {
    readonly args: { layers: readonly LayerId[]; upTo?: GroupPath; unfold?: boolean; aspect?: number }
    readonly result: Drawn
  }
  /** Follows the network. Of a scene that the page still has, it is given what is new `since` then. */
  readonly follow: { readonly args: FollowRequest; readonly result: Drawn }
  /** The network as it is, with what is gone drawn among it. Changes nothing of what is remembered. */
  readonly compare: { readonly args: { ghosts: Ghosts }; readonly result: Drawn }
  /** These layers by themselves, until the network is followed; null for all of it again. */
  readonly only: { readonly args: { layers: readonly LayerId[] | null }; readonly result: Drawn }
  /** Interrupts the layout of another view: its call fails with LayoutCancelled, and the picture stays as it was. */
  readonly stop: { readonly args: null; readonly result: null }
}

export type LayoutEvents = NoEvents
