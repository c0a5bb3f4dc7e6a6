import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureDatabase } from '../../scripts/launch/database.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'

const run = promisify(execFile)
const BIN = '/usr/lib/postgresql/15/bin'
const PASSWORD = 'only a test knows'

/** The reason why Debian's PostgreSQL 15 cannot run here; null if it can. */
export async function debianPostgresMissing(): Promise<string | null> {
  if (!existsSync(join(BIN, 'initdb'))) return `${BIN} is missing`
  if (process.getuid?.() === 0 && !(await nobody())) return 'there is no user nobody to run PostgreSQL as'
  return null
}

/** A server of Debian's PostgreSQL 15 with one empty database, owned by a role that is not a superuser. */
export async function startDebianPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'hinomi-debian-'))
  const owner = process.getuid?.() === 0 ? await nobody() : null
  if (owner) chownSync(home, owner.uid, owner.gid)
  const options = { cwd: home, env: { LC_ALL: 'C', PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV }, ...owner }
  const cluster = join(home, 'cluster')
  await run(
    join(BIN, 'initdb'),
    ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    options,
  )
  const port = await freePort()
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`
  const control = (...args: string[]) => run(join(BIN, 'pg_ctl'), ['-D', cluster, '-w', ...args], options)
  await control('start', '-l', join(home, 'log'), '-o', settings)
  await ensureDatabase(`postgresql://postgres@127.0.0.1:${port}/postgres`, PASSWORD)
  return {
    url: `postgresql://hinomi:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/hinomi`,
    stop: async () => {
      await control('stop', '-m', 'immediate')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function nobody(): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async flag => (await run('id', [flag, 'nobody'])).stdout))
    return { uid: Number(uid), gid: Number(gid) }
  } catch {
    return null
  }
}
