import { Check as Tick, CircleSlash, EqualNot } from 'lucide-react'
import { classesText } from '../../editor'
import type { Check } from '../../editor'

/** How the numbers came out, told by words and a sign as well as by colour. */
export function Verdict({ check }: { readonly check: Check }) {
  if (check === 'checking') return <span className="verdict checking">checking…</span>
  const { verdict, maxRelative, tolerance, reason, covers, differsOn } = check
  const size = Number.isFinite(maxRelative) && maxRelative > 0 ? ` ${maxRelative.toExponential(0)}` : ''
  const held = [
    `largest relative difference ${maxRelative}, held to ${tolerance}`,
    covers.length > 0 && `compared on ${classesText(covers)}`,
    verdict === 'equal' && differsOn.length > 0 && `not equal on ${classesText(differsOn)}`,
  ]
    .filter(Boolean)
    .join('; ')
  if (verdict === 'equal')
    return (
      <span className="verdict equal" title={held}>
        <Tick size={12} aria-hidden="true" /> equal{size}
      </span>
    )
  if (verdict === 'different')
    return (
      <span className="verdict differs" title={[reason, held].filter(Boolean).join('; ')}>
        <EqualNot size={12} aria-hidden="true" /> differs{size}
      </span>
    )
  return (
    <span className="verdict fault" title={reason}>
      <CircleSlash size={12} aria-hidden="true" /> cannot run: {reason}
    </span>
  )
}
