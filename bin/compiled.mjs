// Loads a CommonJS file together with what V8 compiled of it the last time, which is most of what starting costs.
import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { Script } from 'node:vm'

/**
 * What `file` exports, and `keep`, to be called once it has run: it keeps the compiled code for the next process, by the use that
 * was made of the file, its content and Node's version. A folder that cannot be written to is no error, and whoever comes at the
 * same time finds the whole code or none.
 */
export function loadCompiled(file, use, folder = userCache()) {
  const bytes = readFileSync(file)
  const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
  const key = createHash('sha1').update(`${process.version} ${process.arch} ${file}\n`).update(bytes).digest('hex')
  const kept = path.join(folder, `${use}-${key}.v8`)
  const cachedData = readIfThere(kept)
  const script = new Script(`(function (exports, require, module) {${text}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module)
  const keep = () => {
    if (!cachedData || script.cachedDataRejected) write(kept, script.createCachedData(), `${use}-`)
  }
  return { exports: module.exports, keep }
}

function readIfThere(file) {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** Writes a file whole or not at all, in the place of the others that begin like it. */
function write(file, data, beginning) {
  const folder = path.dirname(file)
  const part = `${file}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(part, data, { mode: 0o600 })
    renameSync(part, file)
    for (const name of readdirSync(folder))
      if (name.startsWith(beginning) && name.endsWith('.v8') && name !== path.basename(file))
        rmSync(path.join(folder, name))
  } catch {
    // Nothing is kept, then; a part that is left is of no use to anyone.
    if (existsSync(part)) rmSync(part)
  }
}

/** A folder of the user's own: compiled code must not come from where others can write. */
function userCache() {
  const home = os.homedir()
  const base =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? path.join(home, 'AppData/Local'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library/Caches')
        : (process.env.XDG_CACHE_HOME ?? path.join(home, '.cache'))
  return path.join(base, 'graft')
}
