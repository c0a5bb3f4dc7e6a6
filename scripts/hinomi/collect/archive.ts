import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'

/** As many files as an uploaded archive may have: lib/ingest/receive/archive-files.ts. */
const MAX_FILES = 1000

/** Writes files into tar archives that can be uploaded: a further one, with a number in its name, where one is full. */
export class ReportArchive {
  readonly #path: string
  readonly #written: string[] = []
  #open: { tar: Pack; path: string; done: Promise<void>; files: number } | null = null

  /** Archives whose name ends with gz are compressed. */
  constructor(path: string) {
    this.#path = path
  }

  /** Adds a file. */
  async add(name: string, file: string, size: number): Promise<void> {
    if (this.#open && this.#open.files >= MAX_FILES) await this.#close()
    this.#open ??= this.#begin()
    this.#open.files += 1
    const entry = this.#open.tar.entry({ name, size, mode: 0o600, mtime: new Date(0) })
    await pipeline(createReadStream(file), entry as unknown as Writable)
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
    if (this.#open) await rm(partial(this.#open.path), { force: true })
    this.#open = null
  }

  #begin() {
    const path = numbered(this.#path, this.#written.length + 1)
    const tar = pack()
    const target = createWriteStream(partial(path), { mode: 0o600 })
    const done = /gz$/i.test(path) ? pipeline(tar, createGzip(), target) : pipeline(tar, target)
    // It is awaited at the end, and an error that comes before is seen by the next entry.
    done.catch(() => undefined)
    return { tar, path, done, files: 0 }
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    const { tar, path, done } = this.#open
    tar.finalize()
    await done
    await rename(partial(path), path)
    this.#written.push(path)
    this.#open = null
  }
}

function partial(path: string): string {
  return `${path}.partial`
}

/** `reports.tar.gz`, `reports-2.tar.gz` and so on. */
export function numbered(path: string, number: number): string {
  if (number === 1) return path
  const [, name = path, ending = ''] = /^(.*?)((?:\.[a-z0-9]+)*)$/i.exec(path) ?? []
  return `${name}-${number}${ending}`
}

/** Writes lines to a file. Returns its size. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<number> {
  const target = createWriteStream(path, { mode: 0o600 })
  let size = 0
  for await (const line of lines) {
    const bytes = Buffer.from(line)
    size += bytes.length
    if (!target.write(bytes)) await new Promise<void>(resume => target.once('drain', resume))
  }
  target.end()
  await finished(target)
  return size
}
