import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { lookAtDisk } from '@/lib/health/disk'

const { port } = new URL(process.env.DATABASE_URL ?? '')
const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-disk-'))
const disk = join(dataDir, 'disk')
const why = mount()

/** The reason why there is no small file system; null if there is one. */
function mount(): string | null {
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'pipe' })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

afterAll(() => {
  if (why === null) execFileSync('umount', ['-l', disk])
  rmSync(dataDir, { recursive: true, force: true })
})

/** A database's folder as PostgreSQL leaves it, whose server listens on `port`. */
function folderOf(home: string, port: string): void {
  mkdirSync(join(home, 'postgres'), { recursive: true })
  writeFileSync(join(home, 'postgres/postmaster.pid'), `1\n${home}/postgres\n1700000000\n${port}\n\n127.0.0.1\n`)
}

beforeEach(() => {
  process.env.HINOMI_DATA_DIR = dataDir
  delete (globalThis as { hinomiEmbeddedHome?: string }).hinomiEmbeddedHome
  rmSync(join(disk, 'filler'), { force: true })
  if (why === null) writeFileSync(join(dataDir, 'postgres-location.txt'), `${disk}\nwhy it is there\n`)
})

test.skipIf(why !== null)(
  `a full disk of the embedded database is seen, and space again (${why ?? 'mounted'})`,
  async () => {
    folderOf(disk, port)
    expect(await lookAtDisk()).not.toBe('disk_full')
    writeFileSync(join(disk, 'filler'), Buffer.alloc(52 * 1024 ** 2))
    expect(await lookAtDisk()).toBe('disk_full')
    // Also while its server, which removes the file, is down.
    rmSync(join(disk, 'postgres/postmaster.pid'))
    expect(await lookAtDisk()).toBe('disk_full')
    rmSync(join(disk, 'filler'))
    expect(await lookAtDisk()).not.toBe('disk_full')
  },
)

test.skipIf(why !== null)(`a disk that became read-only is seen (${why ?? 'mounted'})`, async () => {
  folderOf(disk, port)
  execFileSync('mount', ['-o', 'remount,ro', disk])
  try {
    expect(await lookAtDisk()).toBe('read_only')
  } finally {
    execFileSync('mount', ['-o', 'remount,rw', disk])
  }
  expect(await lookAtDisk()).not.toBe('read_only')
})

test.skipIf(why !== null)(`the disk of a database that is not used is no matter (${why ?? 'mounted'})`, async () => {
  folderOf(disk, String(Number(port) + 1))
  writeFileSync(join(disk, 'filler'), Buffer.alloc(52 * 1024 ** 2))
  expect(await lookAtDisk()).toBeNull()
})

test('without a data folder the state of the disk is unknown', async () => {
  process.env.HINOMI_DATA_DIR = ''
  expect(await lookAtDisk()).toBeNull()
})
