import { onnxDialect } from '../../dialects/onnx'
import { LayoutEngine } from '../../layout'
import type { RunElk } from '../../layout'
import { inParts, joined } from '../protocol/snapshot-codec'
import { rehearsalNetwork } from '../rehearsal/rehearsal-network'
import { LayoutSession } from './layout-session'

/** Of screens that columns are chosen for; another one is another layout. */
const ASPECTS = [1.4, 0.7]

/**
 * Draws a small network that is nobody's, with all groups closed and open. What ELK works on when `signal` is aborted it ends in some
 * milliseconds: interrupting it would mean to start it anew, for the very layout that somebody waits for by then.
 * @throws LayoutCancelled once `signal` is aborted
 */
export async function rehearse(run: RunElk, signal: AbortSignal): Promise<void> {
  const arranger = new LayoutEngine((graph) => run(graph))
  for (const aspect of ASPECTS) {
    const { rest, parts } = inParts(rehearsalNetwork(onnxDialect))
    const snapshot = joined(rest, parts)
    const session = new LayoutSession(snapshot, arranger, { aspect }, aspect > 1 ? 'down' : 'right')
    await session.draw({ signal })
    await session.openAll(signal)
  }
}
