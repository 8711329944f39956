import type { Miss } from '../../editor'

/** How far a match got, and what stopped it. */
export function Reason({ miss }: { readonly miss: Miss }) {
  return (
    <span className="reason">
      <span className="bar" aria-hidden="true">
        <i style={{ '--done': `${Math.round((miss.matched.length / miss.parts) * 100)}%` }} />
      </span>
      <span>
        Stops at <strong>{miss.part}</strong>: <Words miss={miss} />
        {miss.layerName && (
          <>
            {miss.about === 'part' ? ', from' : ' at'} <span className="mono">{miss.layerName}</span>
          </>
        )}
      </span>
    </span>
  )
}

function Words({ miss: { about, expected, found } }: { readonly miss: Miss }) {
  if (about === 'use') return <strong>{found}</strong>
  if (about === 'condition')
    return (
      <>
        <strong>{found}</strong>, the rule needs <strong>{expected}</strong>
      </>
    )
  return (
    <>
      expected <strong>{expected}</strong>, found <strong>{found}</strong>
    </>
  )
}
