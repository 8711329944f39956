/** Entry of the values worker: reads elements where they lie, a file of a person's own included, and keeps what runs give. */
import { BITS } from '../../engine'
import { RunStore } from './run-store'
import { Remote, serve } from '../protocol/rpc'
import type { Endpoint, NoEvents } from '../protocol/rpc'
import type { ValueHead, ValueRef, ValuesCalls, ValuesEvents } from '../protocol/values-calls'
import type { ConstantData } from '../protocol/constant-data'
import type { KeepCalls } from '../protocol/run-calls'
import type { EvidenceCalls } from '../protocol/verify-calls'
import { bytesInMemory, bytesOfBlob } from '../values/elements'
import type { Elements } from '../values/elements'
import { npyParts } from '../values/npy'
import { histogramOf, statisticsOf } from '../values/statistics'
import { readWindow } from '../values/window'

const runs = new RunStore()
let engine: Remote<EvidenceCalls, NoEvents> | null = null
/** The value that was asked for last: the same is asked for many times in a row. */
let known: { readonly key: string; readonly data: ConstantData | null } | null = null
/** Grows where reading is to end. */
let reading = 0

const tell = serve<ValuesCalls, ValuesEvents>(self as unknown as Endpoint, {
  connect: (port) => {
    engine = new Remote(port)
    return null
  },
  head: async ({ of }) => {
    const data = await dataOf(of)
    return data && headOf(data)
  },
  statistics: ({ of }) => read(of, (elements, watch) => statisticsOf(elements, watch)),
  histogram: ({ of, statistics }) => read(of, (elements, watch) => histogramOf(elements, statistics, watch)),
  stop: () => {
    reading++
    return null
  },
  keepAt: (port) => {
    port.start()
    serve<KeepCalls, NoEvents>(port as unknown as Endpoint, {
      keep: ({ run, tensor, value }) => runs.keep(run, tensor, value),
    })
    return null
  },
  keepOnly: ({ runs: wanted }) => {
    runs.keepOnly(wanted)
    known = null
    return null
  },
  differences: async ({ before, after, pairs }) => {
    const mine = ++reading
    let since = performance.now()
    const found = await runs.differences(before, after, pairs, async () => {
      if (performance.now() - since < SLICE) return true
      await nextTask()
      since = performance.now()
      return mine === reading
    })
    return found ?? []
  },
  window: async ({ of, window }) => readWindow(await elementsOf(of), window),
  npy: async ({ of }) => new Blob(await npyParts(await elementsOf(of))),
})

/** Milliseconds after which others get a chance. */
const SLICE = 16

/** Lets what was asked meanwhile come in between. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

class Stopped extends Error {}

async function read<T>(
  of: ValueRef,
  work: (elements: Elements, watch: (fraction: number) => void) => Promise<T>,
): Promise<T | null> {
  const mine = ++reading
  try {
    return await work(await elementsOf(of), (fraction) => {
      if (mine !== reading) throw new Stopped()
      tell('progress', { fraction })
    })
  } catch (error) {
    if (error instanceof Stopped) return null
    throw error
  }
}

async function dataOf(of: ValueRef): Promise<ConstantData | null> {
  if (of.type === 'run') return runs.get(of.run, of.tensor)
  const key = `${of.type} ${of.tensor}`
  if (known?.key !== key) {
    if (!engine) throw new Error('the engine is not connected')
    known = { key, data: await engine.call('constant', { tensor: of.tensor }) }
  }
  return known.data
}

async function elementsOf(of: ValueRef): Promise<Elements> {
  const data = await dataOf(of)
  const problem = data ? headOf(data).problem : 'the value is not there any more'
  if (!data?.data || problem !== null) throw new Error(problem ?? 'the value has no elements')
  const { dtype, shape } = data
  return { dtype, shape, bytes: data.data instanceof Blob ? bytesOfBlob(data.data) : bytesInMemory(data.data) }
}

function headOf({ dtype, shape, data, strings, external }: ConstantData): ValueHead {
  const bytes = data === null ? null : data instanceof Blob ? data.size : data.length
  const problem =
    strings !== null
      ? null
      : data === null
        ? `its elements are in ${external ?? 'another file'}, which is not here`
        : BITS[dtype] === 0 || dtype.startsWith('complex') || dtype.startsWith('float8')
          ? `elements of type ${dtype} cannot be shown`
          : null
  return { dtype, shape, bytes, strings, problem }
}
