import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { UsageError } from '../usage-error'

/** As many files as an uploaded archive may have: lib/ingest/receive/archive-files.ts. */
const MAX_FILES = 1000

interface OpenArchive {
  tar: Pack
  path: string
  partial: string
  done: Promise<void>
  files: number
  /** Why it cannot be written: what its other streams then say is only that they were closed. */
  failure: Error | null
}

/** Writes files into tar archives that can be uploaded: a further one, with a number in its name, where one is full. */
export class ReportArchive {
  readonly #path: string
  readonly #force: boolean
  readonly #written: string[] = []
  #open: OpenArchive | null = null

  /** Archives whose name ends with gz are compressed. Throws UsageError where one of the first two exists, without `force`. */
  constructor(path: string, force: boolean) {
    this.#path = path
    this.#force = force
    for (const number of [1, 2]) this.#requireAbsent(numbered(path, number))
  }

  /** Adds a file. Throws UsageError where a further archive is needed and its file exists, without `force`. */
  async add(name: string, file: string, size: number): Promise<void> {
    if (this.#open && this.#open.files >= MAX_FILES) await this.#close()
    this.#open ??= this.#begin()
    const open = this.#open
    open.files += 1
    try {
      const entry = open.tar.entry({ name, size, mode: 0o600, mtime: new Date(0) })
      await pipeline(createReadStream(file), entry as unknown as Writable)
    } catch (error) {
      throw open.failure ?? error
    }
  }

  /** The paths of the archives once they are complete. */
  async end(): Promise<string[]> {
    await this.#close()
    return this.#written
  }

  /** Removes what is not complete. */
  async discard(): Promise<void> {
    this.#open?.tar.destroy()
    await this.#open?.done.catch(() => undefined)
    if (this.#open) await rm(this.#open.partial, { force: true })
    this.#open = null
  }

  #begin(): OpenArchive {
    const path = numbered(this.#path, this.#written.length + 1)
    this.#requireAbsent(path)
    const tar = pack()
    // Nobody can know the name before, and a file or link of that name is never written to.
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`
    const target = createWriteStream(partial, { flags: 'wx', mode: 0o600 })
    const open: OpenArchive = { tar, path, partial, done: Promise.resolve(), files: 0, failure: null }
    target.once('error', error => {
      open.failure = error
    })
    open.done = /gz$/i.test(path) ? pipeline(tar, createGzip(), target) : pipeline(tar, target)
    // It is awaited at the end, and an error that comes before is seen by the next entry.
    open.done.catch(() => undefined)
    return open
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    const { tar, path, partial, done } = this.#open
    tar.finalize()
    await done
    this.#requireAbsent(path)
    await rename(partial, path)
    this.#written.push(path)
    this.#open = null
  }

  #requireAbsent(path: string): void {
    if (!this.#force && existsSync(path)) throw new UsageError('outExists', { file: path })
  }
}

/** `reports.tar.gz`, `reports-2.tar.gz` and so on. */
export function numbered(path: string, number: number): string {
  if (number === 1) return path
  const [, name = path, ending = ''] = /^(.*?)((?:\.[a-z0-9]+)*)$/i.exec(path) ?? []
  return `${name}-${number}${ending}`
}

/** Writes lines to a file. Returns its size. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<number> {
  let size = 0
  async function* bytes() {
    for await (const line of lines) {
      const piece = Buffer.from(line)
      size += piece.length
      yield piece
    }
  }
  await pipeline(bytes, createWriteStream(path, { mode: 0o600 }))
  return size
}
