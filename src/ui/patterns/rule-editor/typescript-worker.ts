/** Entry of the worker that holds TypeScript: it is started when somebody writes a class, and knows what a class may import. */
import ts from 'typescript'
import files from 'virtual:graft-types'
import { CodeService } from './code-service'

const service = new CodeService(ts, files)

self.onmessage = ({ data }: MessageEvent<{ id: number; name: keyof CodeService; args: readonly unknown[] }>) => {
  const { id, name, args } = data
  try {
    self.postMessage({ id, value: (service[name] as (...args: unknown[]) => unknown).apply(service, [...args]) })
  } catch {
    // What the language service cannot say, it does not say: the sandbox still tells what is wrong.
    self.postMessage({ id, value: null })
  }
}
