import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { pool } from '../../lib/db'
import { addConnection, externalIdOf } from '../../lib/store/collection/connections'
import { worker } from '../../scripts/launch/settings.mjs'
import { HOME } from '../support/aws/emulator'
import type { CallCount } from '../support/aws/gateway/calls'
import { startSimulatedProcess } from '../support/aws/simulated/process'
import { SIZE } from '../support/aws/simulated/simulated'
import { setPaused } from '../support/connections'
import { jobAccess } from '../support/job'
import { programOf } from './program'

const access = jobAccess('bench')

export interface Collected {
  accounts: number
  seconds: number
  /** Of the worker that collects and imports. */
  peakMegabytes: number
  cpuSeconds: number
  calls: CallCount[]
  findings: number
  resources: number
  /** Cells that were not read, by state. */
  unread: { state: string; cells: number }[]
}

/**
 * One full round over a simulated organization, until its last report is imported, with one worker. Every answer takes a tenth of a
 * second, and calls above the limits that AWS publishes are refused.
 */
export async function timeCollection(accounts: number): Promise<Collected> {
  const { id } = await addConnection(access, {
    name: `Simulated ${accounts}`,
    kind: 'organization',
    accountId: HOME.account,
    partition: 'aws',
    roleName: 'HinomiReadOnly',
  })
  const simulated = await startSimulatedProcess({ ...SIZE, accounts, externalId: await externalIdOf(access, id) })
  const child = await programOf('collect-child')
  const one = fork(child, { execArgv: worker.args, env: { ...process.env, ...worker.env, ...simulated.env } })
  await once(one, 'message')
  const started = performance.now()
  await setPaused(access, id, false)
  while (!(await hasEnded(id))) await sleep(500)
  const seconds = (performance.now() - started) / 1000
  one.send('end')
  const [[peakMegabytes, cpuSeconds]] = await once(one, 'message')
  const calls = await simulated.counts()
  await simulated.stop()
  const numbers = await pool().query<{ findings: number; resources: number }>(
    'SELECT (SELECT count(*)::int FROM finding) AS findings, (SELECT count(*)::int FROM asset) AS resources',
  )
  const unread = await pool().query<{ state: string; cells: number }>(
    `SELECT state, count(*)::int AS cells FROM coverage WHERE state <> 'ok' GROUP BY state ORDER BY state`,
  )
  const { findings = 0, resources = 0 } = numbers.rows[0] ?? {}
  return { accounts, seconds, peakMegabytes, cpuSeconds, calls, findings, resources, unread: unread.rows }
}

async function hasEnded(connection: string): Promise<boolean> {
  const { rows } = await pool().query<{ ended: boolean }>(
    `SELECT EXISTS (SELECT FROM collection_round WHERE connection_id = $1::uuid AND state = 'done')
      AND NOT EXISTS (SELECT FROM collection_round WHERE connection_id = $1::uuid AND state IN ('planning', 'running'))
      AND NOT EXISTS (SELECT FROM import WHERE state IN ('receiving', 'queued', 'running'))
      AND NOT EXISTS (SELECT FROM check_run WHERE due_at IS NOT NULL) AS ended`,
    [connection],
  )
  return rows[0]?.ended === true
}
