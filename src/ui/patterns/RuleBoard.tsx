import type { KeyboardEvent } from 'react'
import { patternCommands, selectCommands } from '../../editor'
import type { RuleDiagram, RuleDiagramNode } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

const SAID = { matched: 'matched', stopped: 'stopped it', open: 'not reached', value: 'any value' }

/** The left side of the rule, with how far the match got. Pointing at a part lights its layer, a click goes there. */
export function RuleBoard() {
  const board = useEditorState((s) => s.board)
  if (!board || board.nodes.length === 0) return null
  return (
    <div className="board">
      <svg
        viewBox={`0 0 ${board.width} ${board.height}`}
        style={{ '--natural': `${board.width}px` }}
        role="group"
        aria-label="The rule, drawn"
      >
        {board.edges.map(([from, to]) => (
          <path key={`${from} ${to}`} d={wire(board, from, to)} />
        ))}
        {board.nodes.map((node, i) => (
          <Part key={i} node={node} />
        ))}
      </svg>
    </div>
  )
}

function wire({ nodes }: RuleDiagram, from: number, to: number): string {
  const [a, b] = [nodes[from], nodes[to]]
  if (!a || !b) return ''
  const [x0, y0, x1, y1] = [a.x + a.width / 2, a.y + a.height, b.x + b.width / 2, b.y]
  const bend = Math.min(16, (y1 - y0) / 2)
  return `M${x0} ${y0}C${x0} ${y0 + bend} ${x1} ${y1 - bend} ${x1} ${y1}`
}

function Part({ node }: { readonly node: RuleDiagramNode }) {
  const editor = useEditor()
  const { part, title, detail, layer, state, x, y, width, height } = node
  const name = layer === null ? '' : `: ${editor.session?.replica.getLayer(layer)?.name ?? ''}`
  const label = `${title}, part ${part}, ${SAID[state]}${name}`
  const point = (at: number | null) => patternCommands.pointAtLayer(editor, at)
  const go = () => layer !== null && void selectCommands.goToLayer(editor, layer)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    event.stopPropagation()
    go()
  }
  const acts = layer === null ? { role: 'img' } : { role: 'button', tabIndex: 0, onClick: go, onKeyDown }
  return (
    <g
      className={`part ${state}`}
      transform={`translate(${x} ${y})`}
      {...acts}
      onMouseEnter={() => point(layer)}
      onMouseLeave={() => point(null)}
      onFocus={() => point(layer)}
      onBlur={() => point(null)}
    >
      <title>{label}</title>
      <rect width={width} height={height} rx={state === 'value' ? height / 2 : 6} />
      {state === 'value' ? (
        <text x={width / 2} y={15} className="free">
          {title}
        </text>
      ) : (
        <>
          <text x={10} y={14} className="kind">
            {title}
          </text>
          <text x={10} y={27} className="detail">
            {part}
            {detail && `  ${detail}`}
          </text>
        </>
      )}
      {state === 'matched' && <path className="sign" d={`M${width - 17} 11l3.5 3.5l6 -7`} />}
      {state === 'stopped' && <path className="sign" d={`M${width - 17} 7l8 8m0 -8l-8 8`} />}
    </g>
  )
}
