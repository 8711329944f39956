/** Entry of a run worker: runs the network once, piece by piece, and hands every value to the worker that keeps them. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import type { ConstantValue, LayerRecord, NetworkSnapshot, TensorId } from '../../engine'
import { runInPieces, SIZINGS, webRuntime } from '../../verify'
import type { Sizing } from '../../verify'
import type { Runtime, Values } from '../../verify'
import { Remote, serve } from '../protocol/rpc'
import type { Endpoint, NoEvents } from '../protocol/rpc'
import { networkOf } from '../protocol/network-to-run'
import type { KeepCalls, RunCalls, RunEvents, RunReport, RunRequest, RunValue } from '../protocol/run-calls'
import type { ConstantData } from '../protocol/constant-data'
import type { EvidenceCalls } from '../protocol/verify-calls'
import { feedsOf, givenInputs } from './inputs'

let engine: Remote<EvidenceCalls, NoEvents> | null = null
let keeper: Remote<KeepCalls, NoEvents> | null = null

const tell = serve<RunCalls, RunEvents>(self as unknown as Endpoint, {
  connect: (port) => {
    engine = new Remote(port)
    return null
  },
  keepAt: (port) => {
    keeper = new Remote(port)
    return null
  },
  run: (request) => run(request),
})

/** The sizing of models whose sizes are to be equal. */
const USUAL: Sizing = 16

async function run(request: RunRequest): Promise<RunReport[]> {
  if (!engine || !keeper) throw new Error('the run worker is not connected')
  const networks: NetworkSnapshot[] = []
  for (const { point } of request.points) networks.push(networkOf(await engine.call('network', { point })))
  const given = await givenInputs(networks[0]!, request.files)
  const runtime = await webRuntime({ wasm: new URL(wasmUrl, self.location.href).href })
  const of = networks.length
  const firstOn = (feeds: Values) => attempt(networks[0]!, feeds, runtime, { run: request.points[0]!.run, done: 0, of })
  let feeds: Values = new Map()
  const reports: RunReport[] = []
  // Which sizes a network runs on is found out by trying; where it runs on none, those are shown that most want.
  for (const sizing of [...SIZINGS, USUAL]) {
    feeds = feedsOf(networks, given, request, sizing)
    reports[0] = await firstOn(feeds)
    if (reports[0].failed.length === 0) break
  }
  for (let i = 1; i < of; i++)
    reports.push(await attempt(networks[i]!, feeds, runtime, { run: request.points[i]!.run, done: i, of }))
  return reports
}

/** A run, and which of those that are to be done it is. */
interface Kept {
  readonly run: number
  readonly done: number
  readonly of: number
}

async function attempt(snapshot: NetworkSnapshot, feeds: Values, runtime: Runtime, kept: Kept): Promise<RunReport> {
  const byId = new Map(snapshot.tensors.map((t) => [t.id, t]))
  const makers = new Map(snapshot.layers.flatMap((l) => l.outputs.map((id) => [id, l] as const)))
  const values: RunValue[] = []
  const failed: RunReport['failed'][number][] = []
  let blocked = 0
  const note = async (tensor: TensorId, value: ConstantValue, maker: LayerRecord | undefined): Promise<void> => {
    const { dtype, shape } = value
    const hasRoom = await keep(kept.run, tensor, value)
    const { name } = byId.get(tensor)!
    const [layer, kind] = [maker?.id ?? null, maker?.kind ?? '']
    values.push({ tensor, name, dtype, shape, layer, kind, dropped: !hasRoom })
  }
  for (const id of snapshot.inputs) {
    const value = feeds.get(byId.get(id)!.name)
    if (value) await note(id, value, undefined)
  }
  for await (const event of runInPieces(snapshot, feeds, runtime)) {
    tell('progress', { fraction: (kept.done + event.done / event.total) / kept.of })
    if (event.type === 'values')
      for (const [tensor, value] of event.values) await note(tensor, value, makers.get(tensor))
    else if (event.type === 'blocked') blocked++
    else {
      const { id, name, kind } = event.layer
      failed.push({ layer: id, name, kind, reason: event.reason })
    }
  }
  return { values, failed, blocked }
}

function keep(run: number, tensor: TensorId, { dtype, shape, bytes, strings }: ConstantValue): Promise<boolean> {
  // What the next piece needs stays here: the other worker gets a copy.
  const data = bytes?.slice() ?? null
  const value: ConstantData = { dtype, shape, data, strings, external: null }
  return keeper!.call('keep', { run, tensor, value }, data ? [data.buffer] : [])
}
