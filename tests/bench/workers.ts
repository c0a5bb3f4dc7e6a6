import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { pool } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { cpuOf, parentOf } from '../../scripts/bench/cpu.mjs'
import { worker } from '../../scripts/launch/settings.mjs'
import { jobAccess } from '../support/job'
import { benchAccount, benchFinding } from './generate'
import { programOf } from './program'

const access = jobAccess('bench')
/** More than there are: the account of a finding is its number modulo this. */
const ACCOUNTS = 100_000

interface Queue {
  reports: number
  records: number
  accounts: number
  /** Number of the first account. */
  from: number
}

export interface Spent {
  seconds: number
  /** Of the workers and of the database. */
  cpuSeconds: number
}

/** Receives reports of one account each, as collectors send them, and keeps them from being run until they are let go. */
async function receive({ reports, records, accounts, from }: Queue): Promise<number[]> {
  const ids: number[] = []
  for (let n = 0; n < reports; n++) {
    const at = new Date()
    const account = from + (n % accounts)
    const body = async function* () {
      for (let i = 0; i < records; i += 500) {
        const lines = Array.from({ length: Math.min(500, records - i) }, (_, each) =>
          benchFinding((n * records + i + each) * ACCOUNTS + account, ACCOUNTS, at),
        )
        yield Buffer.from(`${lines.join('\n')}\n`)
      }
    }
    const { id } = await receiveImport(access, body(), {
      source: null,
      account: benchAccount(account),
      coverage: 'complete',
      origin: 'api',
      fileName: null,
      observedAt: null,
      force: true,
    })
    await pool().query(`UPDATE import SET state = 'receiving' WHERE id = $1`, [id])
    ids.push(id)
  }
  return ids
}

/** Lets reports run, and waits for all of them. */
async function run(ids: readonly number[]): Promise<void> {
  await pool().query(`UPDATE import SET state = 'queued' WHERE id = ANY($1)`, [ids])
  await pool().query(`SELECT pg_notify('hinomi_import', '')`)
  const left = `SELECT FROM import WHERE id = ANY($1) AND state IN ('queued', 'running') LIMIT 1`
  while ((await pool().query(left, [ids])).rowCount) await sleep(100)
  const { rows } = await pool().query(`SELECT id FROM import WHERE id = ANY($1) AND (state <> 'done' OR created = 0)`, [
    ids,
  ])
  if (rows.length > 0) throw new Error(`${rows.length} reports were not imported`)
}

/** Imports reports with so many workers, each warmed up by a few small ones. */
export async function timeWorkers(workers: number, queue: Queue): Promise<Spent> {
  const child = await programOf('loop-child')
  const children: ChildProcess[] = []
  const warmUp = await receive({ reports: 16 * workers, records: 200, accounts: 8 * workers, from: 90_000 })
  const ids = await receive(queue)
  for (let n = 0; n < workers; n++) {
    const one = fork(child, { execArgv: worker.args, env: { ...process.env, ...worker.env } })
    await once(one, 'message')
    children.push(one)
  }
  await run(warmUp)
  const { rows } = await pool().query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const measured = [...children.map(one => one.pid ?? 0), parentOf(rows[0]?.pid ?? 0)]
  const [cpu, started] = [cpuOf(...measured), performance.now()]
  await run(ids)
  const spent = { seconds: (performance.now() - started) / 1000, cpuSeconds: cpuOf(...measured) - cpu }
  for (const one of children) {
    one.send('end')
    await once(one, 'exit')
  }
  return spent
}
