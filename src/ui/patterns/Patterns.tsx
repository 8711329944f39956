import { Braces, Play, Plus } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { draftCommands, libraryCommands, playCommands, takesPart } from '../../editor'
import type { PatternState } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { IconButton } from '../widgets/IconButton'
import { DeletedPatterns } from './DeletedPatterns'
import { PatternFamily } from './PatternFamily'
import { useOneStop } from '../widgets/use-one-stop'

/** The library by family, with what a filter leaves of it. */
export function Patterns() {
  const editor = useEditor()
  const patterns = useEditorState((s) => s.patterns)
  const planning = useEditorState((s) => s.planning)
  const chosen = useEditorState((s) => s.chosen)
  const [text, setText] = useState('')
  const [matching, setMatching] = useState(false)
  const families = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = patterns.filter((p) => {
      const all = `${p.label} ${p.family} ${p.equation}`.toLowerCase()
      return words.every((w) => all.includes(w)) && (!matching || (p.count ?? 0) > 0 || p.label === chosen)
    })
    return byFamily(shown)
  }, [patterns, text, matching, chosen])
  // The lists below take their room later, and would push the chosen pattern out of sight.
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = list.current
    if (!element) return
    const show = () => element.querySelector('.chosen')?.scrollIntoView({ block: 'nearest' })
    const observer = new ResizeObserver(show)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useOneStop(list)
  const on = patterns.filter(takesPart).length
  const none = patterns.length > 0 && on === 0 ? whyNothingPlays(patterns) : ''
  return (
    <section className="panel patterns">
      <div className="panel-head">
        <h2>Patterns</h2>
        <Target />
      </div>
      <div className="library-tools">
        <input
          type="search"
          value={text}
          placeholder="Filter"
          aria-label="Filter patterns"
          onChange={(e) => setText(e.target.value)}
        />
        <label className="check" title="Only patterns that match now">
          <input type="checkbox" checked={matching} onChange={(e) => setMatching(e.target.checked)} /> matching
        </label>
        <IconButton
          label="Write a rule"
          keys="R"
          icon={Plus}
          onClick={() => void draftCommands.editRule(editor, null)}
        />
        <IconButton
          label="Write a class"
          keys="Shift N"
          icon={Braces}
          onClick={() => void draftCommands.editClass(editor)}
        />
      </div>
      <button
        type="button"
        className="button play-library"
        title={none || `Works out what the ${on} patterns that are on do together, and plays it (L)`}
        disabled={planning || on === 0}
        onClick={() => void playCommands.playLibrary(editor)}
      >
        <Play size={14} aria-hidden="true" />
        {planning ? 'Working it out…' : 'Play library'} <span className="count">{on} on</span>
      </button>
      {none && <p className="hint">{none}</p>}
      {patterns.length === 0 && <p className="hint">There are no patterns for this network yet.</p>}
      {patterns.length > 0 && families.size === 0 && <p className="hint">No pattern is like that.</p>}
      <div ref={list} className="pattern-list">
        {[...families].map(([name, members]) => (
          <PatternFamily key={name} name={name} members={members} searching={text !== '' || matching} />
        ))}
        <DeletedPatterns />
      </div>
    </section>
  )
}

/** What to say where no pattern takes part: those that were found to be wrong do not, though they are on. */
function whyNothingPlays(patterns: readonly PatternState[]): string {
  const wrong = patterns.filter((p) => p.on && p.type === 'rewriter').length
  if (wrong === 0) return 'No pattern is on.'
  return wrong === 1
    ? 'The one pattern that is on was found to be wrong, and is not played.'
    : `The ${wrong} patterns that are on were found to be wrong, and are not played.`
}

function Target() {
  const editor = useEditor()
  const target = useEditorState((s) => s.target)
  const dialect = useEditorState((s) => s.model?.dialect ?? '')
  if (dialect !== 'onnx') return <span className="aside dim">{dialect && 'for TensorRT'}</span>
  return (
    <span className="target">
      <span className="target-for">for </span>
      <select
        aria-label="Target"
        value={target}
        onChange={(e) => void libraryCommands.setTarget(editor, e.target.value === 'onnx' ? 'onnx' : 'ort')}
      >
        <option value="ort">ONNX Runtime</option>
        <option value="onnx">standard ONNX</option>
      </select>
    </span>
  )
}

function byFamily(patterns: readonly PatternState[]): Map<string, PatternState[]> {
  const families = new Map<string, PatternState[]>()
  for (const p of patterns) {
    const known = families.get(p.family)
    if (known) known.push(p)
    else families.set(p.family, [p])
  }
  return families
}
