import { rmSync } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BackupError } from '../../lib/store/backup/format'
import type { Sink } from '../../lib/store/backup/frame-writer'

/** The file of a backup: written as `<path>.partial`, readable by its owner only, and renamed when it is complete. */
export class BackupFile {
  readonly #handle: FileHandle
  readonly #path: string
  readonly #force: boolean

  private constructor(handle: FileHandle, path: string, force: boolean) {
    this.#handle = handle
    this.#path = path
    this.#force = force
  }

  /** Throws BackupError if the file exists and `force` is not set. */
  static async create(path: string, force: boolean): Promise<BackupFile> {
    if (!force) await requireAbsent(path)
    else if ((await stat(path).catch(() => null))?.isDirectory()) throw new BackupError('isFolder', { file: path })
    return written(path, async () => {
      // Left by a command that was killed.
      await rm(partialOf(path), { force: true })
      return new BackupFile(await open(partialOf(path), 'wx', 0o600), path, force)
    })
  }

  readonly write: Sink = bytes => written(this.#path, () => this.#handle.writeFile(bytes))

  /** Syncs the file and renames it. */
  async commit(): Promise<void> {
    await written(this.#path, async () => {
      await this.#handle.sync()
      // Another command may use the name of the partial file now.
      const [own, there] = [await this.#handle.stat(), await stat(partialOf(this.#path)).catch(() => null)]
      await this.#handle.close()
      if (own.ino !== there?.ino) throw new BackupError('replacedMeanwhile', { file: this.#path })
      if (!this.#force) await requireAbsent(this.#path)
      await rename(partialOf(this.#path), this.#path)
      await syncFolder(dirname(this.#path))
    })
  }

  /** Closes the file and removes what was written. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    this.discard()
  }

  /** Removes what was written. Synchronous, for the end of the process. */
  discard(): void {
    rmSync(partialOf(this.#path), { force: true })
  }
}

const partialOf = (path: string) => `${path}.partial`

async function requireAbsent(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (there?.isDirectory()) throw new BackupError('isFolder', { file: path })
  if (there) throw new BackupError('fileExists', { file: path })
}

/** A rename is durable only after a sync of its folder, which not every file system supports. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/** Runs a step of writing; its error names the file, so that it does not look like one of the database. */
async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BackupError) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
      throw new BackupError('fileDiskFull', { file: path }, { cause: error })
    throw new BackupError('fileFailed', { file: path, message }, { cause: error })
  }
}
