import 'server-only'
import { access, constants, readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOfDisk } from '../domain/health/health'
import { env } from '../env'

const shared = globalThis as typeof globalThis & { hinomiEmbeddedHome?: string }

type DiskCode = 'read_only' | 'disk_full' | 'disk_low'

/** The problem with the disk of the embedded database; null if there is none, or if the database is not the embedded one. */
export async function lookAtDisk(): Promise<DiskCode | null> {
  const dataDir = process.env.HINOMI_DATA_DIR
  const home = dataDir ? await embeddedHome(dataDir) : null
  if (!dataDir || !home) return null
  const codes = await Promise.all([home, dataDir].map(codeOf))
  const worst: readonly DiskCode[] = ['read_only', 'disk_full', 'disk_low']
  return worst.find(code => codes.includes(code)) ?? null
}

async function codeOf(folder: string): Promise<DiskCode | null> {
  const refused = await access(folder, constants.W_OK).then(
    () => '',
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (refused === 'EROFS') return 'read_only'
  const found = await statfs(folder).catch(() => null)
  return found && codeOfDisk({ free: found.bavail * found.bsize, size: found.blocks * found.bsize })
}

/** The folder of the database if DATABASE_URL is the server of this data folder: they have the same port. */
async function embeddedHome(dataDir: string): Promise<string | null> {
  if (shared.hinomiEmbeddedHome) return shared.hinomiEmbeddedHome
  const { hostname, port } = new URL(env().DATABASE_URL)
  if (hostname !== '127.0.0.1') return null
  const elsewhere = await readFile(join(dataDir, 'postgres-location.txt'), 'utf8').catch(() => '')
  for (const home of [elsewhere.split('\n')[0], dataDir]) {
    if (!home) continue
    const lines = (await readFile(join(home, 'postgres/postmaster.pid'), 'utf8').catch(() => '')).split('\n')
    // Line 4 is the port: https://www.postgresql.org/docs/current/storage-file-layout.html
    if (lines[3] !== port) continue
    shared.hinomiEmbeddedHome = home
    return home
  }
  return null
}
