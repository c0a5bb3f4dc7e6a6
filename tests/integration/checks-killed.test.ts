import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { dropAbandoned } from '../../lib/store/imports/receive'
import { compiled, compiledArgs } from '../support/compiled'
import { ec2Settings } from '../support/ec2-settings'
import { expectConsistent } from './support-check'
import { complete, job, newAccount } from './support-ingest'

const PATIENT = { timeout: 60_000, interval: 20 }
const REGION = 'eu-west-1'
const HOUR = 3_600_000
const child = await compiled(fileURLToPath(new URL('./support-checks-child.ts', import.meta.url)))

afterAll(closeDatabase)

/** Takes a lock for which the worker has to wait at one place, until it is released. */
async function hold(statement: string, values: readonly string[] = []): Promise<{ release: () => Promise<void> }> {
  const client = await pool().connect()
  await client.query('BEGIN')
  await client.query(statement, [...values])
  return {
    release: async () => {
      await client.query('ROLLBACK')
      client.release()
    },
  }
}

/** Waits until a process waits for a lock. */
async function untilBlocked(): Promise<void> {
  const blocked = `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND (database IS NULL
    OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))`
  await expect.poll(async () => (await pool().query(blocked)).rows[0]?.n, PATIENT).toBeGreaterThan(0)
}

/** The places at which a worker is killed, each as the lock for which it waits there. */
const places: Record<string, (account: string) => Promise<{ release: () => Promise<void> }>> = {
  'while it judges the web ACLs': async account => {
    const judging = await hold('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`waf ${account}`])
    await untilBlocked()
    return judging
  },
  'while it writes its report': async () => {
    const writing = await hold('LOCK TABLE import_chunk IN SHARE MODE')
    await untilBlocked()
    return writing
  },
  'after its report is queued': async account => {
    const judging = await hold('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`waf ${account}`])
    await untilBlocked()
    const ending = await hold('SELECT 1 FROM check_run WHERE account_id = $1 FOR UPDATE', [account])
    await judging.release()
    await untilBlocked()
    const queued = { accountId: account, source: 'hinomi', state: { not: 'receiving' } }
    expect(await prisma().import.count({ where: queued })).toBeGreaterThan(0)
    return ending
  },
  'while its report is imported': async () => {
    const importing = await hold('LOCK TABLE sighting IN SHARE MODE')
    await untilBlocked()
    return importing
  },
}

async function makeDue(account: string): Promise<void> {
  await pool().query(`UPDATE check_run SET due_at = now() - interval '1 second', digest = NULL WHERE account_id = $1`, [
    account,
  ])
}

/** Others wait a while before they take a worker for dead. */
async function ageWorker(account: string): Promise<void> {
  const old = `clock_timestamp() - interval '1 hour'`
  await pool().query(`UPDATE import SET alive_at = ${old} WHERE state IN ('receiving', 'running')`)
  await pool().query(`UPDATE check_run SET due_at = ${old} WHERE account_id = $1 AND due_at IS NOT NULL`, [account])
  await dropAbandoned(job)
}

async function finish(account: string): Promise<void> {
  while (await runNextChecks());
  const open = { accountId: account, state: { in: ['queued', 'running'] } }
  for (const { id } of await prisma().import.findMany({ where: open, orderBy: { id: 'asc' } })) await attemptImport(id)
  expect(await prisma().import.count({ where: { accountId: account, state: { not: 'done' } } })).toBe(0)
}

/** What the checks of an account leave, without times, numbers of imports, and ids, which are made from the account's. */
async function rows(account: string): Promise<Record<string, unknown[]>> {
  const read = async (text: string) => {
    const found = (await pool().query({ text, values: [account], rowMode: 'array' })).rows
    return JSON.parse(JSON.stringify(found).replaceAll(account, 'ACCOUNT'))
  }
  return {
    findings: await read(
      `SELECT control, region, resource_id, status, severity, sources, title, reopened_count FROM finding
        WHERE account_id = $1 ORDER BY 1, 2, 3`,
    ),
    sightings: await read(
      `SELECT control, region, resource_id, result, present, severity, facts FROM sighting
        WHERE account_id = $1 AND source = 'hinomi' ORDER BY 1, 2, 3`,
    ),
    events: await read(
      `SELECT f.control, e.kind, count(*)::int FROM finding_event e JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id
        WHERE e.account_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    ),
    results: await read(
      `SELECT control, passed, failed, not_available FROM control_result WHERE account_id = $1 AND source = 'hinomi' ORDER BY 1`,
    ),
    states: await read(
      `SELECT "check", regions, whole, unexamined, passed, failed, unknown FROM check_state WHERE account_id = $1 ORDER BY 1`,
    ),
    runs: await read('SELECT due_at, digest IS NOT NULL FROM check_run WHERE account_id = $1'),
    counts: await read(
      'SELECT status, severity, sum(n)::int FROM finding_count WHERE account_id = $1 AND n <> 0 GROUP BY 1, 2',
    ),
  }
}

async function collected(): Promise<string> {
  const account = newAccount()
  const observedAt = new Date(Date.now() - HOUR)
  await complete(ec2Settings(account, REGION, observedAt), observedAt)
  setClock()
  return account
}

test.for(Object.entries(places))(
  'a worker that is killed %s leaves the rows of an undisturbed one',
  { timeout: 120_000 },
  async ([, blockAt]) => {
    await prisma().checkRun.deleteMany({})
    const undisturbed = await collected()
    await makeDue(undisturbed)
    await finish(undisturbed)
    const expected = await rows(undisturbed)
    expect(expected.findings?.length).toBeGreaterThan(0)

    const account = await collected()
    const blocked = blockAt(account)
    await makeDue(account)
    const worker = fork(child, { execArgv: compiledArgs, stdio: 'ignore' })
    const held = await blocked
    const closed = once(worker, 'close')
    worker.kill('SIGKILL')
    await closed
    await held.release()
    await ageWorker(account)
    await finish(account)
    expect(await rows(account)).toEqual(expected)
    await expectConsistent()
  },
)
