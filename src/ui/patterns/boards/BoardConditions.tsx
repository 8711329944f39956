import type { BoardNode } from '../../../editor'
import { withCondition, withMoreConditions, sourceOfRule } from '../../../engine'
import type { RuleSourceText } from '../../../engine'
import { Row } from './BoardFields'
import type { Change } from './change'

/** The conditions of a right side, or those on one part of it. */
export function Conditions({
  source,
  outcome,
  about,
  change,
}: {
  readonly source: RuleSourceText
  readonly outcome: number
  readonly about: BoardNode | null
  readonly change: (how: Change) => void
}) {
  const side = source.right[outcome]
  if (!side) return null
  const shown = side.conditions
    .map((c, i) => ({ text: c.text, i }))
    .filter(({ i }) => !about || about.conditions.includes(i))
  const again = (t: string) => {
    const now = sourceOfRule(t)
    return [now, now.right[outcome]!] as const
  }
  const first = about?.names[0]
  return (
    <fieldset>
      <legend>{about ? 'Conditions on it' : 'Conditions'}</legend>
      {shown.map(({ text, i }) => (
        <Row
          key={i}
          label={`Condition ${i + 1}`}
          hidden
          value={text}
          set={(v) => change((t) => withCondition(...again(t), i, v))}
        />
      ))}
      <Row
        label="Another condition"
        hidden
        value=""
        placeholder={first ? `${first}.rank == 3` : 'another'}
        set={(v) => v.trim() !== '' && change((t) => withMoreConditions(...again(t), v))}
      />
    </fieldset>
  )
}
