/** Entry of the engine worker: messages in, messages out. One worker holds one network; another model gets another. */
import { exportOnnx, importOnnx } from '../dialects/onnx'
import { gptAttentionNetwork } from '../dialects/tensorrt'
import { snapshotOf } from '../engine'
import { EngineHome } from './engine-home'
import { packed } from './plain'
import type { EngineCalls, EngineEvents, Moved } from './protocol'
import { plainError, serve } from './rpc'
import type { Endpoint } from './rpc'

let home: EngineHome | null = null
let counting = 0

function current(): EngineHome {
  if (!home) throw new Error('no network is open')
  return home
}

const tell = serve<EngineCalls, EngineEvents>(self as unknown as Endpoint, {
  open: (source) => {
    tell('progress', { stage: 'reading', fraction: 0 })
    const opened = source.type === 'onnx' ? readOnnx(source.bytes, source.name) : build(source.id)
    home = opened.home
    tell('progress', { stage: 'building', fraction: 0.95 })
    scheduleCounts()
    const { warnings, missingExternal } = opened
    const snapshot = snapshotOf(home.network)
    return {
      snapshot: packed({ ...snapshot, properties: {} }),
      dialect: snapshot.dialect,
      exporter: exporterOf(snapshot.properties),
      warnings,
      missingExternal,
      patterns: home.catalogue.map(({ label, family, equation, type }) => ({ label, family, equation, type })),
    }
  },
  matches: ({ label }) => [...current().matches(label)],
  apply: ({ label, root }) => changed(current().apply(label, root)),
  plan: ({ labels }) => current().plan(labels),
  seek: ({ node }) => changed(current().seek(node)),
  exportModel: () => exportOnnx(snapshotOf(current().network)).bytes,
})

interface Opening {
  readonly home: EngineHome
  readonly warnings: readonly string[]
  readonly missingExternal: readonly string[]
}

function readOnnx(bytes: Uint8Array, name: string): Opening {
  const onProgress = (fraction: number) => tell('progress', { stage: 'reading', fraction: fraction * 0.8 })
  const { snapshot, warnings, missingExternal } = importOnnx(bytes, { name, onProgress })
  tell('progress', { stage: 'building', fraction: 0.8 })
  return { home: EngineHome.ofSnapshot(snapshot), warnings, missingExternal }
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

/** Counts matches of all patterns in slices between calls; begins again when the network changes. */
function scheduleCounts(): void {
  const mine = ++counting
  void (async () => {
    await pause(60)
    for (const { label } of current().catalogue) {
      let count = 0
      let since = performance.now()
      try {
        const found = current().matches(label)
        for (;;) {
          if (counting !== mine) return
          if (found.next().done) break
          count++
          if (performance.now() - since < SLICE) continue
          await pause(0)
          since = performance.now()
        }
        if (counting !== mine) return
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
