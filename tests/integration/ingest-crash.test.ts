import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma, transaction } from '../../lib/db'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { runImport } from '../../lib/ingest/run/run'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { IMPORT_LOCK, lockedSql } from '../../lib/store/imports/hold'
import { type Progress, saveProgress, startRun } from '../../lib/store/imports/runs'
import { compiled, compiledArgs } from '../support/compiled'
import { freshDatabase } from '../support/postgres'
import { expectConsistent } from './support-check'
import { contents, expectSame } from './support-contents'
import { allowClosings, asff, at, expectTrueCounts, importOf, job, newAccount, receive } from './support-ingest'
import { nextImport } from './support-lanes'
import { holdingAccount, waiting } from './support-locks'

const worker = await compiled(fileURLToPath(new URL('./support-ingest-child.ts', import.meta.url)))
const accounts = [newAccount(), newAccount(), newAccount()]
const RECORDS = 15_000
const clock = at(4, 1).toISOString()
const observedAt = at(4)

const none = {
  updated: 0,
  reopened: 0,
  resolved: 0,
  resolvedSeen: 0,
  passed: 0,
  created: 0,
  accepted: 0,
  rejected: 0,
  notAvailable: 0,
  older: 0,
  repeated: 0,
  clockAhead: 0,
  withheld: 0,
}

afterAll(closeDatabase)

/** Whether this attempt ran the import. */
async function workOff(id: number): Promise<boolean> {
  return (await attemptImport(id)).result !== 'nothing'
}

/** Findings of three accounts; of each hundred some pass, some are refused, some differ or are missing in the second report. */
function report(second: boolean): string {
  const records: unknown[] = []
  for (let n = 0; n < RECORDS; n++) {
    const account = accounts[n % 3] ?? ''
    const kind = n % 100
    if (second && kind < 20) continue
    const record = asff({
      account: second && kind === 50 && account === accounts[2] ? 'nobody' : account,
      control: `EC2.${n % 17}`,
      resource: `r${n}`,
      ...(kind === 30 ? { status: 'PASSED' } : {}),
      ...(second && kind > 40 && kind % 2 === 1 ? { severity: 'HIGH', title: `Changed ${n}`, updatedAt: at(3) } : {}),
      ...(second && kind === 40 ? { archived: true, updatedAt: at(3) } : {}),
    })
    records.push(second && kind === 60 && account === accounts[1] ? { ...record, Severity: { Label: 'X' } } : record)
  }
  return JSON.stringify(records)
}

function start(id: number): ChildProcess {
  return spawn(process.execPath, [...compiledArgs, worker, String(id), clock], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What a worker process printed once it ended by itself. */
async function finish(id: number): Promise<string> {
  const child = start(id)
  let text = ''
  child.stdout?.on('data', (part: Buffer) => {
    text += part.toString()
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  return text
}

async function progressOf(id: number): Promise<string> {
  const { rows } = await pool().query(
    `SELECT concat_ws('/', checkpoint, resolved, state) AS seen FROM import WHERE id = $1`,
    [id],
  )
  return rows[0].seen
}

/** Kills a worker once the import has moved on, and returns how far it came. */
async function killOnProgress(id: number, wait: number): Promise<void> {
  const before = await progressOf(id)
  const child = start(id)
  const ended = once(child, 'close')
  let over = false
  ended.then(() => {
    over = true
  })
  while (!over && (await progressOf(id)).replace('queued', 'running') === before.replace('queued', 'running')) {
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await new Promise(resolve => setTimeout(resolve, wait))
  child.kill('SIGKILL')
  await ended
}

/** The first report whole, and the second received. */
async function prepared(): Promise<number> {
  const first = await receive(report(false), { coverage: 'complete', observedAt: at(2) })
  await runImport(job, first.id)
  const { id } = await receive(report(true), { coverage: 'complete', observedAt })
  return id
}

describe('a worker that is killed', () => {
  test('repeatedly neither duplicates nor loses records', async () => {
    const undisturbed = await prepared()
    expect(await finish(undisturbed)).toBe('true')
    const wanted = await contents()
    expect(await importOf(undisturbed)).toMatchObject({ state: 'done', attempts: 1 })

    await closeDatabase()
    const url = await freshDatabase({ adminUrl: inject('adminUrl'), templateUrl: inject('templateUrl') })
    process.env.DATABASE_URL = url
    const { env } = await import('../../lib/env')
    env().DATABASE_URL = url
    const disturbed = await prepared()
    let kills = 0
    while ((await importOf(disturbed)).state !== 'done' && kills < 30) {
      await killOnProgress(disturbed, (kills % 4) * 25)
      kills += 1
    }
    expect(kills).toBeGreaterThan(3)
    expect((await importOf(disturbed)).state).toBe('done')
    expectSame(await contents(), wanted)
    await expectTrueCounts()
    await expectConsistent()
  }, 400_000)

  test('before the day of its accounts is noted leaves an import that is taken up again', async () => {
    const account = newAccount()
    const { id } = await receive([asff({ account })], { observedAt })
    await pool().query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed here'; END $$`)
    await pool().query('CREATE TRIGGER die BEFORE INSERT ON snapshot EXECUTE FUNCTION die()')
    await expect(runImport(job, id)).rejects.toThrow('killed here')
    await pool().query('DROP FUNCTION die CASCADE')
    expect(await importOf(id)).toMatchObject({ state: 'running' })
    expect(await runImport(job, id)).toBe(true)
    expect(await importOf(id)).toMatchObject({ state: 'done', created: 1, accounts: [account] })
    const { rows } = await pool().query('SELECT medium FROM snapshot WHERE account_id = $1', [account])
    expect(rows).toEqual([{ medium: 1 }])
  })

  test('before any progress, repeatedly, lets other reports run first, and never fails permanently', async () => {
    const { id } = await receive([asff({ account: newAccount() })], { observedAt })
    const other = await receive([asff({ account: newAccount() })], { observedAt })
    setClock(() => at(4, 2))
    // A start that nothing follows is that of a worker that died.
    for (let starts = 0; starts < 10; starts++) await startRun(job, id)
    expect(await nextImport()).toBe(id)
    for (let starts = 10; starts < 50; starts++) await startRun(job, id)
    expect(await nextImport()).toBe(other.id)
    expect(await importOf(id)).toMatchObject({ state: 'running', waitsFor: 'error', retryAt: at(4, 3) })
    expect(await runImport(job, other.id)).toBe(true)
    expect(await nextImport()).toBe(null)
    setClock(() => at(4, 3))
    expect(await nextImport()).toBe(id)
    expect(await runImport(job, id)).toBe(true)
    expect(await importOf(id)).toMatchObject({ state: 'done', created: 1, attempts: 1, waitsFor: null, retryAt: null })
    setClock()
  })

  test('does not count starts after an outage', async () => {
    const { id } = await receive([asff({ account: newAccount() })], { observedAt })
    await startRun(job, id)
    for (let starts = 0; starts < 50; starts++) await startRun(job, id, { counted: false })
    expect(await importOf(id)).toMatchObject({ attempts: 1, waitsFor: null })
    expect(await runImport(job, id)).toBe(true)
  })
})

// Large reports: a busy machine needs longer for them.
describe('two workers', { timeout: 120_000 }, () => {
  test('in parallel on one import: one runs it, the other skips it', async () => {
    const account = newAccount()
    const records = Array.from({ length: BATCH + 1000 }, (_, n) => asff({ account, resource: `w${n}` }))
    const { id } = await receive(records, { observedAt })
    expect((await Promise.all([workOff(id), workOff(id), workOff(id)])).filter(Boolean)).toHaveLength(1)
    expect(await importOf(id)).toMatchObject({ state: 'done', created: BATCH + 1000, read: BATCH + 1000, attempts: 1 })
    expect(await workOff(id)).toBe(false)
  })

  test('on two reports of the same accounts end with true counts', async () => {
    const own = [newAccount(), newAccount()]
    const records = (n: number) =>
      Array.from({ length: BATCH + 500 }, (_, i) =>
        asff({ account: own[(i + n) % 2] ?? '', resource: `t${i % BATCH}` }),
      )
    const ids = await Promise.all([receive(records(0), { observedAt }), receive(records(1), { observedAt })])
    const worker = async (id: number) => {
      while (!(await workOff(id))) await new Promise(resolve => setTimeout(resolve, 5))
    }
    await Promise.all(ids.map(({ id }) => worker(id)))
    for (const { id } of ids) expect(await importOf(id)).toMatchObject({ state: 'done', read: BATCH + 500 })
    await expectTrueCounts()
  })

  test('on a long older report and a newer one that resolves most of it take turns', async () => {
    await allowClosings()
    const account = newAccount()
    const records = Array.from({ length: 2 * BATCH + 1000 }, (_, n) => asff({ account, resource: `o${n}` }))
    const older = await receive(records, { observedAt: at(3) })
    const newer = await receive(records.slice(0, 1), { observedAt: at(5), coverage: 'complete' })
    const release = await holdingAccount(account)
    const running = workOff(older.id)
    await waiting(1)
    expect(await workOff(newer.id)).toBe(false)
    await release()
    await running
    expect(await workOff(newer.id)).toBe(true)
    const { rows } = await pool().query(
      `SELECT count(*)::int AS n FROM finding WHERE account_id = $1 AND status = 'new'`,
      [account],
    )
    expect(rows).toEqual([{ n: 1 }])
  })

  test('of which one lost its lock do not write the same records twice', async () => {
    const account = newAccount()
    const records = Array.from({ length: 3 * BATCH + 1000 }, (_, n) => asff({ account, resource: `l${n}` }))
    const { id } = await receive(records, { observedAt, coverage: 'complete' })
    // Past the lock, as after a connection that broke unnoticed.
    const outcomes = await Promise.allSettled([runImport(job, id), runImport(job, id)])
    expect(outcomes.some(outcome => outcome.status === 'fulfilled' && outcome.value)).toBe(true)
    expect(await importOf(id)).toMatchObject({
      state: 'done',
      read: 3 * BATCH + 1000,
      accepted: 3 * BATCH + 1000,
      created: 3 * BATCH + 1000,
      unchanged: 0,
    })
    await expectTrueCounts()
  })

  test('of which one lost its lock: it commits nothing after a checkpoint that the other one has passed', async () => {
    const { id } = await receive([asff({ account: newAccount() })], { observedAt })
    await startRun(job, id)
    const batch = { ...none, behind: 0, checkpoint: 2, bytesRead: 10, read: 2, accepted: 1, rejected: 1, created: 1 }
    const reject = { index: 1, code: 'not_json' as const, params: {} }
    const commit = (progress: Progress) =>
      transaction(async client => {
        await client.query(`INSERT INTO account (id) VALUES ($1)`, [newAccount()])
        await saveProgress(job, client, id, progress, [reject])
      })
    await commit(batch)
    const accounts = await prisma().account.count()
    await expect(commit(batch)).rejects.toThrow(`import ${id} went on without this run`)
    await expect(commit({ ...batch, behind: 1, checkpoint: 3 })).rejects.toThrow('went on without this run')
    expect(await prisma().account.count()).toBe(accounts)
    expect(await importOf(id)).toMatchObject({ checkpoint: 2, read: 2, accepted: 1, rejected: 1, created: 1 })
    const next = { ...none, behind: 2, checkpoint: 4, bytesRead: 20, read: 2, accepted: 2 }
    await transaction(client => saveProgress(job, client, id, next, []))
    expect(await importOf(id)).toMatchObject({ checkpoint: 4, read: 4, accepted: 3, rejected: 1, created: 1 })
    await pool().query(`UPDATE import SET state = 'failed' WHERE id = $1`, [id])
  })

  test('of which one lost its connection: the process lives, the import ends once', async () => {
    const account = newAccount()
    const records = Array.from({ length: 3 * BATCH + 1000 }, (_, n) => asff({ account, resource: `c${n}` }))
    const { id } = await receive(records, { observedAt })
    const running = workOff(id)
    while ((await progressOf(id)).endsWith('queued')) await new Promise(resolve => setTimeout(resolve, 2))
    await pool().query(
      `SELECT pg_terminate_backend(held.pid) FROM (${lockedSql(IMPORT_LOCK)}) AS held WHERE held.id = $1`,
      [id],
    )
    await Promise.all([running, workOff(id)])
    expect(await importOf(id)).toMatchObject({
      state: 'done',
      read: 3 * BATCH + 1000,
      accepted: 3 * BATCH + 1000,
      created: 3 * BATCH + 1000,
    })
    await expectTrueCounts()
  })
})
