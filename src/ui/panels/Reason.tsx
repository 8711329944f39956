import type { Miss } from '../../editor'

/** How far a match got, and what stopped it. */
export function Reason({ miss }: { readonly miss: Miss }) {
  return (
    <span className="reason">
      <span className="bar" aria-hidden="true">
        <i style={{ '--done': `${Math.round((miss.matched.length / miss.parts) * 100)}%` }} />
      </span>
      <span>
        Stops at <strong>{miss.part}</strong>: expected <strong>{miss.expected}</strong>, found{' '}
        <strong>{miss.found}</strong>
        {miss.layerName && (
          <>
            {' '}
            at <span className="mono">{miss.layerName}</span>
          </>
        )}
      </span>
    </span>
  )
}
