import { ConstantValue, defaultNet } from '../../../engine'
import type { DType, Network, Tensor } from '../../../engine'
import { constant } from '../functional/core'
import { withinModule } from '../functional/names'

/** A weight of a module: its shape, and its data, which are made when they are asked for. */
export class Parameter {
  private own = ''
  /** The name that it had first: what its numbers follow from, wherever it is moved to. */
  private first = ''
  private readonly layers = new WeakMap<Network, Tensor>()
  private data: ConstantValue | null = null

  /** @param fill numbers for elements, by the parameter's name; without it small ones around 0, the same for the same name */
  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType = 'float32',
    private readonly fill: (name: string, size: number) => ArrayLike<number> = seeded(shape.at(-1) ?? 1),
  ) {}

  /** Path in the model that was last called, parts joined by `.`; empty before. */
  get name(): string {
    return this.own
  }
  set name(name: string) {
    this.own = name
    if (this.first === '') this.first = name
  }

  /** Its CONSTANT in the current network; one a network, however often it is used. */
  get value(): Tensor {
    const network = defaultNet()
    const known = this.layers.get(network)
    if (known) return known
    const made = constant(this.rawValue, this.name === '' ? undefined : this.name.replaceAll('.', '/'))
    this.layers.set(network, made)
    return made
  }

  get rawValue(): ConstantValue {
    if (!this.data) {
      const size = this.shape.reduce((a, b) => a * b, 1)
      this.data = ConstantValue.of(this.dtype, this.shape, this.fill(this.first, size))
    }
    return this.data
  }

  /** @throws RangeError for data of another shape */
  set rawValue(value: ConstantValue) {
    if (value.shape.join(',') !== this.shape.join(','))
      throw new RangeError(
        `${this.name || 'the parameter'} is [${this.shape.join(',')}], not [${value.shape.join(',')}]`,
      )
    this.data = value
  }
}

/** Numbers around 0, the narrower the longer the rows are; the same for the same name. */
function seeded(row: number): (name: string, size: number) => Float32Array {
  return (name, size) => {
    let state = 2166136261
    for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 16777619)
    const scale = 2 / Math.sqrt(Math.max(row, 1)) / 2 ** 32
    const out = new Float32Array(size)
    for (let i = 0; i < size; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0
      out[i] = state * scale
    }
    return out
  }
}

export const filledWith =
  (value: number) =>
  (_: string, size: number): Float32Array =>
    new Float32Array(size).fill(value)

/**
 * A part of a model, as the module's own class: its attributes that are modules or parameters are its children, in order.
 * `call` runs `forward` under its path in the model, so that layers are named after it.
 */
export abstract class Module<A extends readonly never[] | readonly unknown[] = readonly unknown[], R = unknown> {
  /** Path in the model that was last called; null where it was no part of one. */
  private path: string | null = null

  abstract forward(...args: A): R

  call(...args: A): R {
    if (this.path === null) return this.asRoot(() => withinModule('', () => this.forward(...args)))
    return withinModule(this.path, () => this.forward(...args))
  }

  /** Names everything in it while it runs, as parts of this model. */
  private asRoot<T>(run: () => T): T {
    for (const [name, module] of this.namedModules()) module.path = name.replaceAll('.', '/')
    for (const [name, parameter] of this.namedParameters()) parameter.name = name
    try {
      return run()
    } finally {
      for (const [, module] of this.namedModules()) module.path = null
    }
  }

  /** Its own children, by attribute. */
  namedChildren(): [string, Module][] {
    return Object.entries(this).filter((e): e is [string, Module] => e[1] instanceof Module)
  }

  /** It and all below it, by path, parts joined by `.`; it itself is ''. */
  namedModules(prefix = ''): [string, Module][] {
    const below = this.namedChildren().flatMap(([name, child]) => child.namedModules(join(prefix, name)))
    return [[prefix, this as unknown as Module], ...below]
  }

  /** All below it, with the module that holds each. */
  namedModulesWithParent(): {
    readonly path: string
    readonly name: string
    readonly module: Module
    readonly parent: Module
  }[] {
    return this.namedModules().flatMap(([prefix, parent]) =>
      parent.namedChildren().map(([name, module]) => ({ path: join(prefix, name), name, module, parent })),
    )
  }

  /** Parameters by path; one that two modules share comes once, under its first path. */
  namedParameters(): [string, Parameter][] {
    const seen = new Set<Parameter>()
    return this.namedModules().flatMap(([prefix, module]) =>
      Object.entries(module).flatMap(([name, value]): [string, Parameter][] => {
        if (!(value instanceof Parameter) || seen.has(value)) return []
        seen.add(value)
        return [[join(prefix, name), value]]
      }),
    )
  }

  /** Puts another module in the place of a child. @throws RangeError where it has no such child */
  replaceChild(name: string, module: Module): void {
    if (!this.namedChildren().some(([n]) => n === name)) throw new RangeError(`there is no child ${name}`)
    ;(this as unknown as Record<string, Module>)[name] = module
  }
}

const join = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`)

/** Modules in a row, called "0", "1" ... */
export class ModuleList<M extends Module> extends Module {
  constructor(private readonly modules: M[]) {
    super()
  }
  override forward(): never {
    throw new Error('a ModuleList is not called: call its modules')
  }
  override namedChildren(): [string, Module][] {
    return this.modules.map((m, i) => [String(i), m as Module])
  }
  override replaceChild(name: string, module: Module): void {
    if (!(Number(name) in this.modules)) throw new RangeError(`there is no child ${name}`)
    this.modules[Number(name)] = module as M
  }
  get length(): number {
    return this.modules.length
  }
  at(i: number): M | undefined {
    return this.modules[i]
  }
  [Symbol.iterator](): Iterator<M> {
    return this.modules[Symbol.iterator]()
  }
}
