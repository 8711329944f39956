import type { Thumbnail } from '../../editor'

/** A model in little, in the colours of its kinds of layers. */
export function Picture({ of }: { readonly of: Thumbnail | null }) {
  return (
    <svg
      className="thumbnail"
      viewBox={`0 0 ${of?.width || 280} ${of?.height || 104}`}
      preserveAspectRatio="xMidYMin slice"
      aria-hidden="true"
    >
      {of?.paths.map(({ category, d }) => (
        <path key={category} d={d} fill={`var(--c-${category})`} />
      ))}
    </svg>
  )
}
