/** Names and what they stand for, one a line. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  if (rows.length === 0) return null
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
