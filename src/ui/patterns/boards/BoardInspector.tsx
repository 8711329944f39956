import { boardEdits } from '../../../editor'
import type { Board, BoardNode, BoardPath } from '../../../editor'
import type { RuleSourceText } from '../../../engine'
import { Conditions } from './BoardConditions'
import { Check, Row } from './BoardFields'
import { Attributes, Operands } from './BoardOperands'
import type { Change } from './change'

interface Props {
  readonly source: RuleSourceText
  readonly board: Board | null
  readonly node: BoardNode | null
  readonly change: (how: Change) => void
}

/** What there is to set of the part that is chosen; without one, the conditions of the rule. */
export function BoardInspector({ source, board, node, change }: Props) {
  if (!node || !board) return <Conditions source={source} outcome={0} about={null} change={change} />
  const { at } = node
  return (
    <div className="board-inspector">
      {node.type === 'layer' && at && (
        <Row
          label="Operator"
          list="board-operators"
          value={node.title.split(':')[0]!}
          set={(v) => change((t) => boardEdits.setKind(t, at, v))}
        />
      )}
      {node.names.map((name) => (
        <Row
          key={name}
          label={node.names.length > 1 ? `Name of ${name}` : 'Name'}
          value={name}
          set={(v) => change((t) => boardEdits.setName(t, name, v))}
        />
      ))}
      {at && node.results !== '' && node.type !== 'result' && (
        <Row
          label="Results"
          value={node.results}
          placeholder={board.outcome === null ? 'y, _, s?' : 'y, _, s'}
          set={(v) => change((t) => boardEdits.setResults(t, at, v))}
        />
      )}
      {at && board.outcome === null && node.type !== 'result' && <Flags node={node} at={at} change={change} />}
      {!at && board.outcome === null && (
        <>
          <Check
            label="A constant"
            on={node.constant}
            set={(on) => change((t) => boardEdits.setFlag(t, node.title, 'constant', on))}
          />
          <Check
            label="May be absent"
            on={node.optional}
            set={(on) => change((t) => boardEdits.setFlag(t, node.title, 'optional', on))}
          />
        </>
      )}
      {at && <Operands source={source} node={node} at={at} change={change} />}
      {node.type === 'layer' && at && <Attributes node={node} at={at} change={change} />}
      {node.type === 'layer' && at && board.outcome === null && (
        <Row
          label="Or else"
          value=""
          placeholder="another form, as Div(x, 2)"
          set={(v) => v.trim() !== '' && change((t) => boardEdits.addForm(t, at, v))}
        />
      )}
      <Conditions source={source} outcome={board.outcome ?? 0} about={node} change={change} />
      {at && node.type !== 'result' && (
        <button type="button" className="link" onClick={() => change((t) => boardEdits.removeAt(t, at))}>
          Remove (Delete)
        </button>
      )}
    </div>
  )
}

function Flags({
  node,
  at,
  change,
}: {
  readonly node: BoardNode
  readonly at: BoardPath
  readonly change: Props['change']
}) {
  return (
    <>
      {node.type === 'layer' && (
        <Check label="May be missing" on={node.maybe} set={(on) => change((t) => boardEdits.setMaybe(t, at, on))} />
      )}
      {node.type === 'layer' && node.ports.length > 1 && (
        <Check
          label="Operands in this order only"
          on={node.ordered}
          set={(on) => change((t) => boardEdits.setOrdered(t, at, on))}
        />
      )}
      <Check
        label="May be used elsewhere"
        on={node.shared}
        set={(on) => change((t) => boardEdits.setShared(t, at, on))}
      />
    </>
  )
}
