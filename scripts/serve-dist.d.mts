export interface Site {
  readonly url: string
  close(): Promise<void>
}
export function serveDist(directory?: string, port?: number): Promise<Site>
