/** Where a command writes to. Results go to stdout, progress to stderr and only where that is a terminal. */
export class Console {
  private shown = false
  private reserved = false

  constructor(
    /** Results as JSON, for machines. */
    readonly json: boolean,
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly status: NodeJS.WriteStream = process.stderr,
  ) {}

  /** The standard output is for a file: results go where progress goes. */
  reserveOutput(): void {
    this.reserved = true
  }

  /** One result: `value` as JSON, or for people the lines that `text` gives. */
  result(value: unknown, text: () => readonly string[]): void {
    this.clear()
    const to = this.reserved ? this.status : this.out
    to.write(this.json ? JSON.stringify(value, null, 2) + '\n' : text().map(visible).join('\n') + '\n')
  }

  /** What is being done now; the next call, or a result, takes its place. */
  progress(text: string): void {
    if (!this.status.isTTY || this.json) return
    this.status.write(`\r\x1b[2K${visible(text)}`)
    this.shown = true
  }

  /** What ends a command: as JSON where results are. */
  error(message: string, exitCode: number): void {
    if (!this.json) return this.warn(message)
    this.clear()
    this.out.write(JSON.stringify({ error: { message, exitCode } }, null, 2) + '\n')
  }

  warn(text: string): void {
    this.clear()
    this.status.write(`graft: ${visible(text)}\n`)
  }

  private clear(): void {
    if (this.shown) this.status.write('\r\x1b[2K')
    this.shown = false
  }
}

/** Names come from files: what would steer a terminal is written out. Lines and tabs stay. */
function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

/** Rows with their columns lined up, each on one line. */
export function table(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map((row) => row.map((cell) => cell.replaceAll('\n', '\\n')))
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)))
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
}
