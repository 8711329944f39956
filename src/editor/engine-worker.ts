/** Entry of the engine worker: messages in, messages out. One worker holds one network; another model gets another. */
import { exportOnnx, importOnnx } from '../dialects/onnx'
import { gptAttentionNetwork } from '../dialects/tensorrt'
import type { MatchFailure } from '../engine'
import { snapshotOf } from '../engine'
import { raised } from '../patterns'
import { EngineHome } from './engine-home'
import { explainLayer, groupMisses, missesOf } from './explain'
import { packed, packedWhole } from './plain'
import type { EngineCalls, EngineEvents, EvidenceCalls, Moved, NoEvents, OpenSource, PatternInfo } from './protocol'
import { checkRule } from './rule-check'
import { plainError, serve } from './rpc'
import type { Endpoint } from './rpc'

let home: EngineHome | null = null
/** Grows with every change to the network or its patterns: what was begun before is of no use any more. */
let epoch = 0

function current(): EngineHome {
  if (!home) throw new Error('no network is open')
  return home
}

const tell = serve<EngineCalls, EngineEvents>(self as unknown as Endpoint, {
  open: ({ source, target, rules }) => {
    tell('progress', { stage: 'reading', fraction: 0 })
    const opened = source.type === 'onnx' ? readOnnx(source) : build(source.id)
    home = opened.home
    home.offer(target, rules)
    tell('progress', { stage: 'building', fraction: 0.95 })
    scheduleCounts()
    const { warnings, missingExternal } = opened
    const snapshot = snapshotOf(home.network)
    return {
      snapshot: packed({ ...snapshot, properties: {} }),
      dialect: snapshot.dialect,
      exporter: exporterOf(snapshot.properties),
      opset: [home.original.opsets[''] ?? 0, snapshot.opsets[''] ?? 0] as const,
      warnings,
      missingExternal,
      patterns: offered(),
    }
  },
  matches: ({ label }) => [...current().matches(label)],
  apply: ({ label, root }) => changed(current().apply(label, root)),
  plan: (wish) => {
    try {
      return current().plan(wish)
    } finally {
      scheduleCounts()
    }
  },
  replay: ({ acts }) => {
    try {
      return current().replay(acts)
    } finally {
      scheduleCounts()
    }
  },
  prune: () => changed(current().prune()),
  seek: ({ node }) => changed(current().seek(node)),
  offer: ({ target, rules }) => {
    current().offer(target, rules)
    scheduleCounts()
    return offered()
  },
  misses: async ({ label }) => {
    const { network } = current()
    const failures: MatchFailure[] = []
    let matches = false
    await inSlices(missesOf(network, current().rewriter(label)), (failure) => {
      if (failure) failures.push(failure)
      else matches = true
    })
    return groupMisses(failures, matches)
  },
  explain: ({ label, layer }) => {
    const found = current().network.getLayer(layer)
    return found ? explainLayer(current().network, current().rewriter(label), found) : { type: 'nothing' as const }
  },
  checkRule: ({ text }) => checkRule(current().network, text, () => performance.now()),
  connect: (port) => {
    port.start()
    serve<EvidenceCalls, NoEvents>(port as unknown as Endpoint, {
      region: ({ node }) => packedWhole(current().evidenceOf(node)),
      models: () => {
        const write = (snapshot: EngineHome['original']) => exportOnnx(snapshot, { inlineExternal: true }).bytes
        return { before: write(current().original), after: write(snapshotOf(current().network)) }
      },
    })
    return null
  },
  exportModel: () => exportOnnx(snapshotOf(current().network)).bytes,
})

function offered(): PatternInfo[] {
  return current().catalogue.map((o) => {
    const { label, family, equation, type, benefit, exactness, assumes, optIn, rule } = o
    const info = { label, family, equation, type, benefit, exactness, assumes, optIn }
    return rule === undefined ? info : { ...info, rule }
  })
}

interface Opening {
  readonly home: EngineHome
  readonly warnings: readonly string[]
  readonly missingExternal: readonly string[]
}

function readOnnx({ bytes, name }: OpenSource & { type: 'onnx' }): Opening {
  const onProgress = (fraction: number) => tell('progress', { stage: 'reading', fraction: fraction * 0.8 })
  const { snapshot, warnings, missingExternal } = importOnnx(bytes, { name, onProgress })
  tell('progress', { stage: 'building', fraction: 0.8 })
  const { snapshot: modern, refused } = raised(snapshot, 'ort')
  return {
    home: EngineHome.ofSnapshot(modern, snapshot),
    warnings: refused === null ? warnings : [...warnings, refused],
    missingExternal,
  }
}

const BUILT = { 'gpt-attention': gptAttentionNetwork }

function build(id: keyof typeof BUILT): Opening {
  return { home: new EngineHome(BUILT[id]()), warnings: [], missingExternal: [] }
}

function changed(moved: Moved): Moved {
  if (moved.steps.length > 0) scheduleCounts()
  return moved
}

const SLICE = 12

/** Goes through what a generator gives, with breaks for other calls. False where the network changed meanwhile. */
async function inSlices<T>(items: Generator<T>, take: (item: T) => void): Promise<boolean> {
  const mine = epoch
  let since = performance.now()
  for (;;) {
    if (epoch !== mine) return false
    const next = items.next()
    if (next.done) return true
    take(next.value)
    if (performance.now() - since < SLICE) continue
    await pause(0)
    since = performance.now()
  }
}

/** Counts matches of all patterns in slices between calls; begins again when the network changes. */
function scheduleCounts(): void {
  const mine = ++epoch
  void (async () => {
    await pause(60)
    for (const { label } of current().catalogue) {
      if (epoch !== mine) return
      let count = 0
      try {
        if (!(await inSlices(current().matches(label), () => count++))) return
        tell('count', { label, count })
      } catch (error) {
        tell('problem', { title: `${label} failed`, detail: plainError(error).message })
      }
      await pause(0)
    }
  })()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function exporterOf(properties: Readonly<Record<string, unknown>>): string {
  const onnx = properties['onnx'] as { producerName?: string; producerVersion?: string } | undefined
  return [onnx?.producerName, onnx?.producerVersion].filter(Boolean).join(' ')
}
