/**
 * Long work of the engine worker, in slices, so that calls come in between: looks at the network, which begin again when
 * it changes under them, and work that changes it, during which nobody else looks.
 */

/** Milliseconds after which others get a chance. */
const SLICE = 12

export class Scheduler {
  /** Grows with every change to the network or its patterns: what was begun before is of no use any more. */
  private epoch = 0
  private alone: Promise<unknown> | null = null

  constructor(
    private readonly now: () => number,
    private readonly pause: () => Promise<void>,
  ) {}

  get at(): number {
    return this.epoch
  }

  changed(): void {
    this.epoch++
  }

  /** Runs `act` as soon as nobody is at work on the network. */
  async calm<T>(act: () => T): Promise<T> {
    while (this.alone) await this.alone
    return act()
  }

  /**
   * Hands on what a look at the network gives, item by item; begins again, after `begin`, where the network changed.
   * @returns false where it was given up because it is not `wanted` any more
   */
  async look<T>(
    make: () => Generator<T>,
    begin: () => void,
    take: (item: T) => void,
    wanted: () => boolean,
  ): Promise<boolean> {
    for (;;) {
      while (this.alone) await this.alone
      if (!wanted()) return false
      begin()
      const mine = this.epoch
      const over = await this.slices(make(), take, () => this.epoch !== mine || !wanted())
      if (over !== null) return true
    }
  }

  /**
   * Work that changes the network. Nobody looks at it meanwhile; `stopped` is asked between slices, and the generator is
   * then ended where it stands, so that what it does last must be in a `finally`.
   */
  async work<T, R>(items: Generator<T, R>, take: (item: T) => void, stopped: () => boolean): Promise<R | null> {
    while (this.alone) await this.alone
    this.epoch++
    const running = this.slices(items, take, stopped)
    const over = running.then(
      () => undefined,
      () => undefined,
    )
    this.alone = over
    try {
      return await running
    } finally {
      this.alone = null
      this.epoch++
    }
  }

  /** What the generator returns; null where it was ended before. */
  private async slices<T, R>(items: Generator<T, R>, take: (item: T) => void, ended: () => boolean): Promise<R | null> {
    let since = this.now()
    for (;;) {
      const next = items.next()
      if (next.done) return next.value ?? (undefined as R)
      take(next.value)
      if (this.now() - since < SLICE) continue
      await this.pause()
      since = this.now()
      if (!ended()) continue
      items.return(undefined as R)
      return null
    }
  }
}
