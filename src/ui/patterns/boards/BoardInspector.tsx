import { useState } from 'react'
import { boardEdits, ruleWords } from '../../../editor'
import type { Board, BoardNode, BoardPath } from '../../../editor'
import { printValue, withCondition, withMoreConditions, sourceOfRule } from '../../../engine'
import type { RuleSourceText } from '../../../engine'
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

function Operands({
  source,
  node,
  at,
  change,
}: {
  readonly source: RuleSourceText
  readonly node: BoardNode
  readonly at: BoardPath
  readonly change: Props['change']
}) {
  const value = boardEdits.valueAt(source, at)
  const list = value.type === 'call' ? value.operands : value.type === 'either' ? value.of : [value]
  const known = boardEdits.namesOn(boardEdits.sideOf(source, at.outcome))
  return (
    <fieldset>
      <legend>{node.type === 'either' ? 'One of' : node.type === 'result' ? 'Value' : 'Operands'}</legend>
      <datalist id="board-values">
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {list.map((v, i) => (
        <Row
          key={i}
          label={String(i + 1)}
          list="board-values"
          value={printValue(v)}
          set={(text) => change((t) => boardEdits.setOperand(t, at, i, text))}
        />
      ))}
      {node.type !== 'result' && (
        <Row
          label={`${list.length + 1}`}
          list="board-values"
          value=""
          placeholder="another"
          set={(text) => change((t) => boardEdits.setOperand(t, at, list.length, text))}
        />
      )}
    </fieldset>
  )
}

function Attributes({
  node,
  at,
  change,
}: {
  readonly node: BoardNode
  readonly at: BoardPath
  readonly change: Props['change']
}) {
  const [name, setName] = useState('')
  const known = ruleWords.attributeWords(node.title).map((w) => w.word)
  const set = (name: string, text: string): void => change((t) => boardEdits.setAttribute(t, at, name, text))
  return (
    <fieldset>
      <legend>Attributes</legend>
      {node.attributes
        .filter(([, text]) => text !== '')
        .map(([name, text]) => (
          <Row key={name} label={name} value={text} set={(v) => set(name, v)} />
        ))}
      <span className="board-row">
        <input
          value={name}
          list="board-attributes"
          placeholder="attribute"
          aria-label="Attribute to add"
          onChange={(e) => setName(e.target.value)}
        />
        <Row
          label={`Value of ${name || 'the attribute'}`}
          hidden
          value=""
          placeholder="value"
          set={(v) => name && v && set(name, v)}
        />
      </span>
      <datalist id="board-attributes">
        {known.map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
    </fieldset>
  )
}

function Conditions({
  source,
  outcome,
  about,
  change,
}: {
  readonly source: RuleSourceText
  readonly outcome: number
  readonly about: BoardNode | null
  readonly change: Props['change']
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

interface RowProps {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly list?: string
  readonly placeholder?: string
  /** The label is read out, not shown. */
  readonly hidden?: boolean
}

/** A text that counts once it is left, or Enter is pressed. */
function Row({ label, value, set, list, placeholder, hidden = false }: RowProps) {
  const [text, setText] = useState(value)
  const done = (): void => {
    if (text !== value) set(text)
  }
  return (
    <label className="board-row">
      <span className={hidden ? 'visually-hidden' : undefined}>{label}</span>
      <input
        className="mono"
        value={text}
        list={list}
        placeholder={placeholder}
        onChange={(e) => setText(e.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === 'Enter') done()
          if (event.key === 'Escape') setText(value)
          if (event.key === 'Enter' || event.key === 'Escape') event.stopPropagation()
        }}
      />
    </label>
  )
}

function Check({
  label,
  on,
  set,
}: {
  readonly label: string
  readonly on: boolean
  readonly set: (on: boolean) => void
}) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(e) => set(e.target.checked)} /> {label}
    </label>
  )
}
