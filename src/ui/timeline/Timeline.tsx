import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { historyCommands, scrubTo } from '../../editor'
import type { EditorState } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { Bookmarks } from '../history/Bookmarks'
import { CostChart } from '../cost/CostChart'
import { Branches } from '../history/Branches'
import { Differences } from '../history/Differences'
import { useEngineView } from '../widgets/use-engine-view'
import { Engine } from './Engine'
import { Steps } from './Steps'

type Tab = EditorState['panel']['tab']

/** The history: its steps, the tree of its branches, and the points that were marked; the slider goes through it. */
export function Timeline() {
  const editor = useEditor()
  const timeline = useEditorState((s) => s.timeline)
  const panel = useEditorState((s) => s.panel)
  const count = timeline.steps.length
  const differences = useEditorState((s) => s.compare?.differences.length)
  const view = useEngineView()
  return (
    <section className="timeline" aria-label="Timeline">
      <Tabs.Root
        className="timeline-tabs"
        value={panel.tab}
        onValueChange={(tab) => historyCommands.setPanel(editor, { tab: tab as Tab })}
      >
        <div className="panel-head">
          <h2>Timeline</h2>
          <Tabs.List className="tabs" aria-label="What of the history">
            <Tab name="steps" title="Steps" count={count} />
            <Tab name="branches" title="Branches" count={timeline.branches.length} />
            <Tab name="bookmarks" title="Bookmarks" count={timeline.bookmarks.length} />
            {view && <Tab name="engine" title="Engine" count={view.rows.length} />}
            {differences !== undefined && <Tab name="differences" title="Differences" count={differences} />}
          </Tabs.List>
          {count > 0 && panel.tab === 'steps' && (
            <input
              type="search"
              className="step-filter"
              value={panel.filter}
              placeholder="Filter steps"
              aria-label="Filter steps by pattern, layer or scope"
              onChange={(e) => historyCommands.setPanel(editor, { filter: e.target.value })}
            />
          )}
          {count > 0 && <Scrubber />}
        </div>
        <Tabs.Content value="steps" className="tab-body" tabIndex={-1}>
          <CostChart />
          <Steps />
        </Tabs.Content>
        <Tabs.Content value="branches" className="tab-body" tabIndex={-1}>
          <Branches />
        </Tabs.Content>
        <Tabs.Content value="bookmarks" className="tab-body" tabIndex={-1}>
          <Bookmarks />
        </Tabs.Content>
        <Tabs.Content value="engine" className="tab-body" tabIndex={-1}>
          <Engine />
        </Tabs.Content>
        <Tabs.Content value="differences" className="tab-body" tabIndex={-1}>
          <Differences />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  )
}

/** Goes through the steps as it is dragged. */
function Scrubber() {
  const editor = useEditor()
  const { steps, cursor } = useEditorState((s) => s.timeline)
  const [held, setHeld] = useState<number | null>(null)
  const at = steps.findIndex((s) => s.node === cursor) + 1
  const shown = held ?? at
  return (
    <input
      type="range"
      className="scrubber"
      min={0}
      max={steps.length}
      value={shown}
      aria-label="Step in the history"
      aria-valuetext={`${shown} of ${steps.length}`}
      onChange={(e) => {
        const goal = Number(e.target.value)
        setHeld(goal)
        void scrubTo(editor, goal).then(() => setHeld((now) => (now === goal ? null : now)))
      }}
    />
  )
}

function Tab({ name, title, count }: { readonly name: Tab; readonly title: string; readonly count: number }) {
  return (
    <Tabs.Trigger value={name} className="tab">
      {title} {count > 0 && <span className="count">{count}</span>}
    </Tabs.Trigger>
  )
}
