/** Where patterns in code run: a page without an origin, framed out of sight, that starts a worker for each file of patterns. */

/** One file's worker, by the port that leads to it. */
export interface Sandbox {
  readonly port: MessagePort
  /** Ends the worker, whatever it is doing. */
  end(): void
}

export class CodeRoom {
  private frame: HTMLIFrameElement | null = null
  private isReady = false
  private waiting: (() => void)[] = []
  private nextId = 0
  /** A worker that has been told nothing yet. */
  private spare: Sandbox | null = null

  /** @param address of the page that `scripts/sandbox-page.mjs` makes */
  constructor(private readonly address: string) {}

  /**
   * Messages to the port wait until the worker is there. Whoever needs one is writing, most likely, and needs another at the next
   * keystroke: one more is started ahead, since that takes longer than all that it will be asked.
   */
  start(): Sandbox {
    const sandbox = this.spare ?? this.another()
    this.spare = this.another()
    return sandbox
  }

  private another(): Sandbox {
    const id = this.nextId++
    const { port1, port2 } = new MessageChannel()
    this.tell({ type: 'start', id }, [port2])
    return { port: port1, end: () => this.tell({ type: 'end', id }) }
  }

  private tell(message: object, transfer: Transferable[] = []): void {
    const frame = (this.frame ??= this.open())
    const send = (): void => frame.contentWindow?.postMessage(message, '*', transfer)
    if (this.isReady) send()
    else this.waiting.push(send)
  }

  private open(): HTMLIFrameElement {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.setAttribute('aria-hidden', 'true')
    frame.tabIndex = -1
    frame.title = 'Sandbox of patterns in code'
    frame.style.display = 'none'
    window.addEventListener('message', ({ source, data }) => {
      if (source !== frame.contentWindow || data !== 'ready') return
      this.isReady = true
      for (const send of this.waiting.splice(0)) send()
    })
    frame.src = this.address
    document.body.append(frame)
    return frame
  }
}
