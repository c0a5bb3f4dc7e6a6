import { spawnSync } from 'node:child_process'
import { chownSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEGABYTES = 700
const NOBODY = 65_534

/** A small file system of its own that holds a data folder with its database, and that can be filled and made read-only. */
export class SmallDisk {
  readonly #mountPoint: string
  readonly dataDir: string

  private constructor(mountPoint: string) {
    this.#mountPoint = mountPoint
    this.dataDir = join(mountPoint, 'data')
  }

  /** Why none can be mounted on this machine; null where one can. */
  static missing(): string | null {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root of Linux may mount a file system'
    try {
      SmallDisk.mount().unmount()
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Throws where that is not possible. */
  static mount(): SmallDisk {
    const mountPoint = mkdtempSync(join(tmpdir(), 'hinomi-disk-'))
    const { status, stderr } = spawnSync('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${MEGABYTES}m,mode=755`,
      'tmpfs',
      mountPoint,
    ])
    if (status !== 0) {
      rmSync(mountPoint, { recursive: true })
      throw new Error(`mount: ${stderr ?? 'there is no such program'}`)
    }
    const disk = new SmallDisk(mountPoint)
    const home = join(mountPoint, 'database')
    for (const folder of [disk.dataDir, home]) mkdirSync(folder, { mode: 0o700 })
    // As root the product has its database in /var/lib/hinomi, unless the note in the data folder names another place.
    chownSync(home, NOBODY, NOBODY)
    writeFileSync(join(disk.dataDir, 'postgres-location.txt'), `${home}\n`)
    return disk
  }

  /** Leaves not a byte free. */
  fill(): void {
    const file = openSync(this.#filler, 'a')
    try {
      for (let size = 1024 * 1024; size >= 1; ) {
        try {
          if (writeSync(file, Buffer.alloc(size)) < size) size = Math.floor(size / 2)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
          size = Math.floor(size / 2)
        }
      }
    } finally {
      closeSync(file)
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true })
  }

  /** Makes it read-only, or writable again. False where a process has a file open for writing. */
  remount(mode: 'ro' | 'rw'): boolean {
    return spawnSync('mount', ['-o', `remount,${mode}`, this.#mountPoint]).status === 0
  }

  unmount(): void {
    spawnSync('umount', ['--lazy', this.#mountPoint])
    rmSync(this.#mountPoint, { recursive: true, force: true })
  }

  get #filler(): string {
    return join(this.#mountPoint, 'filler')
  }
}
