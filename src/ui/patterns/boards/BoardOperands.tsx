/** Operands and attributes of a layer on a board. */
import { useState } from 'react'
import { boardEdits, ruleWords } from '../../../editor'
import type { BoardNode, BoardPath } from '../../../editor'
import { printValue } from '../../../engine'
import type { RuleSourceText } from '../../../engine'
import { Row } from './BoardFields'
import type { Change } from './change'

export function Operands({
  source,
  node,
  at,
  change,
}: {
  readonly source: RuleSourceText
  readonly node: BoardNode
  readonly at: BoardPath
  readonly change: (how: Change) => void
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

export function Attributes({
  node,
  at,
  change,
}: {
  readonly node: BoardNode
  readonly at: BoardPath
  readonly change: (how: Change) => void
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
