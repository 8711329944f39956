import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core'
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { CodeCalls } from '../calls'
import { CODE_FILE, CodeError } from '../code-error'
import { fromText, toText } from './wire'

/** What foreign code may take. */
export interface Limits {
  /** Bytes, for the engine and the network too. */
  readonly memory: number
  /** Milliseconds between two layers. */
  readonly pause: number
}

export const LIMITS: Limits = { memory: 256 * 2 ** 20, pause: 5000 }

/** Bytes of the stack: less than what ends the machine that it runs on, so that it says so itself. */
const STACK = 160_000

/** What is known of the machine around it. */
interface Around {
  readonly now: () => number
  readonly readFile: (file: Blob, from: number, length: number) => ArrayBuffer
  /** Told between two layers. */
  readonly beat: () => void
}

/** An answer of the desk, before its numbers. */
export type Answer = { readonly type: 'result' | 'error' } & Readonly<Record<string, unknown>>

/**
 * A file of patterns that came from others, at work in an interpreter: it has a memory of its own with a limit, no clock that ends
 * it but ours, and no way to anything outside but the four functions that are lent to its engine.
 */
export class Interpreter {
  private readonly vm: QuickJSContext
  private readonly answer: QuickJSHandle
  /** Bytes that go in and out with the call that is under way; files stay as long as the network does. */
  private inside: (Uint8Array | Blob)[] = []
  private outside: Uint8Array[] = []
  private since = 0
  /** Only the foreign code's time is limited: reading the engine and a network takes as long as it takes. */
  private isForeign = false

  /** @param guest the program of `guest.ts` */
  static async start(
    variant: QuickJSSyncVariant,
    guest: string,
    around: Around,
    limits: Limits = LIMITS,
  ): Promise<Interpreter> {
    const page = 2 ** 16
    // Its own limit counts nothing in this build: what its memory cannot grow to, it cannot have.
    const wasmMemory = new WebAssembly.Memory({ initial: (16 * 2 ** 20) / page, maximum: limits.memory / page })
    const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }))
    return new Interpreter(module.newRuntime(), guest, around, limits)
  }

  private constructor(
    runtime: QuickJSRuntime,
    guest: string,
    private readonly around: Around,
    private readonly limits: Limits,
  ) {
    runtime.setMaxStackSize(STACK)
    runtime.setInterruptHandler(() => this.isTooLong())
    this.vm = runtime.newContext()
    this.lend()
    this.vm.unwrapResult(this.vm.evalCode(guest, 'graft.js')).dispose()
    this.answer = this.vm.getProp(this.vm.global, 'answer')
  }

  /** @throws CodeError where the interpreter gave it up: it is of no use any more */
  ask<K extends keyof CodeCalls>(name: K, args: CodeCalls[K]['args']): Answer {
    const { vm } = this
    this.isForeign = name !== 'network' && name !== 'follow'
    this.since = this.around.now()
    if (name === 'network') this.inside = []
    this.outside = []
    const text = toText(args, (bytes) => this.inside.push(bytes) - 1)
    const [call, said] = [vm.newString(name), vm.newString(text)]
    const result = vm.callFunction(this.answer, vm.undefined, call, said)
    call.dispose()
    said.dispose()
    if (result.error) throw this.failure(result.error)
    const told = vm.getString(result.value)
    result.value.dispose()
    const answer = fromText(told, ({ $beside }) => this.outside[$beside]) as Answer
    // An error that there was no room for is null.
    if (answer.type === 'error' && /\bout of memory$|\bthrew null$|: null$/.test(String(answer['reason'])))
      throw this.full()
    return answer
  }

  private full(): CodeError {
    return new CodeError(`it needs more than the ${this.limits.memory / 2 ** 20} MB that patterns of others have`)
  }

  private failure(error: QuickJSHandle): CodeError {
    const told = this.vm.dump(error) as { message?: unknown } | string
    error.dispose()
    const message = String(typeof told === 'object' ? told.message : told)
    if (/interrupted/.test(message))
      return new CodeError(`it ran for ${this.limits.pause / 1000} seconds and was stopped: does a loop end?`)
    return /out of memory|^null$/.test(message) ? this.full() : new CodeError(message)
  }

  private isTooLong(): boolean {
    const now = this.around.now()
    if (!this.isForeign) {
      this.around.beat()
      return false
    }
    return now - this.since > this.limits.pause
  }

  private lend(): void {
    this.put('lentRead', (index, from, length) => this.bytesAt(index, from, length))
    this.put('lentPut', (bytes) =>
      this.vm.newNumber(this.outside.push(this.vm.getArrayBuffer(bytes!).value.slice()) - 1),
    )
    this.put('lentBeat', () => {
      this.since = this.around.now()
      this.around.beat()
      return this.vm.undefined
    })
    this.put('lentRun', (code) => this.vm.unwrapResult(this.vm.evalCode(this.vm.getString(code!), CODE_FILE)))
  }

  private put(name: string, does: (...args: QuickJSHandle[]) => QuickJSHandle): void {
    const made = this.vm.newFunction(name, does)
    this.vm.setProp(this.vm.global, name, made)
    made.dispose()
  }

  private bytesAt(index: QuickJSHandle, from: QuickJSHandle, length: QuickJSHandle): QuickJSHandle {
    const { vm } = this
    const found = this.inside[vm.getNumber(index)]
    const [at, size] = [vm.getNumber(from), vm.getNumber(length)]
    if (!found || !(at >= 0) || !(size >= 0)) throw new Error('there is nothing to read')
    if (found instanceof Uint8Array) return vm.newArrayBuffer(found.slice(at, at + size).buffer)
    return vm.newArrayBuffer(this.around.readFile(found, at, size))
  }
}
