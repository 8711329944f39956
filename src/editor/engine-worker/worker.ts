/** Entry of the engine worker: messages in, messages out. One worker holds one network; another model gets another. */
import { kernelsOf, readLayerInformation, readProfile } from '../../dialects/tensorrt'
import type { DriverEvent, Finding } from '../../engine'
import { faultsOf, snapshotOf } from '../../engine'
import { LayerCounts } from '../view/layer-counts'
import { isLibraryRun } from './library-run'
import { Codes } from './codes'
import { DRAFT } from '../protocol/match-info'
import type { Workspace } from './workspace'
import { filesOf } from './blobs'
import { evidenceHandlers } from './evidence-calls'
import { explainLayer, findingsOf, missesOf } from './near-misses'
import { historyHandlers } from './history-calls'
import { inParts } from '../protocol/snapshot-codec'
import type { SnapshotPart } from '../protocol/snapshot-codec'
import { previewOf } from './preview'
import type { EngineCalls, EngineEvents } from '../protocol/engine-calls'
import type { EvidenceCalls, EvidenceEvents } from '../protocol/verify-calls'
import type { MatchInfo } from '../protocol/match-info'
import type { Moved } from '../protocol/moves'
import type { Timeline } from '../protocol/timeline'
import { TimelineTeller } from '../protocol/timeline-news'
import { nextTask } from '../protocol/next-task'
import { offeredPatterns } from './offered-patterns'
import { built, engineReading, exporterOf, openingOf, readFile, textOf } from './opening'
import type { Opening } from './opening'
import { pairsBetween } from './other-points'
import type { Endpoint } from '../protocol/rpc'
import { rehearse } from './rehearsal'
import { ruleDiagramOf } from './rule-diagram'
import { checkRule, ruleOf } from './rule-check'
import { handOver, plainError, serve } from '../protocol/rpc'
import { restoreSteps, StepWriter, writeTrace } from './session-steps'
import { totalsOf } from '../view/totals'
import { Scheduler } from './scheduler'
import { exampleOf, tryOut } from './try-out'

let home: Workspace | null = null
/** What is read and not yet open. */
let reading: (() => Opening) | null = null
/** The search that is wanted now; 0 for none. */
let wanted = 0
/** The plan that is under way is to end. */
let stopping = false
const teller = new TimelineTeller()
const turns = new Scheduler(() => performance.now(), nextTask)

const codes = new Codes(() => home, {
  said: (label, lines) => tell('log', { label, lines }),
  busy: (label, busy) => tell('codeBusy', { label, busy }),
  failed: (label, reason, line) => tell('codeFailed', { label, reason, line }),
})

const nothing = (): void => undefined
const always = (): boolean => true
const never = (): boolean => false

function current(): Workspace {
  if (!home) throw new Error('no network is open')
  return home
}

const tell = serve<EngineCalls, EngineEvents>(self as unknown as Endpoint, {
  read: ({ source }) => {
    tell('progress', { stage: 'reading', fraction: 0 })
    if (source.type === 'built') {
      reading = () => built(source.id)
      return []
    }
    if (source.type === 'engine') {
      reading = engineReading(source)
      return []
    }
    const imported = readFile(source, (fraction) => tell('progress', { stage: 'reading', fraction: fraction * 0.8 }))
    reading = () => openingOf(imported, source.dialect, (stage) => tell('progress', { stage, fraction: 0.8 }))
    return imported.missingExternal
  },
  open: ({ target, rules, restore }) => {
    if (!reading) throw new Error('no model was read')
    const opened = reading()
    reading = null
    const totals = totalsOf(new LayerCounts(opened.home.network))
    if (restore) {
      tell('progress', { stage: 'going through the steps', fraction: 0.9 })
      restoreSteps(opened.home, restore)
    }
    home = opened.home
    home.offer(target, rules)
    tell('progress', { stage: 'building', fraction: 0.95 })
    turns.changed()
    const { missingExternal, isSound } = opened
    const warnings = isSound ? opened.warnings : [...opened.warnings, ...faultsOf(opened.home.network)]
    const { dialect, properties, opsets } = home.start
    return {
      dialect,
      exporter: exporterOf(properties),
      opset: [home.original.opsets[''] ?? 0, opsets[''] ?? 0] as const,
      warnings,
      missingExternal,
      patterns: offeredPatterns(home.catalogue),
      timeline: teller.news(home.timeline()),
      totals,
    }
  },
  snapshot: () =>
    turns.calm(() => {
      const { history, network, startText } = current()
      const tellPart = (part: SnapshotPart): void => tell('part', part)
      if (history.cursor === history.root) return startText.tell(tellPart)
      const { rest, parts } = inParts(snapshotOf(network))
      for (const part of parts) tellPart(part)
      return rest
    }),
  kernels: ({ layers, profile }) =>
    kernelsOf(readLayerInformation(textOf(layers)), profile ? readProfile(textOf(profile)) : undefined),
  count: () => {
    scheduleCounts()
    return null
  },
  search: ({ labels, search }) => searchMatches(labels, search),
  endSearch: () => {
    wanted = 0
    return null
  },
  preview: async ({ label, root, others }) => {
    await codes.prime(label, root)
    return turns.calm(() => {
      const { network } = current()
      const layer = network.getLayer(root)
      return layer && !layer.isRemoved()
        ? previewOf(network, current().rewriter(label), layer, others, (other) => current().rewriter(other))
        : null
    })
  },
  apply: async ({ label, root }) => {
    await codes.prime(label, root)
    return changed(current().apply(label, root))
  },
  plan: async (request) => {
    stopping = false
    let rewrites = 0
    let since = performance.now()
    const count = (event: Pick<DriverEvent, 'type'>): void => {
      if (event.type === 'rewritten') rewrites++
      if (performance.now() - since < BATCH) return
      since = performance.now()
      tell('planned', { rewrites })
    }
    try {
      await codes.plan(
        request,
        (rest) => turns.work(current().planning(rest), count, () => stopping),
        () => stopping,
        (steps) => turns.work(steps, count, () => stopping),
      )
      return told(current().here())
    } finally {
      tellLogs()
      scheduleCounts()
    }
  },
  stop: () => {
    stopping = true
    return null
  },
  replay: ({ acts }) => {
    try {
      return told(current().replay(acts))
    } finally {
      scheduleCounts()
    }
  },
  isLibraryRun: async ({ target, acts }) => {
    let answer = false
    function* run(): Generator<DriverEvent> {
      answer = yield* isLibraryRun(current(), target, acts)
    }
    await turns.work(run(), nothing, never)
    return answer
  },
  ...historyHandlers(current, changed),
  kept: async ({ known }) => {
    const writer = new StepWriter(current(), known)
    // Thousands of steps take a while, and the next one is asked for meanwhile.
    await turns.look(() => writer.writing(), nothing, nothing, always)
    return turns.calm(() => {
      const kept = writer.kept()
      return handOver(kept, [kept.steps.buffer])
    })
  },
  trace: () => turns.calm(() => writeTrace(current())),
  pairs: ({ from, to, tensors }) => elsewhere(() => pairsBetween(current(), from, to, tensors)),
  path: ({ from, to }) => turns.calm(() => current().packedSteps(current().history.path(from, to))),
  prune: () => changed(current().prune()),
  seek: ({ node }) => changed(current().seek(node)),
  visit: ({ node }) => changed(current().visit(node)),
  offer: ({ target, rules }) => {
    current().offer(target, rules)
    scheduleCounts()
    return offeredPatterns(current().catalogue)
  },
  misses: async ({ label }) => {
    await codes.refresh([label])
    let findings: Finding[] = []
    await turns.look(
      () => findingsOf(current().network, current().rewriter(label)),
      () => (findings = []),
      (finding) => findings.push(finding),
      always,
    )
    return missesOf(findings)
  },
  board: ({ label, miss }) =>
    turns.calm(() => ruleDiagramOf(current().network, current().rewriter(label).pattern, miss)),
  explain: async ({ label, layer }) => {
    await codes.refresh([label])
    return turns.calm(() => {
      const found = current().network.getLayer(layer)
      return found ? explainLayer(current().network, current().rewriter(label), found) : { type: 'nothing' as const }
    })
  },
  startCode: async ({ label, text, port }) => {
    const report = await codes.start(current(), label, text, port)
    if (label !== DRAFT) scheduleCounts()
    return report
  },
  codeCases: ({ label }) => codes.cases(label),
  endCode: ({ label, why }) => {
    codes.end(label, why)
    return null
  },
  ruleOf: ({ layers, chosen }) => turns.calm(() => ruleOf(current().network, layers, chosen)),
  exampleOf: ({ layers }) => turns.calm(() => exampleOf(current(), layers)),
  tryOut: async ({ label, root }) => {
    await codes.prime(label, root)
    return turns.calm(() => {
      const tried = tryOut(current(), label, root)
      // The layers of the network are others after a rewrite and its undoing.
      scheduleCounts()
      return tried
    })
  },
  checkRule: ({ text }) => turns.calm(() => checkRule(current(), text)),
  connect: (port) => {
    port.start()
    const tellPort = serve<EvidenceCalls, EvidenceEvents>(
      port as unknown as Endpoint,
      evidenceHandlers(current, turns, scheduleCounts, (part) => tellPort('part', part)),
    )
    return null
  },
  // Weights that came from other files go along: what is saved is whole.
  exportModel: ({ name, format }) => filesOf(snapshotOf(current().network), name, format),
})

/** A worker that nobody asked anything yet waits for a model. */
const WAITS = 500
setTimeout(() => {
  const isFree = (): boolean => home === null && reading === null
  const goesOn = async (): Promise<boolean> => {
    await nextTask()
    return isFree()
  }
  if (isFree()) void rehearse(goesOn)
}, WAITS)

/** A step that is shown moves for about so many milliseconds, and has the machine for itself. */
const SHOWN = 1000

/** The network goes to another point and back: its layers are others then than those that somebody is looking at. */
function elsewhere<T>(look: () => T): Promise<T> {
  return turns.calm(() => {
    try {
      return look()
    } finally {
      scheduleCounts()
    }
  })
}

function tellLogs(): void {
  for (const log of current().newLogs()) tell('log', log)
}

function changed(moved: Moved<Timeline>): Moved {
  tellLogs()
  if (moved.steps.length > 0) scheduleCounts(SHOWN)
  return told(moved)
}

function told(moved: Moved<Timeline>): Moved {
  return { ...moved, timeline: teller.news(moved.timeline) }
}

/** Milliseconds between two messages of one search. */
const BATCH = 40

async function searchMatches(labels: readonly string[], search: number): Promise<boolean> {
  wanted = search
  await codes.refresh(labels)
  let batch: MatchInfo[] = []
  let told = 0
  let since = 0
  const tellBatch = (): void => {
    tell('found', { search, from: told, matches: batch })
    told += batch.length
    batch = []
    since = performance.now()
  }
  const over = await turns.look(
    function* () {
      for (const label of labels) yield* current().matches(label)
    },
    () => {
      batch = []
      told = 0
    },
    (match) => {
      batch.push(match)
      if (performance.now() - since > BATCH) tellBatch()
    },
    () => wanted === search,
  )
  if (over) tellBatch()
  return over
}

/** Counts matches of all patterns in slices between calls, after so many milliseconds; begins again when the network changes. */
function scheduleCounts(after = 60): void {
  turns.changed()
  const mine = turns.at
  const still = () => turns.at === mine
  void (async () => {
    await pause(after)
    let counts = new Map<string, number>()
    let since = performance.now()
    const tellCounts = (): void => {
      if (counts.size > 0) tell('counts', counts)
      counts = new Map()
      since = performance.now()
    }
    for (const { label } of current().catalogue) {
      let count = 0
      try {
        await codes.refresh([label])
        if (!still()) return
        const counted = await turns.look(
          () => current().matches(label),
          () => (count = 0),
          () => count++,
          still,
        )
        if (!counted) return
        counts.set(label, count)
        if (performance.now() - since > BATCH) tellCounts()
      } catch (error) {
        // A sandbox tells of its own failures.
        if (!codes.has(label)) tell('problem', { title: `${label} failed`, detail: plainError(error).message })
      }
      await nextTask()
    }
    tellCounts()
  })()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
