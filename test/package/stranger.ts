import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** What a run of a program came to. */
export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** An empty folder into which a stranger installs the package, to use it as one does who has nothing else. */
export class Stranger {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'graft-stranger-'))
  /** Where the package lies once it is installed. */
  readonly installed = path.join(this.folder, 'node_modules/graft')

  constructor() {
    this.write('package.json', '{ "type": "module", "private": true }')
  }

  at(name: string): string {
    return path.join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content)
    return this.at(name)
  }

  readJson(name: string): unknown {
    return JSON.parse(readFileSync(this.at(name), 'utf8'))
  }

  /** Runs a program of Node in the folder. */
  node(...args: string[]): Promise<Ended> {
    return ended(process.execPath, args, this.folder)
  }

  /** Runs the installed command. */
  graft(...args: string[]): Promise<Ended> {
    return ended(this.at('node_modules/.bin/graft'), args, this.folder)
  }

  start(...args: string[]): ChildProcess {
    return spawn(this.at('node_modules/.bin/graft'), args, { cwd: this.folder, env: environment(this.folder) })
  }

  npm(...args: string[]): Promise<Ended> {
    return ended('npm', args, this.folder)
  }

  /** Gives the stranger a package that this repository has, as if it had been installed. */
  lend(name: string): void {
    const to = this.at(`node_modules/${name}`)
    mkdirSync(path.dirname(to), { recursive: true })
    symlinkSync(path.resolve('node_modules', name), to)
  }

  leave(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Nothing is kept outside of the folder. */
function environment(folder: string): NodeJS.ProcessEnv {
  const kept = { XDG_CACHE_HOME: path.join(folder, 'cache') }
  return { ...process.env, ...kept, ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_prefer_offline: 'true' }
}

export function ended(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((done) => {
    execFile(command, args, { cwd, env: environment(cwd) }, (error, out, err) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0
      done({ code, out, err })
    })
  })
}
